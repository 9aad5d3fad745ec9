Feature: Children and ownership
  What the controller makes for a model is what operators see, what policies attach to, and what the mesh goes by. An
  object that leads elsewhere takes the key there; one without an owner outlives its model; one that is written again
  and again, or that cannot be deleted, burdens everybody else on the cluster.

  @EM-CHI-001
  Rule: The controller makes the edition's objects for an ExternalModel, by the edition's names

    Scenario: the objects behind a model
      Given a working model "alpha"
      Then the controller's objects for "alpha" are there, by the edition's names

  @EM-CHI-002
  Rule: Each of the controller's objects names as its controller the object that it was made for

    Scenario: the owners of the objects behind a model
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then each of them is owned by the object that it was made for

  @EM-CHI-003
  Rule: Each of the controller's objects bears the edition's labels

    Scenario: the labels of the objects behind a model
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then each of them bears the edition's labels

  @EM-CHI-004
  Rule: The controller's objects lead to the endpoint of the model, by verified TLS

    Scenario: where the objects behind a model lead
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then they lead to its endpoint, by verified TLS

    Scenario: where they lead when the endpoint is changed
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      When its endpoint is changed
      Then they lead to its endpoint, by verified TLS

  @EM-CHI-005
  Rule: The HTTPRoute of a model hangs on the gateway and has no host names of its own

    Scenario: the parent of an HTTPRoute
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then its HTTPRoute hangs on the gateway, without host names of its own

  @EM-CHI-006
  Rule: The HTTPRoute of a model has a rule for the path of its namespace and its name

    Scenario: the path in an HTTPRoute
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then its HTTPRoute has a rule for its path

  @EM-CHI-007
  Rule: The HTTPRoute of a model has a rule for its targetModel, too, and both set Host and a time limit

    Scenario: the two rules of an HTTPRoute
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then its HTTPRoute has a rule for its targetModel, and both lead to its endpoint

  @EM-CHI-008
  Rule: A provider without TLS is called in clear, as long as the annotation says so

    Scenario: the annotation is there when the ExternalModel is made
      Given a model "alpha" that asks for its provider's plain port, without TLS
      Then requests to "alpha" settle on its provider's answer
      And the provider sees requests that were sent in clear
      And they lead to that port, without TLS

    Scenario: the annotation comes to a model that is called by TLS
      Given a working model "alpha"
      When it comes to ask for its provider's plain port, without TLS
      Then they lead to that port, without TLS
      And requests to "alpha" settle on being sent in clear

    Scenario: the annotation is taken away
      Given a model "alpha" that asks for its provider's plain port, without TLS
      When requests to "alpha" come through
      And its annotations are taken away
      Then requests to "alpha" settle on being sent by TLS
      And they lead to its endpoint, by verified TLS

  @EM-CHI-009
  Rule: A provider at another port is called there

    Scenario: the annotation names another port
      Given a model "alpha" that asks for its provider's second port
      Then requests to "alpha" settle on its provider's answer
      And they lead to that port, by verified TLS

  @EM-CHI-010
  Rule: An annotation that means nothing makes no objects, and changes none

    Scenario Outline: an ExternalModel is made with such an annotation
      Given a model "alpha" whose <annotation> annotation is "<value>"
      And a working model "beta" in the same namespace
      Then the controller makes no objects for "alpha"
      And after its annotations are taken away, "alpha" works

      Examples:
        | annotation | value |
        | port       | https |
        | port       | 65536 |
        | tls        | on    |

    Scenario: a working model is given such an annotation
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      When its port annotation is set to "https"
      And a working model "beta" is made in the same namespace
      Then the controller's objects stay as they were
      And requests to "alpha" settle on its provider's answer

  @EM-CHI-011
  Rule: The controller makes its objects whether the Secret exists or not

    Scenario: the Secret is still to come
      Given a model "alpha" whose Secret does not exist
      Then the controller's objects for "alpha" come to be there

  @EM-CHI-012
  Rule: An HTTPRoute that somebody has deleted is back at the latest when its ExternalModel changes

    Scenario: the HTTPRoute is deleted, and the ExternalModel annotated
      Given a working model "alpha"
      When its HTTPRoute is deleted
      And its ExternalModel is annotated anew
      Then the controller's objects for "alpha" come to be there
      And requests to "alpha" settle on its provider's answer

  @EM-CHI-013
  Rule: The controller leaves its objects alone when there is nothing to do

    Scenario: a working model that nobody changes, while others are made beside it
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      Then the controller serves one new model after another without a write to the objects for "alpha"

  @EM-CHI-014
  Rule: What an owner deletes goes, in whatever order

    Scenario: the ExternalModel goes first
      Given a working model "alpha"
      When its ExternalModel is deleted
      And requests to "alpha" are refused as "unknown-model"
      And its MaaSModelRef is deleted
      Then neither its ExternalModel nor its MaaSModelRef is left

    Scenario: the MaaSModelRef goes first
      Given a working model "alpha"
      When its MaaSModelRef is deleted
      And its ExternalModel is deleted
      Then neither its ExternalModel nor its MaaSModelRef is left

    Scenario: the namespace goes with all that is in it
      Given a working model "alpha"
      When its namespace is deleted
      Then nothing of what its owner has made is left

  @EM-CHI-015
  Rule: Deleting the MaaSModelRef leaves what the controller made for the ExternalModel

    Scenario: what is left of a withdrawn model
      Given a working model "alpha"
      And the controller's objects for "alpha" are there
      When its MaaSModelRef is deleted
      And a working model "beta" is made in the same namespace
      Then the controller's objects stay there
