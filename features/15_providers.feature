Feature: Providers of their own
  An ExternalModel may refer to providers that are objects of their own, each with a host and a Secret. What is kept
  apart must be put together rightly for each request: the key of one provider at the host of another is a leak.

  @EM-PRV-001
  Rule: An ExternalProvider says what it is, where it is, and how it is proved to, or is refused

    Scenario Outline: an ExternalProvider without one of its fields
      Given an ExternalProvider that the API server admits
      When the same is offered without <field>
      Then the API server refuses it for <field>

      Examples:
        | field                    |
        | spec.provider            |
        | spec.endpoint            |
        | spec.auth.type           |
        | spec.auth.secretRef.name |

    Scenario Outline: an ExternalProvider that says something out of the ordinary
      Given an ExternalProvider that the API server admits
      When the same is offered with <field> "<value>"
      Then the API server refuses it for <field>

      Examples:
        | field                    | value                   |
        | spec.endpoint            | llm-proxy               |
        | spec.endpoint            | https://api.example.com |
        | spec.auth.type           | password                |
        | spec.auth.secretRef.name | Provider Key            |

  @EM-PRV-002
  Rule: An ExternalModel refers to 1 to 64 providers, each with a targetModel, a format and a path

    Scenario Outline: a reference without its <field>
      Given an ExternalModel with a reference that the API server admits
      When the same is offered without <field> in its reference
      Then the API server refuses it for <field> in the reference

      Examples:
        | field       |
        | ref.name    |
        | targetModel |
        | apiFormat   |
        | path        |

    Scenario: an ExternalModel without references
      Given an ExternalModel with a reference that the API server admits
      When the same is offered without spec.externalProviderRefs
      Then the API server refuses it for spec.externalProviderRefs

    Scenario Outline: no reference, or too many
      Given an ExternalModel with a reference that the API server admits
      When the same is offered with <count> references
      Then the API server refuses it for spec.externalProviderRefs

      Examples:
        | count |
        | 0     |
        | 65    |

    Scenario: as many references as there may be
      Given an ExternalModel with a reference that the API server admits
      When the same is offered with 64 references
      Then the API server admits it

    Scenario: a path that is none
      Given an ExternalModel with a reference that the API server admits
      When the same is offered with spec.externalProviderRefs[0].path "v1/chat/completions"
      Then the API server refuses it for spec.externalProviderRefs[0].path

  @EM-PRV-003
  Rule: The status of an ExternalProvider says whether its Secret exists

    Scenario: the status while there is no Secret
      Given a model "alpha" whose Secret does not exist
      Then its ExternalProvider settles on Failed, naming the missing Secret

    Scenario: the status after the Secret is made
      Given a model "alpha" whose Secret does not exist
      When its Secret is made
      Then its ExternalProvider settles on Ready

  @EM-PRV-004
  Rule: A model whose ExternalProvider does not exist is not served

    Scenario: the ExternalProvider was never made
      Given a model "alpha" whose ExternalProvider does not exist
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "provider-unusable"
      And none of them reaches a provider
      And after its ExternalProvider is made, "alpha" works

  @EM-PRV-005
  Rule: The status of an ExternalModel names an ExternalProvider that is missing

    Scenario: the status while there is no ExternalProvider
      Given a model "alpha" whose ExternalProvider does not exist
      Then its ExternalModel settles on Failed, naming the missing ExternalProvider

  @EM-PRV-006
  Rule: A reference reaches no ExternalProvider of another namespace

    Scenario: the owner names the namespace of somebody else's ExternalProvider
      Given a model "alpha" whose reference names another namespace, where its ExternalProvider is
      Then requests to "alpha" settle on the refusal "provider-unusable"
      And none of them reaches a provider

  @EM-PRV-007
  Rule: Of several providers each is asked, and each gets its own credential and its own name of the model

    Scenario: two providers of equal weight
      Given a working model "beta"
      And a model "alpha" that also refers to the provider of "beta"
      When requests to "alpha" come through
      Then each of its providers is asked, with its own credential

  @EM-PRV-008
  Rule: A provider that is broken never borrows the credential of another

    Scenario: the second of two providers has no Secret
      Given a model "alpha" that also refers to the provider of "beta", whose Secret does not exist
      When a request to "alpha" comes through
      Then each of 20 requests is refused, or served by its own provider with its own credential

    Scenario: the second of two providers does not exist
      Given a model "alpha" that also refers to the provider of "beta", which does not exist
      Then each of 20 requests is refused, or served by its own provider with its own credential

  @EM-PRV-009
  Rule: A model that refers to a missing provider is served by its other one

    Scenario: one of two providers is left
      Given a model "alpha" that also refers to the provider of "beta", which does not exist
      Then requests to "alpha" settle on its provider's answer

  @EM-PRV-010
  Rule: A provider is called at the path that the model's reference to it gives

    Scenario: a provider below a path of its own
      Given a model "alpha" whose provider is called at "/v1beta/openai/chat/completions"
      When clients call "alpha"
      Then the provider sees the path "/v1beta/openai/chat/completions"

  @EM-PRV-011
  Rule: Placeholders in the path are filled, by the reference's own values before the provider's

    Scenario: the provider has the value
      Given a model "alpha" at "/v1/projects/{project}/chat/completions", where its provider says that project is "blue"
      When clients call "alpha"
      Then the provider sees the path "/v1/projects/blue/chat/completions"

    Scenario: provider and reference have one each
      Given a model "alpha" at "/v1/projects/{project}/chat/completions", whose reference says that project is "green"
      When clients call "alpha"
      Then the provider sees the path "/v1/projects/green/chat/completions"

  @EM-PRV-012
  Rule: A model whose path has a placeholder that nothing fills is not served

    Scenario: nobody says what the placeholder stands for
      Given a model "alpha" whose provider is called at "/v1/projects/{project}/chat/completions"
      Then requests to "alpha" settle on the refusal "provider-unusable"
      And none of them reaches a provider
      And after its provider says that project is "blue", "alpha" is in service

  @EM-PRV-013
  Rule: An ExternalProvider that names another Secret brings that one into use

    Scenario: from one Secret to another
      Given a working model "alpha"
      When its ExternalProvider names another Secret, with another key
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back
      And the neighbour still works

  @EM-PRV-014
  Rule: Deleting an ExternalProvider ends what is served through it, and removes what was made for it

    Scenario: the provider goes before its model
      Given a working model "alpha"
      When its ExternalProvider is deleted
      Then requests to "alpha" settle on the refusal "provider-unusable"
      And none of them reaches a provider
      And what the controller made for its ExternalProvider disappears
      And the neighbour still works
      And after its ExternalProvider is made, "alpha" works

    Scenario: the model goes after its provider
      Given a working model "alpha"
      When its ExternalProvider is deleted
      And its ExternalModel is deleted
      Then the controller's objects for "alpha" disappear

  @EM-PRV-015
  Rule: A provider that asks for another proof than its Secret holds is not served

    Scenario Outline: the Secret holds a key, and the provider asks for something else
      Given a model "alpha" whose ExternalProvider asks for "<auth type>", and whose Secret holds a key
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "provider-unusable"
      And none of them reaches a provider
      And after its ExternalProvider asks for "apikey", "alpha" works

      Examples:
        | auth type |
        | sigv4     |
        | oauth2    |

  @EM-PRV-016
  Rule: An edit of an ExternalProvider reaches every ExternalModel that refers to it

    Scenario: the endpoint of two models' ExternalProvider is changed
      Given a working model "alpha"
      And a working model "beta" in the same namespace, with the same ExternalProvider
      When its endpoint is changed
      Then requests to "alpha" settle on its provider's answer
      And the old endpoint does not come back
      And requests to "beta" settle on its provider's answer

    Scenario: two models' ExternalProvider comes to name another Secret
      Given a working model "alpha"
      And a working model "beta" in the same namespace, with the same ExternalProvider
      When its ExternalProvider names another Secret, with another key
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back
      And requests to "beta" settle on its provider's answer to the new credential

  @EM-PRV-017
  Rule: A provider receives its credential in the header, and behind the prefix, that its config names

    Scenario Outline: the config names the header <header>
      Given a model "alpha" whose ExternalProvider asks for its key in "<header>"
      When clients call "alpha"
      Then the provider receives exactly the credential of "alpha"

      Examples:
        | header    |
        | api-key   |
        | X-Api-Key |

    Scenario: the config names a prefix, too
      Given a model "alpha" whose ExternalProvider asks for its key in "Authorization", behind "Bearer "
      When clients call "alpha"
      Then the provider receives exactly the credential of "alpha"

  @EM-PRV-018
  Rule: A reference that names a Secret of its own is served with that, and not with its provider's

    Scenario: two models of one provider, of which the second has a Secret of its own
      Given a working model "alpha"
      And a model "beta" in the same namespace, with the same ExternalProvider, by a Secret of its own
      Then requests to "beta" settle on its provider's answer
      And requests to "alpha" settle on its provider's answer
