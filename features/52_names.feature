Feature: Names for clients
  Clients call a model by a name of the owner's choice, and the provider knows it by another. A name that is resolved
  by itself, without the path, must still lead to one model only: the one whose owner gave it that name.

  @EM-NAM-001
  Rule: The provider is asked for its own name of the model, and never sees the clients' name in the body

    Scenario Outline: <call>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make <call> to "alpha"
      Then the provider is asked for its own name of the model

      Examples:
        | call                       |
        | a chat completion          |
        | a streamed chat completion |

  @EM-NAM-002
  Rule: A path without namespace and model leads to the model that the body names

    Scenario: the shared path
      Given a working model "alpha"
      And a working model "beta"
      When clients call the shared path with the body's model being the one of "alpha"
      Then the requests are answered by the provider of "alpha"

  @EM-NAM-003
  Rule: A name that no model has leads nowhere, without a path either

    Scenario: the shared path, and a name that nobody has
      Given a working model "alpha"
      When clients call the shared path with the body's model being a model that nobody has
      Then the requests settle on the refusal "unknown-model"
      And none of them reaches a provider

  @EM-NAM-004
  Rule: A model that gets another name answers to that, and no longer to the former one

    Scenario: the new name
      Given a working model "alpha"
      When its modelName is changed
      Then requests to "alpha" settle on its provider's answer

    Scenario Outline: the former name at <path>
      Given a working model "alpha"
      When its modelName is changed
      And clients call <path> with the body's model being its former name
      Then the requests come to bring no credential of "alpha" to any provider
      And the neighbour still works

      Examples:
        | path            |
        | "alpha"         |
        | the shared path |

  @EM-NAM-005
  Rule: Models of one name in two namespaces are never taken for one another

    Scenario Outline: the path of <alias>
      Given a working model "beta" that its clients call "assistant"
      And a model "alpha" in another namespace that its clients call "assistant", too
      When clients call "<alias>"
      Then the requests are refused, or served by the provider of "<alias>" with its own credential

      Examples:
        | alias |
        | alpha |
        | beta  |
