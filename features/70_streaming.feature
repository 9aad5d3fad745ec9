Feature: Streaming
  A stream is worth its first word, and its end must be the provider's. A gateway that holds it back, cuts it or
  re-writes it makes an interactive product feel broken, or lets half an answer pass for a whole one.

  @EM-STR-001
  Rule: A stream arrives whole, in order, byte for byte, with one end

    Scenario: a streamed chat completion
      Given a working model "alpha"
      When clients make a streamed chat completion to "alpha"
      Then the clients receive the provider's stream byte for byte

    Scenario Outline: a stream of <shape>
      Given a working model "alpha"
      When its provider answers with a stream of <shape>
      And clients make a streamed chat completion to "alpha"
      Then the clients receive the provider's stream byte for byte

      Examples:
        | shape                                  |
        | comments, names and ids                |
        | lines that end in CRLF                 |
        | several events in one write            |
        | writes that end inside a character     |
        | writes of single bytes                 |
        | 500 events                             |
        | more than a megabyte                   |
        | events without an end of the last line |
        | a pause of three seconds               |

  @EM-STR-002
  Rule: An event of a stream reaches the client before the provider sends the next

    Scenario: the provider waits until the client has its first event
      Given a working model "alpha"
      When its provider holds a stream after the first event until the client has it
      And clients make a streamed chat completion to "alpha"
      Then the clients have the first event while the provider still holds the rest

    Scenario: the provider waits for the client three times
      Given a working model "alpha"
      When its provider holds a stream after each of three events until the client has it
      And clients make a streamed chat completion to "alpha"
      Then the clients have each event while the provider still holds the next

  @EM-STR-003
  Rule: The usage at the end of a stream reaches the client

    Scenario: the client asks for usage
      Given a working model "alpha"
      When clients make a streamed chat completion to "alpha" with a wish for usage
      Then the clients receive one event with usage before the end

  @EM-STR-004
  Rule: What the client says about streaming reaches the provider

    Scenario Outline: <call> with <content>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make <call> to "alpha" with <content>
      Then the provider sees what they say about streaming

      Examples:
        | call                       | content            |
        | a streamed chat completion | a wish for usage   |
        | a chat completion          | a no to streaming  |

  @EM-STR-020
  Rule: The provider is asked for the usage of every stream

    Scenario Outline: <content>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make a streamed chat completion to "alpha" with <content>
      Then the provider is asked for the stream's usage

      Examples:
        | content          |
        | a plain message  |
        | a wish for usage |

  @EM-STR-005
  Rule: A stream that breaks off does not look finished

    Scenario Outline: the provider <breaks> in the middle of an event
      Given a working model "alpha"
      When its provider <breaks> in the middle of an event
      And clients make a streamed chat completion to "alpha"
      Then the clients see that the stream has broken off

      Examples:
        | breaks                |
        | resets the connection |
        | closes the connection |

  @EM-STR-006
  Rule: An error of the provider on a streaming request is an ordinary error

    Scenario Outline: the provider answers a streaming request with <status>
      Given a working model "alpha"
      When its provider answers with <status>
      And clients make a streamed chat completion to "alpha"
      Then the clients receive the provider's status and body
      And its media type

      Examples:
        | status |
        | 400    |
        | 503    |

  @EM-STR-007
  Rule: A refusal of the gateway on a streaming request is an ordinary error

    Scenario: the gateway finds no credential for a stream
      Given a model "alpha" whose Secret does not exist
      And requests to "alpha" are refused as "credentials-not-found"
      When clients make a streamed chat completion to "alpha"
      Then the requests settle on the refusal "credentials-not-found"
      And the answers are no event streams
      And none of them reaches a provider

  @EM-STR-008
  Rule: A client that hangs up ends its request at the provider

    Scenario: the client hangs up after the first event
      Given a working model "alpha"
      When its provider holds a stream after the first event for as long as its client stays
      And clients make a streamed chat completion to "alpha", and hang up after the first event
      Then the provider of "alpha" sees that its client has gone
