Feature: Streaming
  A stream is worth its first word, and its end must be the provider's. A gateway that holds it back, cuts it or
  re-writes it makes an interactive product feel broken, or lets half an answer pass for a whole one.

  @EM-STR-001
  Rule: A stream arrives whole, in order, byte for byte, with one end

    Scenario: a streamed chat completion
      Given a working model "alpha"
      When clients make a streamed chat completion to "alpha"
      Then the clients receive the provider's stream byte for byte

    Scenario: a stream of large events
      Given a working model "alpha"
      When its provider streams 40 events of 6000 characters
      And clients make a streamed chat completion to "alpha"
      Then the clients receive the provider's stream byte for byte

  @EM-STR-002
  Rule: An event of a stream reaches the client before the provider sends the next

    Scenario: the provider waits until the client has its first event
      Given a working model "alpha"
      When its provider holds a stream after the first event until the client has it
      And clients make a streamed chat completion to "alpha"
      Then the clients have the first event while the provider still holds the rest
