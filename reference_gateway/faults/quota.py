"""Gateways that hold no budget, hold the wrong one, or charge for what costs nothing."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reference_gateway.access.values import RateLimit, Ticket, User
from reference_gateway.faults.fault import SHIPPED, Fault
from reference_gateway.limitador.counters import Counter, Limit
from reference_gateway.values import Answer, Key


class QuotaNotEnforced(Fault):
    """Counts what is spent, and refuses nobody."""

    id, name, editions = "X530", "quota-not-enforced", SHIPPED
    catches = "Who has spent the budget is refused."

    def enforces_limits(self) -> bool:
        return False


class ListingsQueryIsFree(Fault):
    """Asks for no budget where path and query end in that of the list of models."""

    id, name, source, editions = "X913", "listings-query-is-free", "behaviour.md 6.1 (the limit's predicate)", SHIPPED
    catches = "No query string takes a call out of the budget."

    def draws_on_budget(self, path: str) -> bool:
        return not path.endswith("/v1/models")


class FirstBudgetAlone(Fault):
    """Enforces the first of a subscription's budgets for a model, and not the others."""

    id, name, editions = "X923", "first-budget-alone", SHIPPED
    catches = "Who has spent one of several budgets is refused."

    def limits_in_force(self, limits: Sequence[RateLimit]) -> Sequence[RateLimit]:
        return super().limits_in_force(limits)[:1]


class QuotaNeverRecovers(Fault):
    """Never begins a new window."""

    id, name, editions = "X531", "quota-never-recovers", SHIPPED
    catches = "A budget is whole again when its window is over."

    def window_seconds(self, limit: Limit) -> float:
        return 365 * 86400.0


class OneBudgetForAllModels(Fault):
    """Has one budget for all models of a subscription."""

    id, name, editions = "X532", "one-budget-for-all-models", SHIPPED
    catches = "Each model has a budget of its own."

    def budget_of(self, counter: Counter) -> Counter:
        own = super().budget_of(counter)
        return replace(own, namespace="", model="", subscription=own.subscription.partition("@")[0])


class OneBudgetForNamesakes(Fault):
    """Has one budget for all models of a name, whatever their namespaces."""

    id, name, editions = "X960", "one-budget-for-namesakes", SHIPPED
    catches = "Each model has a budget of its own."

    def budget_of(self, counter: Counter) -> Counter:
        own = super().budget_of(counter)
        subscription, _, ref = own.subscription.partition("@")
        names = {name: getattr(own, name).rpartition("/")[2] for name in ("namespace", "model")}
        return replace(own, subscription=f"{subscription}@{ref.rpartition('/')[2]}", **names)


class OneBudgetForAllUsers(Fault):
    """Has one budget for all who share a subscription."""

    id, name, editions = "X533", "one-budget-for-all-users", SHIPPED
    catches = "Each user has a budget of his own."

    def counted_user(self, user: User) -> str:
        return "all"


class OneBudgetForAllSubscriptions(Fault):
    """Has one budget for what a user calls a model by, whichever of his subscriptions that is."""

    id, name, editions = "X977", "one-budget-for-all-subscriptions", SHIPPED
    catches = "Each subscription has a budget of its own."

    def budget_of(self, counter: Counter) -> Counter:
        return replace(super().budget_of(counter), subscription="")


class FirstOnConnectionPays(Fault):
    """Charges every call over a connection to the user who came over it first."""

    id, name, editions = "X943", "first-on-connection-pays", SHIPPED
    catches = "What one user spends limits no other."

    def decided_on(self, connection: str, decided: Ticket | Answer | None) -> Ticket | Answer | None:
        found = super().decided_on(connection, decided)
        if not isinstance(found, Ticket):
            return found
        first: str = self.memory.setdefault(Key("connection", connection), found.user)
        return replace(found, user=first)


class RefusalsPaidFor(Fault):
    """Takes a token for each call that it refuses."""

    id, name, editions = "X534", "refusals-paid-for", SHIPPED
    catches = "A call that is not served costs nothing."

    def tokens_of_refusal(self) -> int:
        return 1


class LimitedCallsNotCounted(Fault):
    """Does not count whom it refuses because a budget is spent."""

    id, name, editions = "X535", "limited-calls-not-counted", SHIPPED
    catches = "A refusal for want of budget is counted as a limited call."

    def limited_calls_per_request(self) -> int:
        return 0
