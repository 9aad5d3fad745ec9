Feature: Migration
  Owners do not re-write their objects on the day of an upgrade. The legacy ExternalModel goes on being the one that
  they edit and delete; a gateway that stops listening to it serves what nobody wants any more.

  @EM-MIG-001
  Rule: A legacy ExternalModel is served by way of the objects that it is migrated to

    Scenario: the objects that stand for it
      Given a legacy model "alpha"
      Then its legacy object is migrated to an ExternalProvider and an ExternalModel that it owns

    Scenario: a chat completion with a legacy model
      Given a legacy model "alpha"
      Then requests to "alpha" settle on its provider's answer

  @EM-MIG-002
  Rule: An edit of the legacy ExternalModel takes effect

    Scenario: the endpoint of a legacy model is changed
      Given a working legacy model "alpha"
      When its endpoint is changed
      Then requests to "alpha" settle on its provider's answer
      And the old endpoint does not come back

    Scenario: a legacy model is given another Secret
      Given a working legacy model "alpha"
      When its reference is changed to another Secret
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-MIG-003
  Rule: Deleting the legacy ExternalModel ends its service, and removes what it was migrated to

    Scenario: a legacy model is deleted
      Given a working legacy model "alpha"
      When its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And none of them reaches a provider
      And what it was migrated to disappears
      And the neighbour still works

  @EM-MIG-004
  Rule: Objects that an owner has made by hand are no target of the migration

    Scenario: a legacy ExternalModel bears the name of a model that is there
      Given a working model "alpha" whose ExternalProvider bears its name
      When a legacy ExternalModel of the same name is made, for another provider
      Then its objects stay as their owner wrote them
      And requests to "alpha" settle on its provider's answer
