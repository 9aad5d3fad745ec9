Feature: Publication
  A MaaSModelRef, made by hand, is the act by which an owner says: this model may be used. A gateway that serves
  without it, or goes on when it is gone, opens a paid endpoint that nobody has released.

  @EM-REF-001
  Rule: The gateway never makes a MaaSModelRef by itself

    Scenario: an ExternalModel and its Secret exist, its MaaSModelRef does not
      Given a model "alpha" without its MaaSModelRef
      And a working model "beta" in the same namespace
      Then no MaaSModelRef for "alpha" appears

  @EM-REF-002
  Rule: An ExternalModel without a MaaSModelRef is not served

    Scenario: a model is called before it is published
      Given a model "alpha" without its MaaSModelRef
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "not-published"
      And none of them reaches a provider
      And after its MaaSModelRef is made, "alpha" works

  @EM-REF-003
  Rule: A MaaSModelRef that is added later publishes its ExternalModel

    Scenario: the MaaSModelRef is made last
      Given a model "alpha" without its MaaSModelRef
      And a working model "beta" in the same namespace
      When its MaaSModelRef is made
      Then requests to "alpha" settle on its provider's answer

  @EM-REF-004
  Rule: Deleting the MaaSModelRef ends the service of its ExternalModel

    Scenario: a published model is withdrawn
      Given a working model "alpha"
      When its MaaSModelRef is deleted
      Then requests to "alpha" settle on the refusal "not-published"
      And none of them reaches a provider
      And the neighbour still works
      And after its MaaSModelRef is made, "alpha" works

  @EM-REF-005
  Rule: A MaaSModelRef of another name never gives access to another model

    Scenario Outline: a MaaSModelRef bears another name than its ExternalModel
      Given a working model "beta"
      And a model "alpha" in the same namespace, published by a MaaSModelRef of another name
      When clients call a path with <name>
      Then the requests are refused, or answered by the provider of "alpha" with its own credential

      Examples:
        | name                     |
        | the ExternalModel's name |
        | the MaaSModelRef's name  |

  @EM-REF-006
  Rule: A MaaSModelRef whose ExternalModel is served reports Ready with its endpoint

    Scenario: the status of a served model's MaaSModelRef
      Given a working model "alpha"
      Then its MaaSModelRef settles on Ready, with the address of "alpha"

  @EM-REF-007
  Rule: A MaaSModelRef without its ExternalModel says so

    Scenario: the ExternalModel does not exist
      Given a model "alpha" of which only the MaaSModelRef exists
      Then its MaaSModelRef settles on Failed, naming the missing ExternalModel

  @EM-REF-008
  Rule: A MaaSModelRef is not Ready before a policy and a subscription name it

    Scenario Outline: a published model that <who> names
      Given a working model "beta"
      And a new model "alpha" in the same namespace, which <who> names
      Then its MaaSModelRef settles on Pending, awaiting a policy and a subscription
      And after a policy and a subscription name it, "alpha" works
      And its MaaSModelRef settles on Ready, with the address of "alpha"

      Examples:
        | who                  |
        | no policy            |
        | a policy alone       |
        | a subscription alone |
