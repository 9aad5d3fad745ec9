Feature: Errors of the gateway
  What the gateway refuses itself costs nothing and says so: a client learns from status and text that its request was
  wrong, and an operator that the model is. Neither learns anything of the cluster.

  @EM-ERR-004
  Rule: A body that is not JSON is refused as the client's error

    Scenario Outline: the client sends <content>
      Given a working model "alpha"
      When clients call "alpha" with a body of <content>
      Then the requests settle on the refusal "malformed-body"
      And none of them reaches a provider

      Examples:
        | content                          |
        | half a JSON object               |
        | a JSON object and another behind |
        | plain text                       |

  @EM-ERR-008
  Rule: JSON that is no object is refused as the client's error

    Scenario Outline: the client sends <content> instead of an object
      Given a working model "alpha"
      When clients call "alpha" with a body of <content>
      Then the requests settle on the refusal "malformed-body"
      And none of them reaches a provider

      Examples:
        | content      |
        | a JSON array |
        | a JSON text  |

  @EM-ERR-009
  Rule: A chat completion that asks for nothing is refused as the client's error

    Scenario Outline: the client sends an object with <content>
      Given a working model "alpha"
      When clients call "alpha" with a body of <content>
      Then the requests settle on the refusal "messages-missing"
      And none of them reaches a provider

      Examples:
        | content                   |
        | no messages               |
        | an empty list of messages |
        | a text for its messages   |

  @EM-ERR-010
  Rule: A path of the model that is no chat completion is refused as the client's error

    Scenario Outline: the client calls <endpoint> of the model
      Given a working model "alpha"
      When clients call the endpoint <endpoint> of "alpha"
      Then the requests settle on the refusal "unsupported-endpoint"
      And none of them reaches a provider

      Examples:
        | endpoint         |
        | /v1/completions  |
        | /v1/audio/speech |

    Scenario Outline: a path with <path>, which is no chat completion
      Given a working model "alpha"
      When clients call a path with <path>
      Then the requests settle on the refusal "unsupported-endpoint"
      And none of them reaches a provider

      Examples:
        | path                                           |
        | a segment behind that of chat completions      |
        | chat completions in another one's query string |

  @EM-ERR-011
  Rule: Embeddings and responses are refused as endpoints of an ExternalModel

    Scenario Outline: the client calls <endpoint> instead of chat completions
      Given a working model "alpha"
      When clients call the endpoint <endpoint> of "alpha"
      Then the requests settle on the refusal "unsupported-endpoint"
      And none of them reaches a provider

      Examples:
        | endpoint       |
        | /v1/embeddings |
        | /v1/responses  |

  @EM-ERR-012
  Rule: A client that is wrong learns that first, also of a model without a credential

    Scenario: the body names another model, and the Secret is missing
      Given a model "alpha" whose Secret does not exist
      And requests to "alpha" are refused as "credentials-not-found"
      When clients call "alpha" with the body's model being a model that nobody has
      Then the requests settle on the refusal "model-mismatch"
      And none of them reaches a provider

    Scenario: the body asks for nothing, and the Secret is missing
      Given a model "alpha" whose Secret does not exist
      And requests to "alpha" are refused as "credentials-not-found"
      When clients call "alpha" with a body of an empty list of messages
      Then the requests settle on the refusal "messages-missing"
      And none of them reaches a provider

  @EM-ERR-014
  Rule: An error of the gateway names its kind, and the status agrees with it

    Scenario: the gateway finds no credential
      Given a model "alpha" whose Secret does not exist
      And requests to "alpha" are refused as "credentials-not-found"
      When clients call "alpha"
      Then the answers read "inference error: Kind - words", with the status of the kind

    Scenario: the gateway cannot read the body
      Given a working model "alpha"
      When clients call "alpha" with a body of half a JSON object
      Then the answers read "inference error: Kind - words", with the status of the kind

  @EM-ERR-015
  Rule: An error of the gateway is declared as plain text

    Scenario: the media type of a refusal
      Given a working model "alpha"
      When clients call "alpha" with a body of plain text
      Then the answers are declared as plain text

  @EM-ERR-016
  Rule: An error of the gateway tells nothing of Secrets, endpoints and the cluster

    Scenario: in a refusal for want of a credential
      Given a model "alpha" whose Secret does not exist
      And requests to "alpha" are refused as "credentials-not-found"
      When clients call "alpha"
      Then the answers name neither its Secret nor its endpoint nor anything of the cluster

    Scenario: in a refusal of a body
      Given a working model "alpha"
      When clients call "alpha" with a body of half a JSON object
      Then the answers name neither its Secret nor its endpoint nor anything of the cluster
