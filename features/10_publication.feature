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
      Given a model "alpha" that is published by a MaaSModelRef of another name
      And a working model "beta" in the same namespace
      When clients call a path with <name>
      Then the requests are refused, or served by the provider of "alpha" with its own credential

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

    Scenario: the ExternalModel of a MaaSModelRef that is Ready is deleted
      Given a working model "alpha"
      When its MaaSModelRef says Ready
      And its ExternalModel is deleted
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

  @EM-REF-009
  Rule: A MaaSModelRef says that its ExternalModel is missing, although another namespace has one of that name

    Scenario: the status of a MaaSModelRef in another namespace
      Given a model "alpha" without its MaaSModelRef
      When a MaaSModelRef of its name is made in another namespace, which names no namespace
      Then that MaaSModelRef settles on Failed, naming the missing ExternalModel

  @EM-REF-010
  Rule: The status of a MaaSModelRef names the HTTPRoute of its model and the gateway

    Scenario: where a served model's MaaSModelRef says that it is served
      Given a working model "alpha"
      Then its MaaSModelRef settles on naming its HTTPRoute and the gateway

  @EM-REF-011
  Rule: A MaaSModelRef waits, and gives no address, as long as the gateway does not accept the HTTPRoute

    Scenario: a model in a namespace that the gateway's listener does not admit
      Given a model "alpha" in a namespace that the gateway does not admit
      And the controller's objects for "alpha" are there
      Then its MaaSModelRef settles on Pending, without an address

  @EM-REF-012
  Rule: An endpointOverride takes the place of the address in the status

    Scenario: the owner gives an address of his own
      Given a working model "alpha"
      When its MaaSModelRef is given the endpointOverride "https://models.example.com/alpha?x=1"
      Then its MaaSModelRef settles on the address "https://models.example.com/alpha?x=1"
      And after its endpointOverride is taken away, it settles on Ready, with the address of "alpha"

  @EM-REF-013
  Rule: When a MaaSModelRef says Ready, its model is served

    Scenario: a model is called in the moment of its Ready
      Given a model "alpha" whose provider accepts any credential
      Then requests reach its provider as soon as its MaaSModelRef says Ready

  @EM-REF-014
  Rule: In whatever order its objects are made, a model comes to be served

    Scenario Outline: objects are made in another order than usual
      Given a model "alpha" whose objects are made in the order <first>, <second>, <third>
      Then requests to "alpha" settle on its provider's answer

      Examples:
        | first         | second        | third         |
        | Secret        | MaaSModelRef  | ExternalModel |
        | ExternalModel | Secret        | MaaSModelRef  |
        | ExternalModel | MaaSModelRef  | Secret        |
        | MaaSModelRef  | Secret        | ExternalModel |
        | MaaSModelRef  | ExternalModel | Secret        |

  @EM-REF-015
  Rule: A MaaSModelRef that was made before its ExternalModel comes to be Ready

    Scenario: the ExternalModel follows
      Given a model "alpha" of which only the MaaSModelRef exists
      When its MaaSModelRef says that the ExternalModel is missing
      And its ExternalModel is made
      Then its MaaSModelRef settles on Ready, with the address of "alpha"

  @EM-REF-016
  Rule: The conditions of a MaaSModelRef are about its latest edit

    Scenario: a MaaSModelRef is edited
      Given a working model "alpha"
      When its MaaSModelRef is given the endpointOverride "https://models.example.com/alpha"
      Then the conditions of its MaaSModelRef come to be about its latest edit

  @EM-REF-017
  Rule: A MaaSModelRef publishes no ExternalModel of another namespace

    Scenario Outline: a MaaSModelRef in another namespace
      Given a model "alpha" without its MaaSModelRef
      When a MaaSModelRef of its name is made in another namespace, which <naming>
      And a working model "beta" is made in the same namespace
      Then requests to "alpha" settle on the refusal "not-published"
      And none of them reaches a provider
      And after its MaaSModelRef is made, "alpha" works

      Examples:
        | naming                          |
        | names no namespace              |
        | names that of its ExternalModel |

  @EM-REF-018
  Rule: A MaaSModelRef that comes to name another ExternalModel publishes the former one no longer

    Scenario: the MaaSModelRef of a working model is led to another one
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When its MaaSModelRef is changed to name "beta"
      Then requests to "alpha" settle on the refusal "not-published"
      And none of them reaches a provider
      And requests to "beta" settle on its provider's answer
      And after its MaaSModelRef is put right, "alpha" works
      # Its own MaaSModelRef has named it all the time.
      And requests to "beta" settle on its provider's answer
