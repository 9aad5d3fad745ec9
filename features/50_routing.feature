Feature: Routing
  The path alone decides which model is meant. A path that falls through to some model, or a body that overrides the
  path, lets one tenant spend another tenant's key.

  @EM-RTE-001
  Rule: A path that names no published model is refused

    Scenario Outline: <path> in the path
      Given a working model "alpha"
      And a working model "beta"
      When clients call a path with <path>
      Then the requests settle on the refusal "unknown-model"
      And none of them reaches a provider

      Examples:
        | path                                          |
        | a namespace that does not exist               |
        | a model that does not exist                   |
        | the namespace of another model                |

  @EM-RTE-002
  Rule: A path that only looks like a model's is refused

    Scenario Outline: <path> in the path, by a look-alike
      Given a working model "alpha"
      When clients call a path with <path>
      Then the requests settle on the refusal "unknown-model"
      And none of them reaches a provider

      Examples:
        | path                                    |
        | the name of "alpha" with "-2" behind it |
        | the name of "alpha" with "x" behind it  |
        | the name of "alpha" less its last letter |

  @EM-RTE-003
  Rule: Another model's name in the body opens neither its endpoint nor its credential

    Scenario: the path says one model, the body another
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients call "alpha" with the body's model being the one of "beta"
      Then the provider of "beta" receives nothing
      And no provider receives the credential of "beta"

  @EM-RTE-004
  Rule: A body whose model is not the ExternalModel's targetModel is refused

    Scenario Outline: the body's model is <model>
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients call "alpha" with the body's model being <model>
      Then the requests settle on the refusal "model-mismatch"
      And none of them reaches a provider

      Examples:
        | model                     |
        | the one of "beta"        |
        | a model that nobody has   |
