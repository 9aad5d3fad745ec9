Feature: Secrecy
  The provider's key is the one thing that a client must never see. It leaks where nobody looks: in a debug header,
  in an error's text, in an answer that quotes the request.

  @EM-SEC-001
  Rule: No answer to a client contains the provider's key

    Scenario: in a successful answer
      Given a working model "alpha"
      When clients call "alpha"
      Then the answers contain no provider's key

    Scenario: in an answer with an error of the provider
      Given a working model "alpha"
      When its provider answers with 500
      And clients call "alpha"
      Then the answers contain no provider's key

    Scenario: in a refusal of the gateway
      Given a working model "alpha"
      When the label of its Secret is removed
      And requests to "alpha" are refused as "credentials-not-found"
      And clients call "alpha"
      Then the answers contain no provider's key
