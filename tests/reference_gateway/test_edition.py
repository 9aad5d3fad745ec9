from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reference_gateway.edition import AnswerRule, read_edition
from reference_gateway.errors import UsageProblem
from tests.reference_gateway.conftest import EDITIONS, edition_named


def test_the_runbook_edition_is_read() -> None:
    edition = edition_named("runbook")

    assert edition.model_ref.group == "models.opendatahub.io"
    assert edition.secret_data_key == "OPENAI_API_KEY"
    assert edition.ref_name_must_equal
    assert not edition.ref_status
    assert edition.answer("credentials-not-found").allows(503)
    assert not edition.answer("credentials-not-found").allows(200)


def test_the_shipped_edition_is_read() -> None:
    edition = edition_named("rhoai-3.4")

    assert edition.model_ref.group == "maas.opendatahub.io"
    assert edition.secret_data_key == "api-key"
    assert not edition.ref_name_must_equal
    assert edition.answer("not-published").allowed_statuses == ((401, 401), (403, 403))
    assert edition.answer("model-mismatch").allowed_statuses == ((404, 404),)


def test_an_edition_that_is_silent_allows_everything() -> None:
    assert edition_named("runbook").answer("model-mismatch") == AnswerRule()
    assert AnswerRule().allows(404)


@pytest.mark.parametrize(
    ("entry", "value", "complaint"),
    [
        ("secret", None, "secret must be a mapping"),
        ("secret", {"label": "a", "labelValue": True, "dataKey": "k"}, "secret.labelValue must be a non-empty text"),
        ("modelRef", {"name": "maybe", "required": True, "status": True}, "'same' or 'any'"),
        ("modelRef", {"name": "any", "required": "yes", "status": True}, "modelRef.required must be true or false"),
        ("resources", {"externalModel": {}}, "resources.externalModel.group"),
        ("answers", {"x": {"status": "many"}}, "answers.x.status"),
    ],
)
def test_a_broken_entry_is_named(tmp_path: Path, entry: str, value: object, complaint: str) -> None:
    data = yaml.safe_load((EDITIONS / "runbook.yaml").read_text(encoding="utf-8"))
    data[entry] = value
    file = tmp_path / "broken.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(UsageProblem, match=complaint.replace(".", r"\.")):
        read_edition(file)


def test_a_file_that_is_not_yaml_or_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "edition.yaml"
    with pytest.raises(UsageProblem, match="cannot be read"):
        read_edition(file)

    file.write_text("a: [", encoding="utf-8")
    with pytest.raises(UsageProblem, match="is not YAML"):
        read_edition(file)
