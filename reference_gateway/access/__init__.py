"""Who may call: keys, policies, subscriptions and quota, asked before the processor sees a request."""
