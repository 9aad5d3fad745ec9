Feature: Listing
  Clients find what they may call in the list of models. A list that shows too much tells strangers who works with which
  provider; one that shows the wrong name, a dead address or a model that is not there sends every client into an error
  that no log of theirs explains.

  @EM-LST-001
  Rule: The list shows a model once to who may call it, and asks no provider for that

    Scenario Outline: the list of models at <path>
      Given a working model "alpha"
      Then the list of models at <path> shows "alpha" once

      Examples:
        | path                |
        | /v1/models          |
        | /maas-api/v1/models |

  @EM-LST-002
  Rule: The list shows no model to who may not call it

    Scenario: a model of somebody else
      Given a working model "beta"
      And a model "alpha" in another namespace, which a stranger alone may call
      And "beta" is in the list of models
      Then the list of models does not show "alpha"

  @EM-LST-003
  Rule: A model can be called as the list shows it

    Scenario: the address and the name in the list
      Given a working model "alpha"
      When clients call "alpha" at the address and by the name that the list of models shows
      Then the requests are answered by the provider of "alpha"

    Scenario: the address in the list, and in the status
      Given a working model "alpha"
      And "alpha" is in the list of models
      Then the list of models shows "alpha" at the address of its MaaSModelRef's status

  @EM-LST-004
  Rule: A model that is not ready is not listed as if it were

    Scenario: a MaaSModelRef without its ExternalModel
      Given a working model "beta"
      And a model "alpha" of which only the MaaSModelRef exists
      And "beta" is in the list of models
      Then the list of models does not show "alpha" as ready

    Scenario: the ExternalModel of a model that was listed is deleted
      Given a working model "alpha"
      And "alpha" is in the list of models
      When its ExternalModel is deleted
      Then the list of models comes to show "alpha" as ready no longer

  @EM-LST-005
  Rule: A look at the list costs no tokens, and needs none

    Scenario: as many looks as there are tokens
      Given a working model "alpha" with a budget of 10 tokens in 1h
      When clients look at the list of models 10 times
      Then free requests to "alpha" settle on its provider's answer
      And a budget of 10 tokens on "alpha" can still be spent

    Scenario: the list for who has spent the budget
      Given a working model "alpha" with a budget of 10 tokens in 1h
      When clients have spent a budget of 10 tokens on "alpha"
      Then the list of models shows "alpha"
