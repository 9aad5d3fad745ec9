"""SHA256SUMS: what every file of a run was when it ended, so that a later reader sees whether one was touched.

It is what ``sha256sum -c SHA256SUMS`` reads. It protects from accidents and afterthoughts; who means to deceive can
seal again, and is found out only by a copy of the seal that is kept elsewhere.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from reports import places


def write(directory: Path) -> None:
    """Seal everything that lies in the run's directory now."""
    lines = [f"{_digest(path)}  {path.relative_to(directory).as_posix()}\n" for path in _files(directory)]
    (directory / places.SEAL).write_text("".join(lines), encoding="utf-8")


def broken(directory: Path) -> list[str]:
    """Sentences about files that are not as they were sealed; a missing seal is one of them."""
    seal = directory / places.SEAL
    if not seal.is_file():
        return [f"there is no {places.SEAL}: the run did not come to its end, or was made by an older suite"]
    sealed = {}
    for line in seal.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        sealed[name] = digest
    present = {path.relative_to(directory).as_posix(): path for path in _files(directory)}
    problems = [f"{name} is gone" for name in sealed if name not in present]
    problems += [f"{name} was added" for name in present if name not in sealed]
    problems += [
        f"{name} was changed"
        for name, path in present.items()
        if sealed.get(name, "") != _digest(path) and name in sealed
    ]
    return problems


def _files(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.rglob("*")) if path.is_file() and path != directory / places.SEAL]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
