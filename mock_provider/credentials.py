"""The headers that carry credentials: what each value is, told without telling the secret."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mock_provider.canaries import Canaries, fingerprint

CREDENTIAL_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"}
)

_SCHEME_HEADERS = frozenset({"authorization", "proxy-authorization"})
# Only words from this list are stored as a scheme: anything else in that place may itself be a secret.
_SCHEME_WORDS = frozenset({"bearer", "basic", "digest", "negotiate", "ntlm", "token", "apikey", "api-key", "key"})
_BEARER = re.compile(r"Bearer (\S+)")


@dataclass(frozen=True)
class Credential:
    """One value of one credential header, as the journal keeps it.

    `scheme` is what stood before the token, as sent; `well_formed` means exactly `Bearer <one token>`, or for the
    headers that carry a bare key, one token without a scheme. `canary` is set only if the token is exactly that canary;
    a token that merely contains one shows among the arrival's canaries.
    """

    header: str
    scheme: str | None
    canary: str | None
    fingerprint: str
    well_formed: bool
    redacted: str

    def to_json(self) -> dict[str, object]:
        """Return the journal's form."""
        return {
            "header": self.header,
            "scheme": self.scheme,
            "canary": self.canary,
            "fingerprint": self.fingerprint,
            "wellFormed": self.well_formed,
        }


def bearer_token(value: str) -> str | None:
    """Return the token of a value that is exactly `Bearer <token>`, else None."""
    match = _BEARER.fullmatch(value)
    return match.group(1) if match else None


def describe(header: str, value: str, canaries: Canaries) -> Credential:
    """Describe one value of the credential header `header` (any case)."""
    name = header.lower()
    prefix, token = _split(value) if name in _SCHEME_HEADERS else ("", value)
    canary = canaries.name_of(token)
    return Credential(
        header=name,
        scheme=_scheme(prefix),
        canary=canary,
        fingerprint=fingerprint(token),
        well_formed=bearer_token(value) is not None if name in _SCHEME_HEADERS else bool(re.fullmatch(r"\S+", value)),
        redacted=_safe_prefix(prefix) + (f"‹{canary}›" if canary else f"‹{fingerprint(token)}›"),
    )


def _split(value: str) -> tuple[str, str]:
    """Split into what stands before the last word (white space included) and that word."""
    match = re.fullmatch(r"(.*\s)?(\S*)", value, re.DOTALL)
    before, last = (match.group(1) or "", match.group(2)) if match else ("", value)
    if last.lower() in _SCHEME_WORDS:
        return value, ""
    return before, last


def _safe_prefix(prefix: str) -> str:
    words = prefix.split()
    if all(word.lower() in _SCHEME_WORDS for word in words):
        return prefix
    return re.sub(r"\S+", lambda m: m.group() if m.group().lower() in _SCHEME_WORDS else _label(m.group()), prefix)


def _label(word: str) -> str:
    return f"‹{fingerprint(word)}›"


def _scheme(prefix: str) -> str | None:
    return _safe_prefix(prefix).strip() or None
