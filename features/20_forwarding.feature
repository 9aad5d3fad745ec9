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

    Scenario Outline: <request> again, letter for letter
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make <request> to "alpha", and the same again
      Then the provider of "alpha" sees each of them, and each has an answer of its own

      Examples:
        | request                    |
        | a chat completion          |
        | a streamed chat completion |

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
        | content                                    |
        | a plain message                            |
        | text outside ASCII                         |
        | escaped characters                         |
        | tools, a tool choice and a response format |
        | an image                                   |
        | nulls, and fields that nobody knows        |
        | numbers that a double cannot hold          |
        | an order and white space of its own        |

    Scenario Outline: the targetModel <name>
      Given a model "alpha" with the targetModel "<name>"
      When clients call "alpha" with a body of a plain message
      Then the provider receives the body unchanged

      Examples: with capitals, and with what no Kubernetes name has
        | name                         |
        | Mixtral-8x7B-Instruct        |
        | google/gemini-2.5-flash:free |

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

  @EM-FWD-009
  Rule: A long body reaches the provider whole

    Scenario Outline: a body of <size>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with a body of <size>
      Then the provider receives the body unchanged

      Examples: each one beyond a limit that some gateway has had, and two that fill chunks to the last byte
        | size            |
        | 1,000 bytes     |
        | 7,000 bytes     |
        | 32,768 bytes    |
        | 131,072 bytes   |
        | 1,200,000 bytes |

    Scenario: a body that comes in chunks
      Given a model "alpha" in service, whose provider accepts any credential
      When clients send "alpha" a body of 131,072 bytes whose length they do not tell
      Then the provider receives the body unchanged

  @EM-FWD-010
  Rule: The provider is told the length of the body that it receives

    Scenario Outline: a targetModel of length <length>
      Given a model "alpha" with a targetModel of length <length>
      When clients call "alpha"
      Then the provider is told the length of the body

      Examples: shorter and longer than any name that the client may use
        | length |
        | 1      |
        | 253    |

  @EM-FWD-011
  Rule: The provider's answer reaches the client as the provider wrote it

    Scenario Outline: the provider answers <how>
      Given a working model "alpha"
      When its provider answers <how>
      And clients call "alpha" with the header "accept-encoding: gzip"
      Then the clients receive the provider's answer as it was sent

      Examples:
        | how                                        |
        | in its own fields, numbers and white space |
        | in gzip                                    |
        | in more than a megabyte                    |
        | in chunks, and tells no length             |

  @EM-FWD-012
  Rule: The headers of the provider's answer reach the client

    Scenario Outline: the provider adds <header>
      Given a working model "alpha"
      When its provider adds the header "<header>"
      And clients call "alpha"
      Then the clients receive the provider's header "<header>"

      Examples: what clients quote to the provider, and pace themselves by
        | header                               |
        | x-request-id: req-5b1f77c0           |
        | x-ratelimit-remaining-tokens: 149984 |

  @EM-FWD-013
  Rule: The provider sees the client's method, and the media type of its body

    Scenario: the media type comes with a character set
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with the header "content-type: application/json; charset=utf-8"
      Then the provider sees the method POST and the media type "application/json"

  @EM-FWD-014
  Rule: Headers of the client that are no secret reach the provider

    Scenario Outline: <header> from the client
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call "alpha" with the header "<header>"
      Then the provider sees the header "<header>"

      Examples: what chooses a version of the provider's API, and the form of its answer
        | header                     |
        | openai-beta: assistants=v2 |
        | accept: application/json   |

  @EM-FWD-015
  Rule: A slash or a query string behind the path leads to the same model

    Scenario Outline: <ending>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients call a path with <ending>
      Then the requests are answered by the provider of "alpha"

      Examples:
        | ending                   |
        | a slash behind it        |
        | a query string behind it |

    Scenario: a slash behind the path of the second of two models
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients try the path of "beta" with a slash behind it
      Then the requests are answered by the provider of "beta"
