Feature: Quota
  A budget of tokens keeps one client's loop from becoming its owner's bill. It is worth as much as what it counts: a
  budget that is not enforced protects nobody, and one that others can spend, by calls that nobody has served, is a way
  to shut a client out.

  @EM-QTA-001
  Rule: Who has spent the budget is refused

    Scenario: one call costs the whole budget
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      When clients call "alpha", and its provider declares 1000 tokens in all for each call
      Then the requests settle on the refusal "quota-exhausted"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works

    Scenario: one call costs the whole of the smaller of two budgets
      Given a working model "alpha" with a budget of 100000 tokens in 1m, and one of 1000 in 1h
      When clients call "alpha", and its provider declares 1000 tokens in all for each call
      Then the requests settle on the refusal "quota-exhausted"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works

  @EM-QTA-002
  Rule: A budget is whole again when its window is over

    Scenario: a window of a few seconds
      # Free requests do not spend the budget again, so that it can be seen to recover.
      Given a working model "alpha" with a budget of 1000 tokens in 4s
      When clients have spent a budget of 1000 tokens on "alpha"
      Then free requests to "alpha" settle on its provider's answer

  @EM-QTA-003
  Rule: A spent budget of one model limits no other

    Scenario Outline: two models of one subscription, the other in <place>
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      And a working model "beta" in <place>, with a budget of 1000 tokens in 1h
      When clients have spent a budget of 1000 tokens on "alpha"
      Then free requests to "beta" settle on its provider's answer

      Examples:
        | place                               |
        | the same namespace                  |
        | another namespace, by the same name |

  @EM-QTA-004
  Rule: What one user spends, or one subscription, limits no other

    Scenario: two users of one subscription
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      And a stranger who shares policy and subscription of "alpha"
      When clients have spent a budget of 1000 tokens on "alpha"
      Then free requests to "alpha" of the stranger settle on its provider's answer

    Scenario: one user of two subscriptions
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      And another subscription of the clients, with a budget of 1000 tokens in 1h for "alpha"
      When clients have spent a budget of 1000 tokens on "alpha"
      Then free requests to "alpha" by the other subscription settle on its provider's answer

    Scenario: two users who come through the same proxy
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      And a stranger who shares policy and subscription of "alpha"
      When clients spend a budget of 1000 tokens on "alpha" over connections that the stranger came over before
      Then free requests to "alpha" of the stranger settle on its provider's answer, whoever used his connections

  @EM-QTA-005
  Rule: A call that is not served costs nothing

    Scenario Outline: errors <status> of the provider, one for each token
      Given a working model "alpha" with a budget of 10 tokens in 1h
      When its provider answers with <status>
      And clients call "alpha"
      And clients call "alpha" 10 times in vain
      Then free requests to "alpha" settle on its provider's answer
      And a budget of 10 tokens on "alpha" can still be spent

      Examples:
        | status |
        | 404    |
        | 500    |

    Scenario: requests that the gateway refuses for their body, one for each token
      Given a working model "alpha" with a budget of 10 tokens in 1h
      When clients call "alpha" with a body of plain text
      And clients call "alpha" 10 times in vain
      Then free requests to "alpha" settle on its provider's answer
      And a budget of 10 tokens on "alpha" can still be spent

    Scenario: calls of somebody whom the policy does not name, one for each token
      Given a working model "alpha" with a budget of 10 tokens in 1h
      When the policy names somebody else in the place of the clients
      And free requests to "alpha" are refused as "caller-not-admitted"
      And clients call "alpha" 10 times in vain
      And the policy names the clients again
      Then free requests to "alpha" settle on its provider's answer
      And a budget of 10 tokens on "alpha" can still be spent

  @EM-QTA-006
  Rule: No query string takes a call out of the budget

    Scenario: a query string that ends as the path of the list does
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      When clients have spent a budget of 1000 tokens on "alpha"
      And clients call a path with the path of the list in a query string behind it
      Then the requests settle on the refusal "quota-exhausted"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works
