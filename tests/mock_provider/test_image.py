"""The image holds what the tests ran with."""

from __future__ import annotations

import re
import tomllib

from mock_provider import __version__
from tests.command.running import ROOT


def test_the_image_has_the_locked_versions() -> None:
    locked = {
        package["name"]: package["version"]
        for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    }
    asked = re.findall(r"^([\w-]+)==(\S+)", (ROOT / "mock_provider/requirements.txt").read_text(encoding="utf-8"), re.M)

    assert {"starlette", "uvicorn", "httptools", "hypercorn", "jsonschema"} <= {name for name, _ in asked}
    assert [(name, version) for name, version in asked if locked.get(name) != version] == []


def test_the_table_of_images_names_this_version() -> None:
    table = (ROOT / "fixtures/targets/images.yaml").read_text(encoding="utf-8")
    assert f"mock-provider:{__version__}" in table
    assert f"mock-provider:{__version__}" in (ROOT / "mock_provider/Dockerfile").read_text(encoding="utf-8")
