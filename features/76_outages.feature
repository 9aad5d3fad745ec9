Feature: Outages
  The parts of a gateway are restarted with every update. One that fails open while its processor is away hands prompts to
  a provider without a credential, or with the client's own; one that forgets what it was told serves nothing any more
  behind pods that are all green.

  @EM-OUT-001
  Rule: While the processor is down, requests are refused and nothing reaches a provider

    @serial
    Scenario: the processor is stopped
      Given a working model "alpha"
      When the gateway's processor is stopped
      Then nothing was forwarded meanwhile without the credential of "alpha"
      And requests to "alpha" settle on the refusal "processor-down"
      And none of them reaches a provider
      And after the processor is started again, "alpha" works

  @EM-OUT-002
  Rule: After a restart of the processor, models are served as before

    @serial
    Scenario: the processor is restarted
      Given a working model "alpha"
      And a model "beta" in the same namespace, whose Secret has no label
      When the gateway's processor is restarted
      Then requests to "alpha" settle on its provider's answer
      And requests to "beta" settle on the refusal "credentials-not-found"
      And none of them reaches a provider

  @EM-OUT-003
  Rule: While the processor restarts, nothing is forwarded without the model's credential

    @serial
    Scenario: the processor is restarted under traffic
      Given a working model "alpha"
      When the gateway's processor is restarted while clients call "alpha"
      Then nothing was forwarded meanwhile without the credential of "alpha"

  @EM-OUT-004
  Rule: A key that is rotated while the processor is down counts when it is back

    @serial
    Scenario: the key is rotated without the processor
      Given a working model "alpha"
      When the gateway's processor is stopped
      And the value in its Secret is rotated
      And the gateway's processor is started again
      Then requests to "alpha" settle on its provider's answer to the new credential
      And the old credential does not come back

  @EM-OUT-005
  Rule: After a restart of the controller, models are served as before

    @serial
    Scenario: the controller is restarted
      Given a working model "alpha"
      And a model "beta" without its MaaSModelRef
      When the gateway's controller is restarted
      Then requests to "alpha" settle on its provider's answer
      And requests to "beta" settle on the refusal "not-published"
      And none of them reaches a provider

  @EM-OUT-006
  Rule: What owners change, make and delete while the controller is down takes effect when it is back

    @serial
    Scenario: models are changed, made and deleted without the controller
      Given a working model "alpha"
      And a working model "gamma" in the same namespace
      When the gateway's controller is stopped
      And its endpoint is changed
      And a model "beta" is made in the same namespace
      And the ExternalModel of "gamma" is deleted
      And the gateway's controller is started again
      Then requests to "alpha" settle on its provider's answer
      And the old endpoint does not come back
      And requests to "beta" settle on its provider's answer
      And requests to "gamma" settle on the refusal "unknown-model"

  @EM-OUT-007
  Rule: A Secret that is deleted while the processor is down is not used when it is back

    @serial
    Scenario: the Secret is deleted without the processor
      Given a working model "alpha"
      When the gateway's processor is stopped
      And its Secret is deleted
      And the gateway's processor is started again
      Then requests to "alpha" settle on the refusal "credentials-not-found"
      And none of them reaches a provider
      And after its Secret is put right, "alpha" works
