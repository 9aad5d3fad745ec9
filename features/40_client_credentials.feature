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
        | api-key             |
        | x-goog-api-key      |
        | cookie              |
        | proxy-authorization |

  @EM-HDR-003
  Rule: A forged X-Gateway-Model-Name never reaches the provider

    Scenario: the client names another model in the routing header
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients call "alpha" with an X-Gateway-Model-Name that means "beta"
      Then no provider sees the forged header

  @EM-HDR-004
  Rule: The injected credential takes the place of every Authorization that the client sends

    Scenario Outline: the client sends <headers>
      Given a working model "alpha"
      When clients call "alpha" with <headers> beside their own
      Then the requests are refused as "several-credentials", or bear one Authorization, that of "alpha"

      Examples:
        | headers                                      |
        | a second Authorization                       |
        | two more of Authorization, one of them Basic |
        | a Connection that names Authorization        |
        | an x-api-key and an api-key                  |

  @EM-HDR-005
  Rule: The client's x-api-key never reaches the provider

    Scenario: the client sends x-api-key
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with a secret of their own in the header x-api-key
      Then nothing that any provider may receive of them contains their secret

  @EM-HDR-006
  Rule: Nothing that is said of the client's identity reaches the provider

    Scenario Outline: an identity in <header>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with a secret of their own in the header <header>
      Then nothing that any provider may receive of them contains their secret

      Examples:
        | header              |
        | x-maas-username     |
        | x-maas-group        |
        | x-maas-subscription |

    Scenario: what the gateway itself has found out about the client
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha"
      Then the provider sees no header that begins with "x-maas-"

  @EM-HDR-007
  Rule: A request that is given no credential does not carry the client's key to a provider either

    Scenario Outline: the client's key in <request>, which need not be served
      Given a working model "alpha"
      When clients try <request>
      Then nothing that any provider may receive of them contains the clients' key

      Examples: requests that need not be served
        | request                             |
        | a body without a model              |
        | a body whose model is a number      |
        | a GET of the model's list of models |
        | a DELETE without a body             |
        | a POST without a body               |
        | a call of a path that no model has  |
