"""A rehearsal finds every object that a case stands on, and what it takes to judge it; twice it finds the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fixtures.catalogue import load as load_catalogue
from fixtures.errors import ConfigurationError
from fixtures.prepared import Scene, load
from fixtures.targets import cluster
from suite import chapters, plan, rehearsing
from suite.plan import Wanted

TARGET = """
kubernetes: {prepared: prepared.json, namespaceLabels: {team: models}}
gateway: {url: http://127.0.0.1:9}
provider: {controlUrl: http://127.0.0.1:9, domain: provider.test}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "target.yaml"
    path.write_text(TARGET, encoding="utf-8")
    return path


def rehearsed(config: Path, select: str, edition: str = "runbook", workers: int = 2) -> rehearsing.Rehearsed:
    return rehearsing.plan_objects(config, edition, Wanted(select=select), workers)


def test_a_case_that_the_wire_shows_is_planned_with_all_that_it_stands_on(config: Path) -> None:
    found = rehearsed(config, "EM-FWD-001")

    scenes = found.prepared.scenes
    assert list(scenes) == [
        "preflight, lenient",
        "preflight, strict",
        "neighbour 0",
        "neighbour 1",
        "EM-FWD-001/a-chat-completion",
    ]
    assert all(scene.digest and not scene.not_testable for scene in scenes.values())
    kinds = [one["kind"] for one in found.objects]
    assert kinds == ["Namespace", "Secret", "ExternalModel", "MaaSModelRef"] * 5
    namespaces = [one["metadata"] for one in found.objects if one["kind"] == "Namespace"]
    assert len({one["name"] for one in namespaces}) == 5
    assert {one["labels"]["team"] for one in namespaces} == {"models"}
    assert load(config.parent / "prepared.json") == found.prepared
    assert list(yaml.safe_load_all(found.as_yaml())) == found.objects


def test_a_case_that_judges_nothing_before_it_takes_a_right_is_left_out_with_the_reason(config: Path) -> None:
    found = rehearsed(config, "EM-CRED-011 or EM-API-006 or EM-REF-014")

    reasons = {scene.not_testable for name, scene in found.prepared.scenes.items() if name.startswith("EM-")}
    assert reasons == {
        f"{what} takes a right on the cluster, and this run has none"
        for what in (
            "deleting a Secret",
            "asking the API server whether it admits an ExternalModel",
            "making objects in an order of one's choice",
        )
    }
    assert len([one for one in found.objects if one["kind"] == "ExternalModel"]) == 4


def test_a_case_that_may_fail_before_it_takes_a_right_is_played(config: Path) -> None:
    found = rehearsed(config, "EM-CRED-002")

    scenes = found.prepared.scenes
    cases = [name for name in scenes if name.startswith("EM-")]
    assert {scene.not_testable for scene in scenes.values()} == {""}
    # Each scene has a model, and each of these cases another one.
    assert len([one for one in found.objects if one["kind"] == "ExternalModel"]) == len(scenes) + len(cases)


def test_what_the_target_does_not_have_needs_no_objects(config: Path) -> None:
    found = rehearsed(config, "EM-FWD-008")

    assert [scene for name, scene in found.prepared.scenes.items() if name.startswith("EM-")] == [
        Scene(
            not_testable="the target names no provider.impostorDomain: a domain whose hosts lead to the provider, "
            "whose certificate does not name them"
        )
    ]


@pytest.mark.parametrize("edition", load_catalogue().editions)
def test_every_case_of_an_edition_can_be_rehearsed(edition: str, config: Path) -> None:
    catalogue = load_catalogue()
    chosen = catalogue.edition(edition)
    whole = plan.make(catalogue, chosen, chapters.read(), chosen.features, Wanted())
    found = rehearsing.rehearse(cluster.load(config), chosen, whole, 1)

    assert {case.id for case in whole.cases} <= set(found.prepared.scenes)


def test_a_target_that_names_no_file_is_refused(config: Path) -> None:
    (config.parent / "kubeconfig").write_text("{}", encoding="utf-8")
    config.write_text(TARGET.replace("prepared: prepared.json", "kubeconfig: kubeconfig"), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"names no file under kubernetes\.prepared"):
        rehearsed(config, "EM-FWD-001")
