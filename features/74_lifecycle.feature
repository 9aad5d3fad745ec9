Feature: Lifecycle
  What its owner changes or deletes must change or end at the gateway. A route that outlives its model keeps spending
  the key; one that keeps an old endpoint sends prompts and key to a host that nobody chose any more.

  @EM-LIF-001
  Rule: Deleting the ExternalModel ends its service

    Scenario: the ExternalModel of a working model is deleted
      Given a working model "alpha"
      When its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And none of them reaches a provider
      And the neighbour still works
      And after its ExternalModel is made again, "alpha" works

  @EM-LIF-002
  Rule: A changed endpoint takes the place of the old one

    Scenario: the endpoint of a working model is changed
      Given a working model "alpha"
      When its endpoint is changed
      Then requests to "alpha" settle on its provider's answer
      And the old endpoint does not come back

    Scenario: the endpoint is changed twice at once
      Given a working model "alpha"
      When its endpoint is changed
      And its endpoint is changed
      Then requests to "alpha" settle on its provider's answer
      And the old endpoint does not come back

  @EM-LIF-003
  Rule: Deleting the ExternalModel removes what the controller made for it

    Scenario: the objects behind a deleted ExternalModel
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      When its ExternalModel is deleted
      Then the controller's objects for "alpha" disappear

  @EM-LIF-004
  Rule: A changed targetModel takes the place of the old one

    Scenario: the targetModel of a working model is changed
      Given a working model "alpha"
      When its targetModel is changed
      Then requests to "alpha" settle on its provider's answer
      And the neighbour still works

    Scenario: the change of a targetModel is undone
      Given a working model "alpha"
      When its targetModel is changed
      And requests to "alpha" work with the new name
      And its targetModel is changed back
      Then requests to "alpha" settle on its provider's answer
      And the neighbour still works

  @EM-LIF-005
  Rule: A changed reference to a Secret takes the place of the old one

    Scenario: a working model is given another Secret
      Given a working model "alpha"
      When its reference is changed to another Secret
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back
      And the neighbour still works

    Scenario: both Secrets are rotated, the one that the model names and the one that it named before
      Given a working model "alpha"
      When its reference is changed to another Secret
      And requests to "alpha" work with the new credential
      And the value in its Secret is rotated
      And the Secret that it named before is given another value
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-LIF-006
  Rule: An ExternalModel that is made again remembers nothing of the one before

    Scenario: an ExternalModel returns with another endpoint and another Secret
      Given a working model "alpha"
      When its ExternalModel is deleted
      And requests to "alpha" are refused as "unknown-model"
      And its ExternalModel is made again with another endpoint and another Secret
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back
