Feature: Secrecy
  The provider's key is the one thing that nobody must see who does not hold the Secret. It leaks where nobody looks:
  in a debug header, in an error's text, in a status, an Event, a label of a metric, a line of a log.

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

  @EM-SEC-002
  Rule: No object of the cluster but the Secret itself shows the provider's key

    Scenario: in the objects of a model whose key was rotated
      Given a working model "alpha"
      When the value in its Secret is rotated
      And requests to "alpha" work with the new credential
      Then no object in its namespace but its Secret shows a provider's key

    Scenario: in the objects of a model whose key the provider refuses
      Given a working model "alpha"
      When its provider accepts its key no longer
      And clients call "alpha"
      Then no object in its namespace but its Secret shows a provider's key

    Scenario: in the objects of a model whose key no header can carry
      Given a working model "alpha"
      When the value in its Secret is rotated, with a line feed behind the new one
      Then no object in its namespace but its Secret shows a provider's key

  @EM-SEC-003
  Rule: No metric shows the provider's key

    Scenario: in the metrics of served and of failed requests
      Given a working model "alpha"
      When its provider answers with 500
      And clients call "alpha"
      Then no metric shows a provider's key

  @EM-SEC-004
  Rule: No log of the gateway shows the provider's key

    Scenario: in the log of a model whose key was rotated
      Given a working model "alpha"
      When the value in its Secret is rotated
      And requests to "alpha" work with the new credential
      Then no log of the gateway shows a provider's key

    Scenario: in the log of a model whose key the provider refuses
      Given a working model "alpha"
      When its provider accepts its key no longer
      And clients call "alpha"
      Then no log of the gateway shows a provider's key

    Scenario: in the log of a model whose key no header can carry
      Given a working model "alpha"
      When the value in its Secret is rotated, with a line feed behind the new one
      Then no log of the gateway shows a provider's key

  @EM-SEC-005
  Rule: No log of the gateway shows a client's key

    Scenario: in the log of requests that are served
      Given a working model "alpha"
      When clients call "alpha"
      Then no log of the gateway shows a client's key

    Scenario: in the log of requests that are refused for their key
      Given a working model "alpha"
      When clients call "alpha", showing a key that nobody has minted
      Then no log of the gateway shows a client's key

  @EM-SEC-006
  Rule: No metric shows a client's key

    Scenario: in the metrics of requests that are served
      Given a working model "alpha"
      When clients call "alpha"
      Then no metric shows a client's key
