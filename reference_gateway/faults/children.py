"""The objects that the controller makes: their names, owners, labels and content, and whether they are left alone."""

# ruff: noqa: D102 - a fault's docstring is the class's; the method's is the conforming one's

from __future__ import annotations

from dataclasses import replace

from reference_gateway.behaviour.rules import JSON
from reference_gateway.faults.fault import SHIPPED, SPRING, Fault
from reference_gateway.values import Key, Model

# --- What is said of them ---


class ChildrenRenamed(Fault):
    """Adds a word to the names of Service, ServiceEntry and DestinationRule."""

    id, name, editions = "X130", "children-renamed", SHIPPED
    catches = "Children bear the edition's names."

    def way_out_name(self, name: str) -> str:
        return f"{super().way_out_name(name)}-upstream"


class OwnerNotController(Fault):
    """Names the owner of each child, but not as its controller."""

    id, name, editions = "X131", "owner-not-controller", SHIPPED
    catches = "A child names its owner as its controller."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        for reference in whole["metadata"].get("ownerReferences", ()):
            reference["controller"] = False
        return whole


class ChildLabelLeftOut(Fault):
    """Labels children with who manages them, and not with what they were made for."""

    id, name, editions = "X132", "child-label-left-out", SHIPPED
    catches = "A child bears the labels by which operators find it."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        labels = whole["metadata"]["labels"]
        whole["metadata"]["labels"] = {label: labels[label] for label in labels if "/external-" not in label}
        return whole


class MeshDoesNotVerify(Fault):
    """Writes a DestinationRule that has a mesh take any certificate."""

    id, name, editions = "X133", "mesh-does-not-verify", SHIPPED
    catches = "A DestinationRule asks for a verified certificate."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "DestinationRule":
            whole["spec"]["trafficPolicy"]["tls"]["insecureSkipVerify"] = True
        return whole


class FormerHostsRegistered(Fault):
    """Adds a changed endpoint to the hosts of a ServiceEntry, and takes the former one out no more."""

    id, name, editions = "X983", "former-hosts-registered", SPRING
    catches = "What the controller has made leads to the endpoint, and nowhere else."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "ServiceEntry":
            known: list[str] = self.memory.setdefault(model, [])
            known += [host for host in whole["spec"]["hosts"] if host not in known]
            whole["spec"]["hosts"] = list(known)
        return whole


class RouteWithHostname(Fault):
    """Gives each HTTPRoute a host name of its own."""

    id, name, editions = "X134", "route-with-hostname", SHIPPED
    catches = "An HTTPRoute has no host names of its own."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "HTTPRoute":
            whole["spec"]["hostnames"] = [f"{model.name}.models.example.com"]
        return whole


class RoutePrefixTooLong(Fault):
    """Writes an HTTPRoute for a part of the model's path only."""

    id, name, editions = "X135", "route-prefix-too-long", SHIPPED
    catches = "An HTTPRoute has a rule for the whole of the model's path."

    def route_prefix(self, model: Key) -> str:
        return f"{super().route_prefix(model)}/v1"


class ModelRuleLeftOut(Fault):
    """Writes an HTTPRoute with the path's rule alone."""

    id, name, editions = "X136", "model-rule-left-out", SPRING
    catches = "An HTTPRoute has a rule for the targetModel in its header."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "HTTPRoute":
            whole["spec"]["rules"] = whole["spec"]["rules"][:1]
        return whole


# --- Annotations ---


class TlsAnnotationIgnored(Fault):
    """Speaks TLS to every provider, whatever the annotation says."""

    id, name, editions = "X137", "tls-annotation-ignored", SPRING
    catches = "A provider without TLS is called in clear if the annotation says so."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        return replace(super().effective_model(model, former), tls=True)


class RuleLeftBehind(Fault):
    """Leaves the DestinationRule of a model whose annotation comes to say that its provider has no TLS."""

    id, name, editions = "X894", "rule-left-behind", SPRING
    catches = "The DestinationRule goes when the annotation comes."

    def removes_rule_in_clear(self) -> bool:
        return False


class PortAnnotationIgnored(Fault):
    """Calls every provider with TLS at port 443, whatever the annotation says."""

    id, name, editions = "X138", "port-annotation-ignored", SPRING
    catches = "A provider is called at the port that the annotation names."

    def effective_model(self, model: Model, former: Model | None) -> Model:
        meant = super().effective_model(model, former)
        return replace(meant, port=443) if meant.tls else meant


class AnnotationForgiven(Fault):
    """Takes an annotation that means nothing for one that is not there."""

    id, name, editions = "X139", "annotation-forgiven", SPRING
    catches = "An annotation that means nothing makes no children."

    def forgives_annotations(self) -> bool:
        return True


# --- When they come and go ---


class ChildrenWaitForSecret(Fault):
    """Makes children only when the Secret is there."""

    id, name, editions = "X140", "children-wait-for-secret", SPRING
    catches = "Children are made whether the Secret exists or not."

    def waits_for_secret(self) -> bool:
        return True


class DeletedRouteStaysAway(Fault):
    """Never makes a child again that somebody has deleted."""

    id, name, editions = "X141", "deleted-route-stays-away", SHIPPED
    catches = "A deleted HTTPRoute is back when its ExternalModel changes."

    def brings_back(self) -> bool:
        return False


class ControllerFightsItself(Fault):
    """Labels each HTTPRoute with the number of its looks at it, and looks again because that was written."""

    id, name, source, editions = "M84", "controller-fights-itself", "MaaS#1282", SHIPPED
    catches = "A controller at rest leaves its objects alone."

    def child(self, child: JSON, model: Key) -> JSON:
        whole = super().child(child, model)
        if whole["kind"] == "HTTPRoute":
            # Not two values in turn: with a cache that is a write behind it would find what it wants, and come to rest.
            self.memory[model] = self.memory.get(model, 0) + 1
            whole["metadata"]["labels"]["reference-gateway.example/looks"] = str(self.memory[model])
        return whole

    def convergence_delay(self) -> float:
        # It would keep a core busy otherwise.
        return super().convergence_delay() + 0.1


class RefHeldWithoutTarget(Fault):
    """Lets a MaaSModelRef that is being deleted go only as long as its ExternalModel exists."""

    id, name = "X142", "ref-held-without-target"
    catches = "What an owner deletes goes, in whatever order."

    def ref_finalizer(self) -> str | None:
        return super().ref_finalizer() or "reference-gateway.example/model-cleanup"

    def releases_without_target(self) -> bool:
        return False


class RouteGoesWithRef(Fault):
    """Deletes the HTTPRoute with the MaaSModelRef, and never makes it again."""

    id, name, editions = "X143", "route-goes-with-ref", SHIPPED
    catches = "The HTTPRoute belongs to the ExternalModel, not to the MaaSModelRef."

    def removes_route_with_ref(self) -> bool:
        return True

    def brings_back(self) -> bool:
        return False
