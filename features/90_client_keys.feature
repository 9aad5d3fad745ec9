Feature: Client keys
  A client key is all that stands between a paid endpoint and everybody who finds its address. A gateway that takes any
  word for a key, or goes on taking one that was revoked, spends its owner's tokens on strangers. One that shows a key
  twice, or lets a key mint others, cannot be closed again once something was found.

  @EM-KEY-001
  Rule: Each key of an owner is served, beside the others

    Scenario: two keys for one subscription
      Given a working model "alpha"
      Then requests to "alpha", showing a second key of the same owner, settle on its provider's answer
      And requests to "alpha", showing their key, settle on its provider's answer

  @EM-KEY-002
  Rule: A client that shows no key is refused

    Scenario: a request without Authorization
      Given a working model "alpha"
      When clients call "alpha", showing nothing
      Then the requests settle on the refusal "no-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

    Scenario Outline: a request without Authorization, <how>
      Given a working model "alpha"
      When clients call "alpha" <how>, showing nothing
      Then no provider sees them
      And requests to "alpha" settle on its provider's answer

      Examples: what one part of a gateway takes for free, and another for a chat completion
        | how                                             |
        | with a second slash in front of the path        |
        | with the path of the list in a query string     |
        | by OPTIONS                                      |
        | in the name of their owner and his subscription |

  @EM-KEY-003
  Rule: What does not look like a client key is refused

    Scenario Outline: a request that shows <proof>
      Given a working model "alpha"
      When clients call "alpha", showing <proof>
      Then the requests settle on the refusal "malformed-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

      Examples:
        | proof                 |
        | a word that is no key |
        | a key of another make |

  @EM-KEY-004
  Rule: A key that was never minted is refused

    Scenario Outline: a client that shows <proof>
      Given a working model "alpha"
      When clients call "alpha", showing <proof>
      Then the requests settle on the refusal "unknown-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

      Examples:
        | proof                                 |
        | a key that nobody has minted          |
        | their key with another last character |
        | their key with one more character     |
        | their key in capitals                 |
        | the first half of their key           |

  @EM-KEY-005
  Rule: The key of a provider opens nothing at the gateway

    Scenario: the value of the model's own Secret
      Given a working model "alpha"
      When clients call "alpha", showing the provider's own key
      Then the requests settle on the refusal "malformed-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-006
  Rule: A token of the cluster opens no model

    Scenario: the token with which the clients' key was minted
      Given a working model "alpha"
      When clients call "alpha", showing a token of the cluster
      Then the requests settle on the refusal "malformed-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

    Scenario: the same, with the path of the list of models in a query string
      # The shipped check takes such a token for the list, which it knows by the end of the path.
      Given a working model "alpha"
      When clients call "alpha" with the path of the list in a query string, showing a token of the cluster
      Then the requests settle on the refusal "malformed-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-007
  Rule: A key is good for as long as was asked for, and no longer

    Scenario: a key for a few seconds
      Given a working model "alpha"
      When the clients have a key that was minted for 4 seconds
      Then requests to "alpha" settle on the refusal "unknown-key"
      And none of them reaches a provider
      And with a new key, "alpha" works

  @EM-KEY-008
  Rule: A revoked key is refused

    Scenario: the owner revokes a key that is in use
      Given a working model "alpha"
      When the key of the clients is revoked
      Then requests to "alpha" settle on the refusal "unknown-key"
      And none of them reaches a provider
      And the neighbour still works
      And with a new key, "alpha" works

  @EM-KEY-009
  Rule: A key outside the Authorization counts for nothing

    Scenario: a key in x-api-key
      Given a working model "alpha"
      When clients call "alpha" with their key in x-api-key instead
      Then the requests settle on the refusal "no-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-010
  Rule: Who calls is asked before what is called for

    Scenario: nobody's request that is no JSON
      Given a working model "alpha"
      When clients call "alpha" with a body that is no JSON, showing nothing
      Then the requests settle on the refusal "no-key"
      And none of them reaches a provider
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-011
  Rule: Who has a subscription is given a key for it, with 201

    Scenario: a user asks for a key
      Given a model "alpha" whose provider accepts any credential
      Then a user who asks for a client key is given one, with 201 and the beginning that all have

  @EM-KEY-012
  Rule: The value of a key is shown once

    Scenario: the owner asks for a key and for all keys
      Given a working model "alpha"
      Then what maas-api says of the key of the clients later is without its value

  @EM-KEY-013
  Rule: Fields that maas-api does not know are passed over

    Scenario: a field of another version
      Given a working model "alpha"
      Then a user who asks for a client key with the unknown field expiresInDays is given one all the same

  @EM-KEY-014
  Rule: A key is its owner's alone

    Scenario: a stranger knows the id of a key
      Given a working model "alpha"
      Then a stranger who asks for the key of the clients finds none
      And a stranger who asks for all keys does not find it
      And a stranger who revokes the key of the clients finds none
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-015
  Rule: A client key mints no keys

    Scenario: a key where a token of the cluster belongs
      Given a working model "alpha"
      Then who shows the key of the clients to maas-api is given no other key for it
      And requests to "alpha" settle on its provider's answer

  @EM-KEY-016
  Rule: Beside a model of the format messages a client may show its key in x-api-key

    Scenario: a client of the format messages
      Given a working model "alpha" of the provider "anthropic"
      When clients call "alpha" with their key in x-api-key instead
      Then the requests are answered by the provider of "alpha"

  @EM-KEY-017
  Rule: A key counts for the request that shows it, and for no other one on its connection

    Scenario: somebody without a key comes through the same proxy
      Given a working model "alpha"
      When clients call "alpha", and somebody who shows nothing follows over the same connection
      Then who follows to "alpha" is refused as "no-key", and the clients are not
