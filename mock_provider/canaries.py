"""Known secret values: where they show up in a request, and how text is freed of them before it is stored."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

Encoding = Literal["raw", "base64", "urlencoded", "json"]

MIN_SECRET_LENGTH = 8
"""Shorter values would be found by accident, in base64 above all."""

_GAP = r"(?:\\[nrt]|\s)*"
_GAPS = re.compile(r"\\[nrt]|\s")


def fingerprint(value: str) -> str:
    """Return the name under which an unknown secret is stored: sha256:<16 hex>."""
    return "sha256:" + hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True)
class Hit:
    """A canary found in one text. `split`: only found once white space and escaped line ends were taken out."""

    name: str
    encoding: Encoding
    form: str
    split: bool


@dataclass(frozen=True)
class _Form:
    name: str
    encoding: Encoding
    text: str
    squeezed: str


class Canaries:
    """The known secrets by name. One name may hold several values over time: none is ever forgotten by rotation."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._forms: dict[str, tuple[_Form, ...]] = {}

    def __len__(self) -> int:
        return len(self._values)

    def add(self, name: str, value: str) -> None:
        """Make `value` known as `name`; a value that is known already gets the new name."""
        self._values[value] = name
        self._forms[value] = tuple(_forms_of(name, value))

    def remove(self, names: Iterable[str]) -> list[str]:
        """Forget all values of these names; return the names that were known."""
        unwanted = set(names)
        gone = {value: name for value, name in self._values.items() if name in unwanted}
        for value in gone:
            del self._values[value]
            del self._forms[value]
        return sorted(set(gone.values()))

    def name_of(self, value: str) -> str | None:
        """Return the name of exactly this value."""
        return self._values.get(value)

    def present_in(self, text: str) -> Canaries:
        """Return only those of the canaries that show up in `text`: a small set to search its parts for."""
        squeezed = _GAPS.sub("", text)
        present = Canaries()
        for value, forms in self._forms.items():
            if any(form.squeezed in squeezed for form in forms):
                present._values[value] = self._values[value]
                present._forms[value] = forms
        return present

    def find(self, text: str) -> list[Hit]:
        """Return the canaries in `text`, longest form first, one hit for each name and encoding."""
        squeezed = _GAPS.sub("", text)
        hits: dict[tuple[str, Encoding, bool], Hit] = {}
        for forms in self._forms.values():
            for form in forms:
                whole = form.text in text
                if whole or form.text in squeezed:
                    hit = Hit(form.name, form.encoding, form.text, split=not whole)
                    hits.setdefault((form.name, form.encoding, hit.split), hit)
        return sorted(hits.values(), key=lambda hit: -len(hit.form))

    def redact(self, text: str) -> str:
        """Return `text` with every canary, in any known encoding, replaced by its name in angle quotes."""
        squeezed = _GAPS.sub("", text)
        forms = [form for forms in self._forms.values() for form in forms if form.text in squeezed or form.text in text]
        for form in sorted(forms, key=lambda form: -len(form.text)):
            label = f"‹{form.name}›"
            text = text.replace(form.text, label)
            if form.text in _GAPS.sub("", text):
                text = _replace_split(text, form.text, label)
        return text


def _replace_split(text: str, form: str, label: str) -> str:
    return re.sub(_GAP.join(map(re.escape, form)), lambda _: label, text)


def _forms_of(name: str, value: str) -> Iterable[_Form]:
    seen: set[str] = set()
    # Headers are read as Latin-1, byte by byte; a secret beyond ASCII looks different there than in a body.
    candidates: list[tuple[Encoding, str]] = [("raw", value), ("raw", value.encode("utf-8").decode("latin-1"))]
    candidates += [("base64", core) for core in _base64_cores(value.encode("utf-8"))]
    encoded = quote(value, safe="")
    lower = re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), encoded)
    candidates += [("urlencoded", encoded), ("urlencoded", lower), ("urlencoded", quote(value))]
    candidates += [("json", json.dumps(value)[1:-1]), ("json", json.dumps(value, ensure_ascii=False)[1:-1])]
    for encoding, text in candidates:
        if text not in seen:
            seen.add(text)
            yield _Form(name, encoding, text, _GAPS.sub("", text))


def _base64_cores(raw: bytes) -> Iterable[str]:
    """Yield the characters that `raw` alone determines, at each of the three alignments and in both alphabets.

    A secret inside a longer encoded text ("user:secret") starts at any of three bit offsets; the characters at the
    edges mix in bits of its neighbours and are left out.
    """
    for offset in range(3):
        padded = b"\0" * offset + raw
        first = (0, 2, 3)[offset]
        last = len(padded) * 8 // 6
        for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
            yield encode(padded).decode("ascii")[first:last]
