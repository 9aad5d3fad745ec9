"""What the access layer decides on: policies, subscriptions and keys, in memory only."""

from __future__ import annotations

from reference_gateway.access.keys import KeyStore
from reference_gateway.access.values import Policy, Subscription
from reference_gateway.edition import Access
from reference_gateway.stores import Store


class AccessStores:
    """All that the access layer decides on, beside the models and their references."""

    def __init__(self, access: Access) -> None:
        self.policies: Store[Policy] = Store()
        self.subscriptions: Store[Subscription] = Store()
        self.keys = KeyStore(access.key_prefix)
