Feature: Monitoring
  An external model runs nowhere in the cluster: what Limitador counts at the gateway is all that its operator ever sees
  of it. Calls that are not counted, tokens that are counted twice, or under another model's name, end as a bill that
  nobody can explain, below a dashboard that looks quiet.

  @EM-MON-001
  Rule: A served request is counted as an authorized call of its model

    Scenario: a few calls
      Given a working model "alpha"
      When clients call "alpha" 3 times
      Then Limitador counts them as authorized calls of "alpha"

  @EM-MON-002
  Rule: The tokens of a served request are counted as its provider declares them

    Scenario: a total that is more than the sum of its parts
      # 10 of the prompt, 30 of the answer and 50 in all: a provider that thinks before it answers counts so.
      Given a working model "alpha"
      When clients call "alpha" 3 times, and its provider declares 50 tokens in all for each
      Then Limitador counts 50 tokens for each of them

  @EM-MON-004
  Rule: A request that fails for want of credentials adds no tokens

    Scenario: the Secret's label is gone
      Given a working model "alpha"
      When the label of its Secret is removed
      And requests to "alpha" are refused as "credentials-not-found"
      Then further calls to "alpha" add no tokens
      And after its Secret is put right, "alpha" works
      And the tokens of "alpha" are counted again

  @EM-MON-005
  Rule: A request that ends in an error adds no tokens

    Scenario: a path that no model has
      Given a working model "alpha"
      When clients call a path with a model that does not exist
      Then none of these calls adds tokens in the namespace of "alpha"
      And the tokens of "alpha" are counted again

    Scenario Outline: an error <status> of the provider
      Given a working model "alpha"
      When its provider answers with <status>
      And clients call "alpha"
      Then none of these calls adds tokens in the namespace of "alpha"
      And the tokens of "alpha" are counted again

      Examples:
        | status |
        | 404    |
        | 500    |

  @EM-MON-006
  Rule: The tokens of a streamed answer are counted, too

    Scenario: streams that tell of their usage
      Given a working model "alpha"
      When clients stream from "alpha" 3 times, and its provider declares 50 tokens in all for each
      Then Limitador counts 50 tokens for each of them

  @EM-MON-007
  Rule: Limitador shows its counters under their own names, and itself as up

    Scenario: the metrics after some traffic
      Given a working model "alpha"
      When clients call "alpha" 3 times
      Then Limitador shows the counters authorized_calls and authorized_hits, without any suffix
      And Limitador shows limitador_up as 1

  @EM-MON-008
  Rule: Limitador shows no series of vLLM for an external model

    Scenario: the metrics of a model that runs elsewhere
      Given a working model "alpha"
      When clients call "alpha" 3 times
      Then Limitador shows no series of vLLM

  @EM-MON-009
  Rule: An answer without usage adds no tokens

    Scenario: a provider that declares nothing
      Given a working model "alpha"
      When its provider answers without usage
      And clients call "alpha"
      Then none of these calls adds tokens in the namespace of "alpha"
      And the tokens of "alpha" are counted again

  @EM-MON-015
  Rule: A call that is refused because the budget is spent is counted as a limited call

    Scenario: calls of who has nothing left
      Given a working model "alpha" with a budget of 1000 tokens in 1h
      When clients have spent a budget of 1000 tokens on "alpha"
      And clients call "alpha" 3 times, and are answered with 429 each time
      Then Limitador counts them as limited calls of "alpha"

  @EM-MON-010
  Rule: The cluster's monitoring looks into Limitador's namespace

    Scenario: the label of the namespace
      Then the namespace of Limitador bears the label of the cluster's monitoring

  @EM-MON-011
  Rule: The ServiceMonitor leads to Limitador

    Scenario: the ServiceMonitor and the Service
      Then the ServiceMonitor leads to a port of Limitador's Service

  @EM-MON-012
  Rule: The dashboard of external models has its four panels

    Scenario: the dashboard
      Then the dashboard "MaaS External Models" has a panel for each of Limitador's metrics

  @EM-MON-013
  Rule: Prometheus scrapes Limitador as the ServiceMonitor says

    Scenario: the target in Prometheus
      Then Prometheus finds Limitador up

  @EM-MON-014
  Rule: The dashboard's panels show the traffic of a model

    Scenario: the panels while clients call
      # The guide has written the namespace of its demonstration into the queries; they are asked about this one's.
      Given a working model "alpha"
      When clients call "alpha"
      Then the panel "Request Rate (req/s)" comes to show "alpha"
      And the panel "Token Rate (tok/s)" comes to show "alpha"
      And the panel "Limitador Status" comes to show that Limitador is up
