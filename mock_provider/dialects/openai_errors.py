"""OpenAI's error answers: texts from openai_errors.toml, in the framing of the layer that would send them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

from mock_provider.dialects import Piece, Reply, Stamp
from mock_provider.dialects.openai_frames import encode, identifying_headers, success_headers

_BY_STATUS = {401: "missing_key", 429: "rate_limit", 500: "server_error", 503: "overloaded"}


class Errors(Protocol):
    """What the OpenAI dialect asks for when it refuses."""

    def reply(self, name: str, stamp: Stamp, **values: object) -> Reply:
        """Return the error `name` with its placeholders filled."""

    def reply_with_status(self, status: int, stamp: Stamp) -> Reply:
        """Return the usual error with this status, or one that only says the status."""


def read_texts(file: str) -> Mapping[str, Mapping[str, Any]]:
    """Read a data file beside this module: error texts by name."""
    return tomllib.loads(files(__package__).joinpath(file).read_text("utf-8"))


@dataclass(frozen=True)
class ErrorTexts:
    """The error texts by name."""

    entries: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, file: str) -> ErrorTexts:
        """Read a data file beside this module."""
        return cls(read_texts(file))

    def reply(self, name: str, stamp: Stamp, **values: object) -> Reply:
        """Return the error `name` with its placeholders filled."""
        entry = self.entries[name]
        return _reply(int(entry["status"]), entry, stamp, values)

    def reply_with_status(self, status: int, stamp: Stamp) -> Reply:
        """Return the usual error with this status, or one that only says the status."""
        entry = self.entries[_BY_STATUS.get(status, "other")]
        return _reply(status, entry, stamp, {"status": status})


def _reply(status: int, entry: Mapping[str, Any], stamp: Stamp, values: Mapping[str, object]) -> Reply:
    error = {
        "message": str(entry["message"]).format_map(values),
        "type": entry["type"],
        "param": entry.get("param"),
        "code": entry.get("code"),
    }
    if entry["style"] == "edge":
        body = (json.dumps({"error": error}, indent=4, ensure_ascii=False) + "\n").encode("utf-8", "replace")
        kind = (("content-type", "application/json; charset=utf-8"), ("vary", "Origin"))
        headers = (*kind, *identifying_headers(stamp))
    else:
        body = encode({"error": error})
        headers = (("content-type", "application/json"), *success_headers(stamp))
    if status == 429:
        headers = (*headers, ("retry-after", "1"), ("retry-after-ms", "120"))
    return Reply(status, headers, (Piece(body),), length_known=True)
