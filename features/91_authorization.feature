Feature: Authorization
  A key says who calls; policies and subscriptions say what that somebody may call. A gateway that asks for the key alone
  lets each tenant call the models of all others, at their cost, and goes on letting in who was taken out.

  @EM-AUZ-001
  Rule: A model that no policy names is open to nobody

    Scenario: the policy of a working model is deleted
      Given a working model "alpha"
      When the policy of the clients is deleted
      Then requests to "alpha" settle on the refusal "no-policy"
      And none of them reaches a provider
      And the neighbour still works
      And after the clients may do again what they could, "alpha" works

    Scenario: a model is taken out of the policy
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When "alpha" is taken out of the policy of the clients
      Then requests to "alpha" settle on the refusal "no-policy"
      And none of them reaches a provider
      And requests to "beta" settle on its provider's answer
      And after the clients may do again what they could, "alpha" works

  @EM-AUZ-002
  Rule: A caller whom one of the policies of a model names is let in, and any other is refused

    Scenario: a stranger with a key and a subscription of his own
      Given a working model "alpha"
      When a stranger has a subscription that includes "alpha", and a key for it
      And clients call "alpha", showing a stranger's key
      Then the requests settle on the refusal "caller-not-admitted"
      And none of them reaches a provider
      And after the policy names the stranger, too, "alpha" works for him

    Scenario: a second policy names a stranger
      Given a working model "alpha"
      When a stranger has a subscription that includes "alpha", and a key for it
      And a second policy of "alpha" names the stranger
      Then requests to "alpha", showing a stranger's key, settle on its provider's answer
      And requests to "alpha", showing their key, settle on its provider's answer

  @EM-AUZ-003
  Rule: A subscription opens the models that it includes, and no others

    Scenario: a model is taken out of the subscription, which goes on including its namesake
      Given a working model "alpha"
      And a working model "beta" in another namespace, by the same name
      When "alpha" is taken out of the subscription of the clients
      Then requests to "alpha" settle on the refusal "model-not-in-subscription"
      And none of them reaches a provider
      And requests to "beta" settle on its provider's answer
      And after the clients may do again what they could, "alpha" works

    Scenario: the clients name somebody else's subscription, which includes the model
      Given a working model "alpha"
      And a working model "beta" in the same namespace
      When "alpha" is taken out of the subscription of the clients
      And a stranger has a subscription that includes "alpha", and a key for it
      And clients call "alpha" in the name of the stranger's subscription, showing their key
      Then no provider sees them
      And after the clients may do again what they could, "alpha" works

  @EM-AUZ-004
  Rule: A key is worth nothing without its subscription

    Scenario: the subscription of a key is deleted
      Given a working model "alpha"
      When the subscription of the clients is deleted
      Then requests to "alpha" settle on the refusal "no-subscription"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works

    Scenario: the subscription of a key becomes somebody else's
      Given a working model "alpha"
      When the subscription of the clients becomes somebody else's
      Then requests to "alpha" settle on the refusal "no-subscription"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works

  @EM-AUZ-005
  Rule: A new model is open to nobody before a policy names it

    Scenario: calls from the first moment on
      Given a working model "beta"
      And a new model "alpha" in the same namespace, which no policy names
      When clients call "alpha"
      Then no provider sees them
      And requests to "alpha" settle on the refusal "no-policy"
      And none of them reaches a provider
      And after a policy and a subscription name it, "alpha" works

  @EM-AUZ-006
  Rule: Who may call a model may not call its namesake in another namespace

    Scenario: two models of one name
      Given a working model "beta"
      And a model "alpha" of the same name in another namespace, which a stranger alone may call
      When clients call "alpha", showing their key
      Then the requests settle on the refusal "caller-not-admitted"
      And none of them reaches a provider
      And requests to "alpha", showing a stranger's key, settle on its provider's answer
      And requests to "beta" settle on its provider's answer

  @EM-AUZ-007
  Rule: Who is taken out of the policy is refused

    Scenario: the policy comes to name somebody else
      Given a working model "alpha"
      When the policy names somebody else in the place of the clients
      Then requests to "alpha" settle on the refusal "caller-not-admitted"
      And none of them reaches a provider
      And after the clients may do again what they could, "alpha" works

  @EM-AUZ-008
  Rule: A path that names no model opens none to who may not call it

    Scenario: the shared path, and somebody else's model
      Given a working model "beta"
      And a model "alpha" in another namespace, which a stranger alone may call
      When clients call the shared path with the body's model being the one of "alpha"
      Then the requests settle on the refusal "caller-not-admitted"
      And none of them reaches a provider
      And requests to "alpha", showing a stranger's key, settle on its provider's answer

    Scenario: the shared path, and a body that names the clients' own model and somebody else's
      # The check of who calls and the processor each read the body, and may not read it alike.
      Given a working model "beta"
      And a model "alpha" in another namespace, which a stranger alone may call
      When clients call the shared path with a body that names the one of "beta", and then the one of "alpha"
      Then the provider of "alpha" receives nothing
      And requests to "alpha", showing a stranger's key, settle on its provider's answer
