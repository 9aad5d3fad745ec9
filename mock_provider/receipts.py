"""Receipts: the part of an answer that only this provider could have made, bound to one arrival."""

from __future__ import annotations

import hashlib
import hmac

LENGTH = 29
"""As long as what follows `chatcmpl-` in a real id."""


class ReceiptMaker:
    """Makes receipts with one secret, which a suite that knows it can verify offline."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def make(self, sequence: int, host: str, nonce: str | None, body_sha256: str) -> str:
        """Return 29 hexadecimal characters: 6 of the sequence number, then 23 of the HMAC-SHA256.

        The HMAC covers `sequence|host|nonce|sha256 of the request body`, with an empty nonce if there is none.
        """
        message = f"{sequence}|{host}|{nonce or ''}|{body_sha256}"
        digest = hmac.new(self._secret, message.encode("utf-8"), hashlib.sha256).hexdigest()
        return f"{sequence % 16**6:06x}{digest[:23]}"
