Feature: API surface
  What the API server admits is what an owner may write. A mistake that is refused at once, by the name of its field,
  costs a minute; one that is admitted comes up later, as an error at somebody's client or as a key at a wrong host.

  @EM-API-001
  Rule: What an owner writes is admitted, and stays as it was written

    Scenario: the objects of a published model, a while after they were made
      Given a model "alpha" with the targetModel "Mixtral-8x7B-Instruct"
      Then its objects come to rest as their owner wrote them

  @EM-API-002
  Rule: An ExternalModel that lacks a required field is refused, and the field is named

    Scenario Outline: an ExternalModel without one of its fields
      Given an ExternalModel that the API server admits
      When the same is offered without <field>
      Then the API server refuses it for <field>

      Examples:
        | field                   |
        | spec.provider           |
        | spec.targetModel        |
        | spec.endpoint           |
        | spec.credentialRef      |
        | spec.credentialRef.name |

  @EM-API-003
  Rule: An endpoint is the name of a host and nothing else

    Scenario Outline: an endpoint that says more or less than a host
      Given an ExternalModel that the API server admits
      When the same is offered with spec.endpoint "<endpoint>"
      Then the API server refuses it for spec.endpoint

      Examples:
        | endpoint                |
        | https://api.example.com |
        | api.example.com:8443    |
        | api.example.com/v1      |
        | api_v1.example.com      |
        | -eu.api.example.com     |
        | api.example.com.au.     |
        | (empty)                 |
        | (254 letters)           |

    Scenario Outline: an endpoint that is a host
      Given an ExternalModel that the API server admits
      When the same is offered with spec.endpoint "<endpoint>"
      Then the API server admits it

      Examples:
        | endpoint             |
        | eu-1.api.example.com |
        | API.Example.com      |
        | llm-proxy            |
        | 192.0.2.17           |

  @EM-API-004
  Rule: Any word of 1 to 63 characters is a provider

    Scenario Outline: a provider that nobody has heard of
      Given an ExternalModel that the API server admits
      When the same is offered with spec.provider "<provider>"
      Then the API server admits it

      Examples:
        | provider          |
        | in-house.proxy_v2 |
        | (63 letters)      |

    Scenario Outline: no provider at all, or too much of one
      Given an ExternalModel that the API server admits
      When the same is offered with spec.provider "<provider>"
      Then the API server refuses it for spec.provider

      Examples:
        | provider     |
        | (empty)      |
        | (64 letters) |

  @EM-API-005
  Rule: Any text of 1 to 253 characters is a targetModel

    Scenario Outline: names that providers give their models
      Given an ExternalModel that the API server admits
      When the same is offered with spec.targetModel "<model>"
      Then the API server admits it

      Examples:
        | model                            |
        | google/gemini-2.5-flash          |
        | ft:gpt-4o-mini-2024-07-18:acme:x |
        | (253 letters)                    |

    Scenario Outline: no name, or too long a one
      Given an ExternalModel that the API server admits
      When the same is offered with spec.targetModel "<model>"
      Then the API server refuses it for spec.targetModel

      Examples:
        | model         |
        | (empty)       |
        | (254 letters) |

  @EM-API-006
  Rule: A credentialRef reaches no Secret of another namespace

    Scenario Outline: the owner names the namespace of somebody else's Secret, <how>
      Given a model "alpha" whose credentialRef names another namespace <how>, where its Secret is
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its reference and its Secret are put right, "alpha" works

      Examples:
        | how                   |
        | in a field of its own |
        | before the name       |

  @EM-API-007
  Rule: A MaaSModelRef refers to an ExternalModel or an LLMInferenceService, by its name

    Scenario: the other kind of model
      Given a MaaSModelRef that the API server admits
      When the same is offered with spec.modelRef.kind "LLMInferenceService"
      Then the API server admits it

    Scenario Outline: a reference to something else, or to nothing
      Given a MaaSModelRef that the API server admits
      When the same is offered with <field> "<value>"
      Then the API server refuses it for <field>

      Examples:
        | field              | value         |
        | spec.modelRef.kind | Service       |
        | spec.modelRef.name | (empty)       |
        | spec.modelRef.name | (254 letters) |

    Scenario Outline: half a reference
      Given a MaaSModelRef that the API server admits
      When the same is offered without <field>
      Then the API server refuses it for <field>

      Examples:
        | field              |
        | spec.modelRef.kind |
        | spec.modelRef.name |

  @EM-API-008
  Rule: A table of ExternalModels shows the edition's columns

    Scenario: what kubectl get prints
      Given a model "alpha" with the targetModel "gpt-4o-mini"
      Then a table of ExternalModels has the edition's columns

  @EM-API-009
  Rule: A model whose name is as long as a name may be is served

    Scenario: a name of 63 characters
      Given a model "alpha" whose name has 63 characters
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on its provider's answer

  @EM-API-010
  Rule: A MaaSAuthPolicy says who may call what, or is refused

    Scenario: a policy for a group
      Given a MaaSAuthPolicy that the API server admits
      When the same is offered for a group in place of a user
      Then the API server admits it

    Scenario: a policy that leaves its users out
      Given a MaaSAuthPolicy that the API server admits
      When the same is offered without spec.subjects.users
      Then the API server refuses it for spec.subjects, saying "at least one group or user must be specified in subjects"

    Scenario: a policy whose list of users is empty
      Given a MaaSAuthPolicy that the API server admits
      When the same is offered with spec.subjects.users "(no items)"
      Then the API server refuses it for spec.subjects, saying "at least one group or user must be specified in subjects"

    Scenario Outline: a policy for no model
      Given a MaaSAuthPolicy that the API server admits
      When the same is offered with <field> "<value>"
      Then the API server refuses it for <field>

      Examples:
        | field                       | value        |
        | spec.modelRefs              | (no items)   |
        | spec.modelRefs[0].name      | (empty)      |
        | spec.modelRefs[0].name      | (64 letters) |
        | spec.modelRefs[0].namespace | (64 letters) |

  @EM-API-011
  Rule: A MaaSSubscription includes models, each with a budget of tokens in a window of time, or is refused

    Scenario Outline: a subscription to nothing, or without a budget
      Given a MaaSSubscription that the API server admits
      When the same is offered with <field> "(no items)"
      Then the API server refuses it for <field>

      Examples:
        | field                             |
        | spec.modelRefs                    |
        | spec.modelRefs[0].tokenRateLimits |

    Scenario Outline: the least and the most that a budget may be
      Given a MaaSSubscription that the API server admits
      When the same is offered with spec.modelRefs[0].tokenRateLimits[0].limit <tokens>
      Then the API server admits it

      Examples:
        | tokens     |
        | 1          |
        | 1000000000 |

    Scenario Outline: a budget of nothing, or of too much
      Given a MaaSSubscription that the API server admits
      When the same is offered with spec.modelRefs[0].tokenRateLimits[0].limit <tokens>
      Then the API server refuses it for spec.modelRefs[0].tokenRateLimits[0].limit

      Examples:
        | tokens     |
        | 0          |
        | 1000000001 |

    Scenario Outline: a window of seconds, minutes or hours
      Given a MaaSSubscription that the API server admits
      When the same is offered with spec.modelRefs[0].tokenRateLimits[0].window "<window>"
      Then the API server admits it

      Examples:
        | window |
        | 1s     |
        | 720h   |

    Scenario Outline: a window that is none
      Given a MaaSSubscription that the API server admits
      When the same is offered with spec.modelRefs[0].tokenRateLimits[0].window "<window>"
      Then the API server refuses it for spec.modelRefs[0].tokenRateLimits[0].window

      Examples:
        | window |
        | 0m     |
        | 60     |
        | 1d     |
        | 10000s |
