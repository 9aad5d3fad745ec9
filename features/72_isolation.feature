Feature: Isolation
  Many owners share one gateway. Whatever one of them does or breaks, the others' models go on, each with its own
  endpoint and its own credential, however their names and their requests coincide.

  @EM-ISO-001
  Rule: Of many requests at the same time each one gets its own model's endpoint, credential and answer

    Scenario: clients of three models call at the same time
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      And a working model "gamma"
      When clients of all models call at the same time, 8 of each
      Then each of them is served by its own model's provider, with its own body and credential

  @EM-ISO-002
  Rule: Secrets of one name in two namespaces are never taken for one another

    Scenario: two owners give their Secrets the same name
      Given a working model "alpha"
      And a model "beta" in another namespace, whose Secret has the same name
      Then requests to "beta" settle on its provider's answer
      And requests to "alpha" settle on its provider's answer

  @EM-ISO-003
  Rule: ExternalModels of one name in two namespaces have nothing else in common

    Scenario: two owners give their models the same name
      Given a working model "alpha"
      And a model "beta" in another namespace, by the same name
      Then requests to "beta" settle on its provider's answer
      And requests to "alpha" settle on its provider's answer

    Scenario: one of two models of the same name is deleted
      Given a working model "alpha"
      And a working model "beta" in another namespace, by the same name
      When its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And requests to "beta" settle on its provider's answer

  @EM-ISO-004
  Rule: A Secret that two models share serves both, and what becomes of it reaches both

    Scenario: a second model refers to the same Secret
      Given a working model "alpha"
      And a model "beta" in the same namespace, with the same Secret
      Then requests to "beta" settle on its provider's answer
      And requests to "alpha" settle on its provider's answer

    Scenario: the value in a shared Secret is rotated
      Given a working model "alpha"
      And a working model "beta" in the same namespace, with the same Secret
      When the value in its Secret is rotated
      Then requests to "alpha" settle on its provider's answer to the new credential
      And requests to "beta" settle on its provider's answer to the new credential

    Scenario: a shared Secret is deleted
      Given a working model "alpha"
      And a working model "beta" in the same namespace, with the same Secret
      When its Secret is deleted
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And requests to "beta" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works
      And requests to "beta" settle on its provider's answer

    Scenario: one of two models with the same Secret is deleted
      Given a working model "alpha"
      And a working model "beta" in the same namespace, with the same Secret
      When its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And requests to "beta" settle on its provider's answer

  @EM-ISO-005
  Rule: Models of one targetModel are each served at their own endpoint with their own credential

    Scenario: two models have the same targetModel
      Given a working model "alpha"
      And a model "beta" in the same namespace, with the same targetModel
      Then requests to "beta" settle on its provider's answer
      And requests to "alpha" settle on its provider's answer

    Scenario: one of two models with the same targetModel is deleted
      Given a working model "alpha"
      And a model "beta" in the same namespace, with the same targetModel
      When a working model "gamma" is made in the same namespace
      And its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And requests to "beta" settle on its provider's answer

  @EM-ISO-006
  Rule: Deleting one of two models at one endpoint leaves the other in service

    Scenario: one of two models at the same endpoint is deleted
      Given a working model "alpha"
      And a working model "beta" in the same namespace, at the same endpoint
      When its ExternalModel is deleted
      Then requests to "alpha" settle on the refusal "unknown-model"
      And requests to "beta" settle on its provider's answer

  @EM-ISO-007
  Rule: A model that cannot be served holds up no change of another

    Scenario Outline: beside a model <in trouble>
      Given a working model "alpha"
      And a model "beta" in the same namespace, <in trouble>
      When its endpoint is changed
      And a model "gamma" is made in the same namespace
      Then requests to "alpha" settle on its provider's answer
      And requests to "gamma" settle on its provider's answer

      Examples:
        | in trouble                   |
        | whose endpoint is nowhere    |
        | whose Secret does not exist  |

  @EM-ISO-008
  Rule: A MaaSModelRef of a model within the cluster publishes no ExternalModel of the same name

    Scenario: an LLMInferenceService of the same name is published
      Given a model "alpha" without its MaaSModelRef
      And a working model "beta" in the same namespace
      And a MaaSModelRef that publishes an LLMInferenceService by the name of "alpha"
      Then requests to "alpha" settle on the refusal "not-published"
      And none of them reaches a provider

  @EM-ISO-009
  Rule: Requests over one connection have nothing else in common

    Scenario: clients of three models call in turn through one proxy
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      And a working model "gamma"
      When clients of all models call over one connection, 2 of each in turn
      Then each of them is served by its own model's provider, whatever has come before it

  @EM-ISO-010
  Rule: What the provider sets for one client never comes with the request of another

    Scenario: the provider sets a cookie with every answer
      Given a working model "alpha"
      When its provider adds the header "set-cookie: session=5b1f77c0; Path=/"
      And clients call "alpha"
      Then no request brings the provider a cookie

  @EM-ISO-011
  Rule: Models and Secrets whose long names differ at their end alone are never taken for one another

    Scenario: two owners in one namespace give their models names of 58 characters, and their Secrets such of 200
      Given a working model "alpha"
      And a working model "beta" in the same namespace, by long names
      And a model "gamma" in the same namespace, by long names
      Then requests to "gamma" settle on its provider's answer
      And requests to "beta" settle on its provider's answer

  @EM-ISO-012
  Rule: Namespaces and names that read the same when they are joined are never taken for one another

    Scenario: the model "part-b" of one namespace, and the model "b" of another that ends in "part"
      Given a working model "alpha"
      And a working model "beta" in the same namespace, by names of two parts
      And a model "gamma" in a namespace that ends in the first part, by names of the second
      Then requests to "gamma" settle on its provider's answer
      And requests to "beta" settle on its provider's answer
