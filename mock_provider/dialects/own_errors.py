"""Error answers of services that have an envelope of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mock_provider.dialects import Piece, Reply, Stamp
from mock_provider.dialects.openai_errors import read_texts
from mock_provider.dialects.openai_frames import Headers, Json

Envelope = Callable[[int, Json], object]
"""From a status and an entry of the data file, its message filled, to the document that is sent."""


class OwnErrors:
    """The texts of a data file in the envelope of their service."""

    def __init__(self, file: str, envelope: Envelope, headers: Callable[[Stamp], Headers]) -> None:
        self._entries: Mapping[str, Mapping[str, Any]] = read_texts(file)
        self._envelope = envelope
        self._headers = headers

    def reply(self, name: str, stamp: Stamp, **values: object) -> Reply:
        """Return the error `name` with its placeholders filled."""
        entry = self._entries[name]
        return self._reply(int(entry["status"]), entry, stamp, values)

    def reply_with_status(self, status: int, stamp: Stamp) -> Reply:
        """Return the usual error with this status, or one that only says the status."""
        usual = (entry for name, entry in self._entries.items() if entry["status"] == status and entry.get("usual"))
        return self._reply(status, next(usual, self._entries["other"]), stamp, {"status": status})

    def _reply(self, status: int, entry: Mapping[str, Any], stamp: Stamp, values: Mapping[str, object]) -> Reply:
        document = self._envelope(status, {**entry, "message": str(entry["message"]).format_map(values)})
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        headers = (("content-type", "application/json"), *self._headers(stamp))
        if status == 429:
            headers = (*headers, ("retry-after", "1"))
        return Reply(status, headers, (Piece(body),), length_known=True)
