"""Gateways whose list of models shows too much, too little, or addresses that lead nowhere."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from urllib.parse import urlsplit

from reference_gateway.faults.fault import SHIPPED, Fault
from reference_gateway.values import Key, ModelRef


class ListedForAll(Fault):
    """Lists every model that is there to everybody."""

    id, name, editions = "M91", "listed-for-all", SHIPPED
    catches = "Nobody is shown a model that he may not call."

    def is_listed(self, ref: Key, *, ready: bool, entitled: bool) -> bool:
        return ready


class ListedByTarget(Fault):
    """Lists a model by a name that no object of its owner bears."""

    id, name, editions = "X540", "listed-by-target", SHIPPED
    catches = "A model is listed under its name for clients."

    def listed_id(self, ref: Key, published: ModelRef) -> str:
        return f"external/{super().listed_id(ref, published)}"


class ListedTwice(Fault):
    """Lists each model twice."""

    id, name, editions = "X541", "listed-twice", SHIPPED
    catches = "A model is listed once."

    def listed_times(self) -> int:
        return 2


class ListedWithoutModel(Fault):
    """Lists as ready whatever was published, served or not."""

    id, name, editions = "X542", "listed-without-model", SHIPPED
    catches = "What cannot be called is not listed as ready."

    def is_listed(self, ref: Key, *, ready: bool, entitled: bool) -> bool:
        return entitled

    def listed_ready(self, *, ready: bool) -> bool:
        return True


class ListedForGood(Fault):
    """Goes on listing as ready what it has listed once, as from a cache that is only added to."""

    id, name, editions = "X980", "listed-for-good", SHIPPED
    catches = "What cannot be called any more is not listed as ready."

    def is_listed(self, ref: Key, *, ready: bool, entitled: bool) -> bool:
        listed = super().is_listed(ref, ready=ready, entitled=entitled)
        if listed:
            self.memory[ref] = True
        return listed or (entitled and ref in self.memory)

    def listed_ready(self, *, ready: bool) -> bool:
        return True


class ListedUrlDead(Fault):
    """Lists addresses at which nothing is."""

    id, name, editions = "X543", "listed-url-dead", SHIPPED
    catches = "A model can be called at the address that the list shows."

    def listed_url(self, endpoint: str | None) -> str | None:
        right = super().listed_url(endpoint)
        return None if right is None else f"https://{right.partition('//')[2].partition('/')[0]}/not/here"


class ListedUrlOfCluster(Fault):
    """Lists addresses by which the gateway is known within the cluster alone."""

    id, name, editions = "X896", "listed-url-of-cluster", SHIPPED
    catches = "The list shows the address that the MaaSModelRef's status gives."

    def listed_url(self, endpoint: str | None) -> str | None:
        right = super().listed_url(endpoint)
        cluster = "maas-default-gateway.openshift-ingress.svc"
        return None if right is None else urlsplit(right)._replace(scheme="https", netloc=cluster).geturl()


class ListingCosts(Fault):
    """Takes a token for each look at the list."""

    id, name, editions = "X544", "listing-costs", SHIPPED
    catches = "A look at the list costs nothing."

    def tokens_of_listing(self) -> int:
        return 1


class ListingLimited(Fault):
    """Refuses the list to who has spent a budget."""

    id, name, editions = "X545", "listing-limited", SHIPPED
    catches = "The list is there for who has spent the budget."

    def limits_listing(self) -> bool:
        return True
