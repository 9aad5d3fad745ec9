"""A subscription's budgets, as the limiter has them."""

from __future__ import annotations

from reference_gateway.access.stores import AccessStores
from reference_gateway.access.values import RateLimit, Ticket
from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Counter, Limit, Limitador

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class Quota:
    """Asks the limiter before a request, and tells it afterwards what the request has cost."""

    def __init__(self, behaviour: Behaviour, access: AccessStores, limitador: Limitador) -> None:
        self._behaviour = behaviour
        self._access = access
        self._limitador = limitador

    def check(self, ticket: Ticket) -> bool:
        """Whether there is something left of every budget that the ticket draws on."""
        return self._limitador.check(self.counter_of(ticket)) or not self._behaviour.enforces_limits()

    def charge(self, ticket: Ticket, tokens: int) -> None:
        """Take tokens off the budgets that the ticket draws on."""
        self._limitador.report(self.counter_of(ticket), tokens)

    def counter_of(self, ticket: Ticket) -> Counter:
        """What the ticket's request is counted by."""
        subscription = self._access.subscriptions.get(ticket.subscription)
        limits = subscription.limits.get(ticket.ref, ()) if subscription is not None else ()
        return Counter(
            namespace=self._behaviour.metric_namespace(ticket.model),
            subscription=f"{ticket.subscription}@{ticket.ref}",
            user=ticket.user,
            model=self._behaviour.counted_model(ticket.ref),
            limits=tuple(map(_limit, self._behaviour.limits_in_force(limits))),
        )


def _limit(rate: RateLimit) -> Limit:
    return Limit(f"{rate.tokens}-{rate.window}", rate.tokens, int(rate.window[:-1]) * _UNITS[rate.window[-1]])
