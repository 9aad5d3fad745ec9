Feature: Client credentials
  The client proves itself to the gateway, not to the provider. A key, cookie or token of the client that travels on
  hands the provider, and whoever reads its logs, the means to act as the client.

  @EM-HDR-001
  Rule: The client's own key never reaches the provider

    Scenario Outline: the client's key in <request>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make <request> to "alpha"
      Then nothing that the provider receives contains the clients' key

      Examples:
        | request                    |
        | a chat completion          |
        | a streamed chat completion |

    Scenario: the client's key in a request that the gateway does not forward
      Given a working model "alpha"
      And a model "beta" in the same namespace, whose Secret has no label
      When clients call "beta"
      Then nothing that any provider may receive of them contains the clients' key

  @EM-HDR-002
  Rule: No other credential of the client reaches the provider

    Scenario Outline: the client sends <header>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with a secret of their own in the header <header>
      Then nothing that the provider receives contains their secret

      Examples:
        | header              |
        | x-api-key           |
        | api-key             |
        | x-goog-api-key      |
        | cookie              |
        | proxy-authorization |
