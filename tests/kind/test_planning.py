"""What is to be done, in which order, and what is refused before anything is made."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.catalogue import GatewayName
from fixtures.kube import RUN_LABEL
from fixtures.targets import images
from fixtures.targets.kind import planning
from fixtures.targets.kind.planning import MARK, Command, Fetch, Machine, Place, Plan
from fixtures.targets.kind.stack import Rollout, Stack
from fixtures.targets.kind.wanted import Wanted, load, short

MACHINE = Machine(frozenset({"kind", "kubectl", "helm", "docker"}), "docker")
PLACE = Place(Path("/place"))
AUTHORITY = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
RUN = "20261126-120000-1f2a"
TABLE = {name: item.reference for name, item in images.load().items()}


def planned(wanted: Wanted, machine: Machine = MACHINE) -> Plan:
    return planning.plan(wanted, machine, PLACE, AUTHORITY, RUN)


def product(**changes: Any) -> Wanted:
    return dataclasses.replace(load(None, None), **changes)


def having_all(wanted: Wanted) -> Machine:
    names = (wanted.reference("kind-node"), *wanted.images)
    return dataclasses.replace(MACHINE, images={name: f"hash of {name}" for name in names})


def kept(wanted: Wanted) -> Machine:
    """Where the cluster was kept, with the images that the engine has."""
    machine = having_all(wanted)
    on_node = {short(planning.on_the_node(name)): identity for name, identity in machine.images.items()}
    return dataclasses.replace(machine, clusters=frozenset({wanted.name}), on_node=on_node)


def test_the_product_of_an_edition_in_its_order() -> None:
    plan = planned(product())

    assert [step.says for step in plan.before] == [
        f"pulls {TABLE['kind-node']}",
        f"pulls {TABLE['mock-provider']}",
        f"pulls {TABLE['istio-pilot']}",
        f"pulls {TABLE['istio-proxy']}",
        f"pulls {TABLE['maas-controller']}",
        f"pulls {TABLE['payload-processing']}",
        f"reads {TABLE['gateway-api']}",
        f"reads {TABLE['maas-externalmodels']}",
        f"reads {TABLE['maas-maasmodelrefs']}",
        f"reads {TABLE['maas-maasauthpolicies']}",
        f"reads {TABLE['maas-maassubscriptions']}",
        f"reads {TABLE['maas-tenants']}",
        f"reads {TABLE['istio-base']}",
        f"reads {TABLE['istiod']}",
    ]
    assert [step.words[:3] for step in plan.make] == [("kind", "create", "cluster")]
    doings = [step.says for step in plan.load if not step.says.startswith(("saves", "tags", "loads"))]
    assert doings == [
        "applies gateway-api",
        "applies maas-externalmodels",
        "applies maas-maasmodelrefs",
        "applies maas-maasauthpolicies",
        "applies maas-maassubscriptions",
        "applies maas-tenants",
        "applies watched-kinds.yaml",
        "installs istio-base",
        "installs istiod",
        "waits for --for=condition=Established customresourcedefinitions --all",
        "applies gateway.yaml",
        "applies processor.yaml",
        "applies controller.yaml",
        "waits for --for=condition=Programmed gateway/maas-default-gateway --namespace=openshift-ingress",
        "waits for openshift-ingress/maas-default-gateway-istio",
        "waits for openshift-ingress/payload-processing",
        "waits for opendatahub/maas-controller",
    ]


def test_nothing_touches_anybody_elses_kubeconfig() -> None:
    plan = planned(product())
    steps = [*plan.make, *plan.load, planning.delete("mine", PLACE), planning.export("mine", PLACE)]
    reaching = [step for step in steps if step.words[0] in ("kubectl", "helm") or step.words[1] != "load"]

    for step in reaching:
        if step.words[0] != "docker":
            assert str(PLACE.kubeconfig) in step.words, step.words


def test_the_node_bears_our_mark_from_its_first_moment() -> None:
    create = planned(product(name="mine", node_port=31000)).make[0]

    node = yaml.safe_load(create.stdin or "")["nodes"][0]
    assert node["labels"] == {MARK: "rhoai-3.4", RUN_LABEL: RUN}
    assert node["extraPortMappings"] == [{"containerPort": 31000, "hostPort": 0, "listenAddress": "127.0.0.1"}]
    assert create.words[create.words.index("--name") + 1] == "mine"
    assert create.words[create.words.index("--image") + 1] == TABLE["kind-node"]


def test_what_the_machine_has_is_not_pulled() -> None:
    plan = planned(product(), having_all(product()))

    assert [step for step in plan.before if isinstance(step, Command)] == []


def test_a_cluster_that_is_ours_is_used_and_its_node_not_pulled() -> None:
    machine = dataclasses.replace(MACHINE, clusters=frozenset({"mine"}), mark="rhoai-3.4")
    plan = planned(product(name="mine"), machine)

    assert [step.words[:3] for step in plan.make] == [("kind", "export", "kubeconfig")]
    assert f"pulls {TABLE['kind-node']}" not in [step.says for step in plan.before]
    assert planning.refusal(product(name="mine"), machine) is None


@pytest.mark.parametrize("there", [False, True])
def test_a_gateway_of_ones_own_that_was_kept_begins_anew(tmp_path: Path, *, there: bool) -> None:
    part = {"namespace": "mine", "name": "gateway"}
    own = {"manifests": ["."], "object": part, "authority": {"namespace": "mine"}, "deployments": [part]}
    config = tmp_path / "kind.yaml"
    config.write_text(yaml.safe_dump({"gateway": own}), encoding="utf-8")
    wanted = load(config, None)
    machine = dataclasses.replace(having_all(wanted), clusters=frozenset({wanted.name} if there else ()))

    plan = planned(wanted, machine)

    restarts = ["restarts mine/gateway"] if there else []
    assert [step.says for step in plan.load][-2 - len(restarts) :] == [
        "applies .",
        *restarts,
        "waits for mine/gateway",
    ]


def test_a_product_that_was_kept_runs_the_images_of_this_run() -> None:
    machine = dataclasses.replace(having_all(product()), clusters=frozenset({product().name}))

    says = [step.says for step in planned(product(), machine).load]

    # An image of the same name is another one, and no field of the Deployment tells.
    assert says[says.index("waits for openshift-ingress/payload-processing") - 1] == (
        "restarts openshift-ingress/payload-processing"
    )
    assert sum(each.startswith("restarts ") for each in says) == len(
        [item for item in product().stack.items if isinstance(item, Rollout)]
    )


def test_an_image_with_a_digest_gets_a_tag_for_the_node() -> None:
    assert planning.on_the_node("r.example/a/b@sha256:0123456789abcdef") == "r.example/a/b:sha256-0123456789ab"
    assert planning.on_the_node("r.example:5000/b:1@sha256:0123456789abcdef") == "r.example:5000/b:1"
    assert planning.on_the_node("r.example:5000/b@sha256:0123456789abcdef") == "r.example:5000/b:sha256-0123456789ab"
    assert planning.on_the_node("r.example/b:1") == "r.example/b:1"

    plan = planned(product())
    called = planning.on_the_node(TABLE["payload-processing"])
    tags = [step.words for step in plan.load if step.words[1] == "tag"]
    assert tags == [("docker", "tag", TABLE["payload-processing"], called)]
    processor = next(step for step in plan.load if step.says == "applies processor.yaml")
    assert f"image: {called}\n" in (processor.stdin or "")


def test_every_place_of_the_stack_is_filled() -> None:
    plan = planned(product())
    texts = [step.stdin or "" for step in plan.load] + [text for step in plan.load for text in step.files.values()]

    assert not [text for text in texts if "${" in text]
    gateway = next(step for step in plan.load if step.says == "applies gateway.yaml").stdin or ""
    objects = list(yaml.safe_load_all(gateway))
    trusted = next(one for one in objects if one["metadata"]["name"] == "provider-authority")
    assert trusted["data"] == {"ca-certificates.crt": AUTHORITY}
    service = next(one for one in objects if one["kind"] == "Service")
    assert service["spec"]["ports"][0]["nodePort"] == 30080


def test_another_authority_is_another_pod_of_the_gateway() -> None:
    first, second = (
        next(
            step.stdin
            for step in planning.plan(product(), MACHINE, PLACE, pem, RUN).load
            if "gateway.yaml" in step.says
        )
        for pem in (AUTHORITY, AUTHORITY.replace("AAAA", "BBBB"))
    )
    gateways = [list(yaml.safe_load_all(text or ""))[3] for text in (first, second)]
    digests = [one["spec"]["infrastructure"]["annotations"]["externalmodel-conformance/authority"] for one in gateways]

    assert digests[0] != digests[1]


def test_charts_get_the_images_that_were_loaded() -> None:
    wanted = product(references={**TABLE, "istio-pilot": "mirror.example/pilot:7"})
    plan = planned(wanted)

    istiod = next(step for step in plan.load if step.says == "installs istiod")
    (values,) = (yaml.safe_load(text) for text in istiod.files.values())
    assert values["pilot"]["image"] == "mirror.example/pilot:7"
    assert values["global"]["proxy"]["image"] == TABLE["istio-proxy"]
    assert ("kind", "load", "image-archive", "/place/image-1.tar", "--name", wanted.name) in [
        step.words for step in plan.load
    ]


def test_files_stand_in_place_of_addresses() -> None:
    references = {**TABLE, "gateway-api": "/files/gateway-api.yaml", "istiod": "/files/istiod.tgz"}
    plan = planned(product(references=references))

    fetched = {step.address for step in plan.before if isinstance(step, Fetch)}
    assert TABLE["gateway-api"] not in fetched
    assert TABLE["istiod"] not in fetched
    words = [step.words for step in plan.load]
    assert any(each[0] == "kubectl" and "/files/gateway-api.yaml" in each for each in words)
    assert any(each[0] == "helm" and each[4] == "/files/istiod.tgz" for each in words)


def test_what_an_archive_has_is_neither_pulled_nor_saved() -> None:
    archive = Path("/files/images.tar")
    names = dict.fromkeys(("istio/pilot:1.29.2", TABLE["mock-provider"], "kindest/node:v1.34.0"), "a hash")
    plan = planned(product(archives={archive: names}))

    pulled = [step.says for step in plan.before]
    assert f"pulls {TABLE['istio-pilot']}" not in pulled
    assert f"pulls {TABLE['mock-provider']}" not in pulled
    assert f"pulls {TABLE['istio-proxy']}" in pulled
    assert ("docker", "load", "--input", str(archive)) in [
        step.words for step in plan.before if isinstance(step, Command)
    ]
    loaded = [step.words[3] for step in plan.load if step.words[:3] == ("kind", "load", "image-archive")]
    assert loaded[0] == str(archive)
    assert len(loaded) == 4


def test_an_archive_of_ours_goes_when_the_node_has_it_and_a_users_stays() -> None:
    archive = Path("/files/images.tar")
    plan = planned(product(archives={archive: {"istio/pilot:1.29.2": "a hash"}}))

    loads = [step for step in plan.load if step.words[:3] == ("kind", "load", "image-archive")]
    assert {step.words[3]: step.spends for step in loads if step.spends is None} == {str(archive): None}
    assert all(str(step.spends) == step.words[3] for step in loads if step.words[3] != str(archive))
    assert len(loads) > 1


def test_what_a_kept_node_has_is_not_loaded_again() -> None:
    def loads(machine: Machine, **changes: Any) -> list[str]:
        steps = planned(product(**changes), machine).load
        return [step.says for step in steps if step.says.startswith(("tags", "saves", "loads"))]

    assert loads(kept(product())) == []

    pilot = TABLE["istio-pilot"]
    other = dataclasses.replace(kept(product()), images={**kept(product()).images, pilot: "hash of a new build"})
    assert loads(other) == [f"saves {pilot}", f"loads {pilot}"]

    archive = Path("/files/images.tar")
    same, new = ({archive: {short(pilot): identity}} for identity in (f"hash of {pilot}", "hash of a new build"))
    assert loads(kept(product()), archives=same) == []
    assert loads(kept(product()), archives=new) == ["loads images.tar"]


def test_a_node_that_says_another_hash_or_none_is_loaded() -> None:
    def loaded(machine: Machine) -> int:
        return sum(step.words[:3] == ("kind", "load", "image-archive") for step in planned(product(), machine).load)

    machine, every = kept(product()), len(product().images)
    assert loaded(dataclasses.replace(machine, on_node=dict.fromkeys(machine.on_node, "sha of an index"))) == every
    assert loaded(dataclasses.replace(machine, on_node={})) == every
    assert loaded(dataclasses.replace(machine, images={}, on_node={})) == every


def test_advice_says_which_image_and_how_to_provide_it() -> None:
    advice = {step.says: step.advice for step in planned(product()).before}

    assert advice[f"pulls {TABLE['istio-pilot']}"].startswith(
        "bring it here with `docker pull` or `docker load`; or name a mirror's under images.istio-pilot of a kind.yaml"
    )
    assert advice[f"pulls {TABLE['mock-provider']}"].startswith(
        f"build it: `docker build -f mock_provider/Dockerfile -t {TABLE['mock-provider']} .`; or name a mirror's under "
        "images.mock-provider of a kind.yaml"
    )
    assert "under manifests.gateway-api of a kind.yaml" in advice[f"reads {TABLE['gateway-api']}"]
    assert "under charts.istiod of a kind.yaml" in advice[f"reads {TABLE['istiod']}"]


def test_an_image_of_ones_own_that_cannot_be_pulled_is_ones_own() -> None:
    stack = Stack((), ("gateway.example/mine:1",), GatewayName("mine", "gateway"))
    wanted = product(stack=stack, edition=None)

    (advice,) = (step.advice for step in planned(wanted).before if "mine:1" in step.says)
    assert "under gateway.images of a kind.yaml" in advice


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("kind", "needs the program kind, and there is none; https://kind.sigs.k8s.io has it, or `go install"),
        ("kubectl", "needs the program kubectl, and there is none; https://kubernetes.io"),
        ("helm", "needs the program helm, and there is none; https://helm.sh"),
        ("docker", "needs the program docker or podman, and there is neither"),
    ],
)
def test_a_missing_program_is_named(missing: str, says: str) -> None:
    machine = Machine(MACHINE.programs - {missing}, None if missing == "docker" else "docker")

    assert says in (planning.missing_program(product(), machine) or "")


def test_an_engine_that_does_not_answer_is_named() -> None:
    sentence = planning.missing_program(product(), dataclasses.replace(MACHINE, engine=None)) or ""
    assert "docker does not answer; `docker info` says why" in sentence


def test_who_brings_no_chart_needs_no_helm() -> None:
    wanted = product(stack=Stack((), (), GatewayName("mine", "gateway")), edition=None)
    assert planning.missing_program(wanted, Machine(MACHINE.programs - {"helm"}, "docker")) is None


def test_clusters_of_others_are_left_alone() -> None:
    there = dataclasses.replace(MACHINE, clusters=frozenset({"mine"}))

    assert planning.refusal(product(), there) is None
    assert planning.refusal(product(name="mine"), there) == (
        "there is a cluster mine of kind that no run of this suite has made, so it is left alone; name another under "
        "cluster in a kind.yaml, or remove it: `kind delete cluster --name mine`"
    )
    own = dataclasses.replace(there, mark="own")
    assert (planning.refusal(product(name="mine"), own) or "").startswith(
        "the cluster mine was made for somebody else's own gateway, not for edition rhoai-3.4; ".replace(
            " else's", "'s"
        )
    )
