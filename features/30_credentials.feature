Feature: Credentials
  The provider's key lies in a labelled Secret. A gateway that misreads it breaks in silence; one that forwards
  without it, with an old one or with somebody else's, leaks requests and spends other people's money.

  @EM-CRED-001
  Rule: The provider receives exactly one credential, the value in the model's Secret, as a Bearer token

    Scenario Outline: the credential in <request>
      Given a model "alpha" in service, whose provider accepts any credential
      When clients make <request> to "alpha"
      Then the provider receives exactly the credential of "alpha"

      Examples:
        | request                    |
        | a chat completion          |
        | a streamed chat completion |

  @EM-CRED-002
  Rule: A Secret without the label is ignored

    Scenario: the Secret never had the label
      Given a model "alpha" whose Secret has no label
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

    Scenario: an annotation stands in the place of the label
      Given a model "alpha" whose Secret bears the label as an annotation
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

  @EM-CRED-003
  Rule: A label with any other value than "true" counts as no label

    Scenario Outline: the label's value is <value>
      Given a model "alpha" whose Secret has the label value <value>
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

      Examples:
        | value   |
        | "false" |
        | "True"  |
        | "1"     |
        | ""      |

  @EM-CRED-004
  Rule: Adding the label to a Secret brings it into use

    Scenario: the label comes later
      Given a model "alpha" whose Secret has no label
      And a working model "beta" in the same namespace
      And requests to "alpha" are refused as "credentials-not-found"
      When the label is added to its Secret
      Then requests to "alpha" settle on its provider's answer

    Scenario: the value is rotated while the label is away
      Given a working model "alpha"
      When the label of its Secret is removed
      And requests to "alpha" are refused as "credentials-not-found"
      And the value in its Secret is rotated
      And the label is added to its Secret
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-CRED-005
  Rule: Removing the label from a Secret ends its use

    Scenario Outline: the label of a working model's Secret is <change>
      Given a working model "alpha"
      When the label of its Secret is <change>
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And the neighbour still works
      And after its Secret is put right, "alpha" works

      Examples:
        | change         |
        | removed        |
        | set to "false" |

  @EM-CRED-006
  Rule: A model whose Secret does not exist is refused

    Scenario: the Secret was never made
      Given a model "alpha" whose Secret does not exist
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

    Scenario: a working model comes to name a Secret that was never made
      Given a working model "alpha"
      When its reference is changed to a Secret that does not exist
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And the neighbour still works
      And after its Secret is put right, "alpha" works

  @EM-CRED-007
  Rule: A Secret of the same name in another namespace is never used

    Scenario: only another namespace has the Secret
      Given a model "alpha" whose Secret exists in another namespace only
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

  @EM-CRED-008
  Rule: A Secret without the edition's data key is refused

    Scenario Outline: the value lies under <key>
      Given a model "alpha" whose Secret has its value under <key>
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credential-field-missing"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

      Examples:
        | key       |
        | "token"   |
        | "apiKey"  |
        | "API_KEY" |

    Scenario: the value lies under the word for its kind
      Given a model "alpha" whose Secret has its value under "apikey"
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credential-field-missing"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

    Scenario: the value of a working model is put under another key
      Given a working model "alpha"
      When the data key of its Secret is replaced by "token"
      Then requests to "alpha" settle on the refusal "credential-field-missing"
      And none of them reaches a provider
      And the neighbour still works
      And after its Secret is put right, "alpha" works

    Scenario: the data key is written in the other case
      Given a model "alpha" whose Secret has its data key in the other case
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credential-field-missing"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

  @EM-CRED-009
  Rule: An empty value counts as no credential

    Scenario: the value is empty from the start
      Given a model "alpha" whose Secret has an empty value
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

    Scenario: the Secret has no data at all
      Given a model "alpha" whose Secret has no data
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

    Scenario: the value of a working model becomes empty
      Given a working model "alpha"
      When the value in its Secret becomes empty
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And the neighbour still works
      And after its Secret is put right, "alpha" works

  @EM-CRED-010
  Rule: A changed value replaces the old one, which never comes back

    Scenario: the value is rotated
      Given a working model "alpha"
      When the value in its Secret is rotated
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back
      And the neighbour still works

    Scenario: the value is rotated twice
      Given a working model "alpha"
      When the value in its Secret is rotated
      And requests to "alpha" work with the new credential
      And the value in its Secret is rotated
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

    Scenario: the value is rotated twice at once
      Given a working model "alpha"
      When the value in its Secret is rotated
      And the value in its Secret is rotated
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

    Scenario: the value is rotated and rotated back
      Given a working model "alpha"
      When the value in its Secret is rotated
      And requests to "alpha" work with the new credential
      And the value in its Secret is rotated back
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-CRED-011
  Rule: Deleting the Secret ends the use of its value

    Scenario: the Secret of a working model is deleted
      Given a working model "alpha"
      When its Secret is deleted
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And the neighbour still works
      And after its Secret is put right, "alpha" works

  @EM-CRED-012
  Rule: A Secret that is created after the first failures comes into use

    Scenario: the Secret is made last
      Given a model "alpha" whose Secret does not exist
      And a working model "beta" in the same namespace
      And requests to "alpha" are refused as "credentials-not-found"
      When its Secret is made
      Then requests to "alpha" settle on its provider's answer

  @EM-CRED-013
  Rule: A Secret that is deleted and made again serves with its new value

    Scenario: a Secret of the same name returns with another value
      Given a working model "alpha"
      When its Secret is deleted
      And requests to "alpha" are refused as "credentials-not-found"
      And its Secret is made again with another value
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

    Scenario: a Secret is replaced, as tools do that delete and make at once
      Given a working model "alpha"
      When its Secret is deleted
      And its Secret is made again with another value
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-CRED-014
  Rule: The label of another edition counts as no label

    Scenario: the Secret is labelled for another edition
      Given a model "alpha" whose Secret bears the label of another edition alone
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

  @EM-CRED-015
  Rule: The label of another edition beside the right one does no harm

    Scenario: the Secret is labelled for several editions
      Given a model "alpha" whose Secret bears the labels of several editions
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on its provider's answer

  @EM-CRED-016
  Rule: Other fields of the Secret do not matter

    Scenario Outline: the Secret <has more>
      Given a model "alpha" whose Secret <has more>
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on its provider's answer

      Examples:
        | has more                          |
        | has other fields, too             |
        | has a field of several lines, too |

  @EM-CRED-017
  Rule: An empty field makes the whole Secret unusable

    Scenario: an empty field stands beside the right one
      Given a model "alpha" whose Secret has an empty field, too
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works

  @EM-CRED-018
  Rule: A Secret's type, and the way in which it was written, do not matter

    Scenario Outline: a Secret that <differs>
      Given a model "alpha" whose Secret <differs>
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on its provider's answer

      Examples:
        | differs                     |
        | is of a type of its own     |
        | was written with stringData |

  @EM-CRED-019
  Rule: The provider receives the value byte for byte

    Scenario Outline: a Secret that <has a value>
      Given a model "alpha" whose Secret <has a value>
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on its provider's answer

      Examples:
        | has a value                                            |
        | has a value with "+", "/" and ".", and "==" at its end |
        | has a value of 200 characters                          |
        | has a value of 4096 characters                         |

  @EM-CRED-020
  Rule: A value that no header can carry is sent clean or not at all

    Scenario Outline: behind the value stands <trailer>
      Given a working model "alpha"
      When the value in its Secret is rotated, with <trailer> behind the new one
      Then requests to "alpha" settle on a refusal, or on the provider's answer to the clean value
      And the neighbour still works
      And after its Secret is put right, "alpha" works

      Examples:
        | trailer                           |
        | a line feed                       |
        | a carriage return and a line feed |
        | a line end and another header     |

  @EM-CRED-021
  Rule: A broken Secret does not hold up the rotation of another

    Scenario: the value is rotated beside a Secret that is empty
      Given a working model "alpha"
      And a model "beta" in the same namespace, whose Secret has an empty value
      When the value in its Secret is rotated
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-CRED-022
  Rule: The page's data key, OPENAI_API_KEY, counts as no data key

    Scenario: the owner has followed the page
      Given a model "alpha" whose Secret has its value under "OPENAI_API_KEY"
      And a working model "beta" in the same namespace
      Then requests to "alpha" settle on the refusal "credential-field-missing"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works
