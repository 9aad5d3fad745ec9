Feature: Forwarding
  The client calls the gateway and means the provider. Whatever the gateway changes on the way beyond the credential,
  the path's prefix and the host, the client pays for without knowing why.

  @EM-FWD-001
  Rule: A chat completion at the model's path is answered with the provider's own answer

    Scenario: a chat completion
      Given a model "alpha" whose provider accepts any credential
      Then requests to "alpha" settle on its provider's answer

  @EM-FWD-002
  Rule: Each request of a client reaches the provider exactly once

    Scenario: one request, one arrival
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha"
      Then the provider of "alpha" sees each request exactly once

  @EM-FWD-003
  Rule: The provider sees the path of its own API, without the gateway's prefix

    Scenario: the path at the provider
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha"
      Then the provider sees the path "/v1/chat/completions"

  @EM-FWD-004
  Rule: The provider sees its own host name in Host and in TLS

    Scenario: the host name at the provider
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha"
      Then the provider sees the endpoint of "alpha" as its host

  @EM-FWD-005
  Rule: The provider receives the body that the client sent

    Scenario Outline: a body of <content>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with a body of <content>
      Then the provider receives the body unchanged

      Examples:
        | content                    |
        | a plain message            |
        | text outside ASCII         |
        | tools and a tool choice    |
        | fields that nobody knows   |
        | an integer above 2^53      |

  @EM-FWD-006
  Rule: The official OpenAI SDK works against the model's path

    Scenario Outline: <call> with the SDK
      Given a working model "alpha"
      When the OpenAI SDK makes <call> with "alpha"
      Then the SDK returns the provider's answer

      Examples:
        | call                       |
        | a chat completion          |
        | a streamed chat completion |

  @EM-FWD-007
  Rule: The client's query string does not reach the provider

    Scenario: a client adds a query string
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call a path with a query string behind it
      Then the provider sees no query string

  @EM-FWD-008
  Rule: A provider whose certificate is not its own receives nothing

    Scenario: the endpoint's certificate names another host
      Given a working model "beta"
      And a model "alpha" in the same namespace, at an endpoint whose certificate names another host
      Then requests to "alpha" settle on the refusal "provider-not-verified"
      And none of them reaches a provider
