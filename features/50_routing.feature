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
        | path                            |
        | a namespace that does not exist |
        | a model that does not exist     |
        | the namespace of another model  |

  @EM-RTE-002
  Rule: A path that only looks like a model's is refused

    Scenario Outline: <path> in the path, by a look-alike
      Given a working model "alpha"
      When clients call a path with <path>
      Then the requests settle on the refusal "unknown-model"
      And none of them reaches a provider

      Examples:
        | path                                     |
        | the name of "alpha" with "-2" behind it  |
        | the name of "alpha" with "x" behind it   |
        | the name of "alpha" with a parameter     |
        | the name of "alpha" less its last letter |
        | the name of "alpha" in capitals          |
        | the namespace of "alpha" with "x" behind |
        | the namespace of "alpha" in capitals     |
        | a segment before the namespace           |

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
        | the one of "beta"         |
        | a model that nobody has   |
        | its own, and "-pro"       |
        | its own, behind "openai/" |
        | its own, in capitals      |

    Scenario: the body's model is the targetModel of before
      Given a working model "alpha"
      When its targetModel is changed
      And requests to "alpha" work with the new name
      And clients call "alpha" with the body's model being its former name
      Then the requests settle on the refusal "model-mismatch"
      And none of them reaches a provider

    Scenario: the body names two models, its own the first
      # Providers go by the last.
      Given a working model "alpha"
      When clients call "alpha" with a body that names the one of "alpha", and then a model that nobody has
      Then no provider is asked for another model than the one of "alpha"
      And requests to "alpha" settle on its provider's answer

  @EM-RTE-005
  Rule: A header of the client never leads to another model than its path and its body

    Scenario Outline: <header> means another model
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients call "alpha" with <header> that means "beta"
      Then the requests are refused as "forged-header", or answered by the provider of "alpha"

      Examples:
        | header                            |
        | an X-Gateway-Model-Name           |
        | an x-ipp-selected-provider        |
        | an x-gateway-destination-endpoint |
        | an X-Forwarded-Host               |
        | an X-Original-URL                 |
        | a Host                            |

  @EM-RTE-006
  Rule: A header of the client opens no path that no model has

    Scenario: the routing header names a model, the path none
      Given a working model "alpha"
      When clients name "alpha" in an X-Gateway-Model-Name, at a path with a model that does not exist
      Then the requests settle on the refusal "unknown-model"
      And none of them reaches a provider

  @EM-RTE-007
  Rule: A path in another spelling leads to the model that it names, or to none

    Scenario Outline: a path with <spelling>, in place of the plain one
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients call a path with <spelling>
      Then the requests are refused as "unusual-path", or answered by the provider of "alpha"

      Examples:
        | spelling                     |
        | a second slash in front      |
        | a second slash in the middle |
        | an encoded slash             |
        | an encoded letter            |

  @EM-RTE-008
  Rule: Whatever the path, a credential meets no endpoint but its own

    Scenario Outline: a call of <request>
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When clients try <request>
      Then each credential meets its own endpoint only

      Examples: what one part of a gateway takes for alpha, and another for beta
        | request                                                       |
        | the path of "beta" by way of "alpha"                          |
        | the path of "beta" by way of "alpha" in encoded dots          |
        | the path of "beta" behind two slashes, in the name of "alpha" |

  @EM-RTE-009
  Rule: A request that names no model is given no credential

    Scenario Outline: <request> and the provider's credential
      Given a working model "alpha"
      When clients try <request>
      Then no provider receives the credential of "alpha"

      Examples:
        | request                             |
        | a body without a model              |
        | a body with an empty model          |
        | a body whose model is a number      |
        | a GET of the model's list of models |
        | a DELETE without a body             |
        | a POST without a body               |

  @EM-RTE-010
  Rule: A path of the gateway that is no model's leads to no provider

    Scenario Outline: a path with <path>
      Given a working model "alpha"
      When clients call a path with <path>
      Then no provider sees them

      Examples:
        | path                        |
        | nothing but a slash         |
        | the gateway's own API in it |
