"""LiteLLM's own environment: the versions and hashes of requirements.txt, beside ours and never in it.

Made once for each content of requirements.txt, in a directory that git ignores, so that a second run starts at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
CACHE = Path(__file__).with_name(".environments")


def litellm_program() -> Path:
    """The proxy's program, installed if it is not there yet; fails the test with what an installation needs."""
    directory = CACHE / hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    program = directory / "bin" / "litellm"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        # Tests run in several processes, and one of them makes it for all.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "complete").exists():
            _install(directory)
    return program


def _install(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    for command in _commands(directory):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(
                f"LiteLLM could not be installed: this test needs a Python package index that has what "
                f"{REQUIREMENTS.name} names, or an environment made before. {command[0]} said: {done.stderr[-600:]}"
            )
    (directory / "complete").touch()


def _commands(directory: Path) -> list[list[str]]:
    # The file is the whole of it. pip would look for what its packages ask for all the same, and find newer ones.
    exactly = ["--quiet", "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)]
    # Where none is installed, ./check has fetched one into our own environment.
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    python = str(directory / "bin" / "python")
    if uv is not None:
        install = ["pip", "install", "--python", python, *exactly]
        return [[uv, "venv", "--quiet", "--python", sys.executable, str(directory)], [uv, *install]]
    return [[sys.executable, "-m", "venv", str(directory)], [python, "-m", "pip", "install", *exactly]]
