Feature: Errors of the provider
  When the provider refuses or breaks, its own words tell the client what to do: wait, pay, shorten the prompt. A
  gateway that turns them into something else, or into success, makes every client guess.

  @EM-ERR-001
  Rule: An error of the provider reaches the client with its status and its body

    Scenario Outline: the provider answers <status>
      Given a working model "alpha"
      When its provider answers with <status>
      And clients call "alpha"
      Then the clients receive the provider's status and body

      Examples:
        | status |
        | 400    |
        | 401    |
        | 402    |
        | 403    |
        | 404    |
        | 413    |
        | 422    |
        | 429    |
        | 500    |
        | 503    |
        | 529    |

    Scenario: the provider refuses its own key
      Given a working model "alpha"
      When its provider accepts its key no longer
      And clients call "alpha"
      Then the clients receive the provider's own refusal of the key

  @EM-ERR-005
  Rule: An error of the provider that is no JSON document of a few lines reaches the client as it is

    Scenario Outline: the provider answers with an error of <form>
      Given a working model "alpha"
      When its provider answers with an error of <form>
      And clients call "alpha"
      Then the clients receive the provider's status and body
      And its media type

      Examples:
        | form                   |
        | an HTML page           |
        | plain text             |
        | no body at all         |
        | bytes that are no text |
        | 300 kB of JSON         |

  @EM-ERR-002
  Rule: The provider's Retry-After reaches the client

    Scenario: the provider asks for a pause
      Given a working model "alpha"
      When its provider answers with 429 and "retry-after: 17"
      And clients call "alpha"
      Then the clients receive the provider's header "retry-after: 17"

    Scenario: the provider names the end of its pause
      Given a working model "alpha"
      When its provider answers with 503 and "retry-after: Fri, 31 Dec 2049 23:59:59 GMT"
      And clients call "alpha"
      Then the clients receive the provider's header "retry-after: Fri, 31 Dec 2049 23:59:59 GMT"

  @EM-ERR-003
  Rule: A request that the provider fails is not repeated

    Scenario Outline: the provider answers <status>, and would answer again
      Given a working model "alpha"
      When its provider answers with <status>
      And clients call "alpha"
      Then the provider of "alpha" sees each request exactly once

      Examples: what some client library, or a proxy, sends again by itself
        | status |
        | 401    |
        | 408    |
        | 409    |
        | 429    |
        | 500    |
        | 502    |
        | 503    |
        | 504    |
        | 529    |

    Scenario: the provider resets the connection instead of an answer
      Given a working model "alpha"
      When its provider resets the connection before its answer
      And clients call "alpha"
      Then the provider of "alpha" sees each request exactly once

  @EM-ERR-007
  Rule: A redirect of the provider is not followed

    Scenario Outline: the provider answers <status> and points to another host
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When its provider answers with <status> and points to the endpoint of "beta"
      And clients call "alpha"
      Then only the provider of "alpha" sees the requests

      Examples:
        | status |
        | 302    |
        | 307    |

  @EM-ERR-017
  Rule: A provider that breaks off before its answer is a server error to the client

    Scenario Outline: the provider <breaks off> <moment>
      Given a working model "alpha"
      When its provider <breaks off> <moment>
      And clients call "alpha"
      Then the clients receive a server error of the gateway
      And the provider of "alpha" sees each request exactly once

      Examples:
        | breaks off            | moment                       |
        | resets the connection | before its answer            |
        | closes the connection | before its answer            |
        | closes the connection | in the middle of its headers |

  @EM-ERR-018
  Rule: A provider whose host does not exist is a server error to the client

    Scenario: the endpoint is a name that nobody has
      Given a working model "alpha"
      When its endpoint is changed to a host that does not exist
      Then requests to "alpha" settle on the refusal "provider-unreachable"
      And none of them reaches a provider
      And after its endpoint is put right, "alpha" works

  @EM-ERR-019
  Rule: A provider that refuses connections is a server error to the client

    Scenario: nobody listens at the endpoint
      Given a working model "alpha"
      When its endpoint is changed to a host that refuses connections
      Then requests to "alpha" settle on the refusal "provider-unreachable"
      And none of them reaches a provider
      And after its endpoint is put right, "alpha" works

  @EM-ERR-020
  Rule: A provider whose certificate has expired, or has no known issuer, receives nothing

    Scenario Outline: the endpoint is <host>
      Given a working model "alpha"
      When its endpoint is changed to <host>
      Then requests to "alpha" settle on the refusal "provider-not-verified"
      And none of them reaches a provider
      And after its endpoint is put right, "alpha" works

      Examples:
        | host                                        |
        | a host whose certificate has expired        |
        | a host whose certificate nobody vouches for |
