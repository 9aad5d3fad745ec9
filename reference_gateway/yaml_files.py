"""YAML of this package and of edition files, by libyaml where PyYAML has it: each start reads fifteen files.

The suite's fixtures/yaml_files.py does the same; the two share no code, as a gateway under test must not.
"""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed(text: str) -> Any:
    """The content of a YAML document.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    try:
        return yaml.load(text, _LOADER)  # noqa: S506 - either is a safe one
    except yaml.YAMLError:
        # Only for its words, which are better.
        return yaml.safe_load(text)
