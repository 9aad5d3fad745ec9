"""What ./conformance and ./check share: an environment in .venv with the locked dependencies, made when it is needed.

Only the standard library, and only what Python 3.6 can read: an old Python must get as far as the sentence about it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / "bin"
STAMP = VENV / "made-from"
OLDEST = (3, 11)
UV = "uv==0.13.9"
"""What is fetched where no uv is installed."""


class SetUpError(Exception):
    """The environment cannot be made; one sentence that says what to do."""


def program(name: str) -> str:
    """The path of a program in the environment, which is brought up to date first; a trouble ends with one sentence."""
    try:
        _keep_bytecode()
        _bring_up_to_date()
    except SetUpError as error:
        sys.stderr.write(f"{Path(sys.argv[0]).name}: {error}\n")
        sys.exit(2)
    return str(PROGRAMS / name)


def _keep_bytecode() -> None:
    """Let Python keep what it has compiled in the environment where it may write none: a run starts many programs."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = str(VENV / "bytecode")


def _bring_up_to_date() -> None:
    wanted = _fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    _sync(shutil.which("uv") or _fetched_uv())
    STAMP.write_text(wanted)


def _fingerprint() -> str:
    """Changes with all that decides what the environment holds: lock file, our own package, place."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _fetched_uv() -> str:
    """A uv of our own, in the environment."""
    if sys.version_info < OLDEST:
        raise SetUpError(
            f"Python 3.11 or newer is needed and this is {sys.version_info[0]}.{sys.version_info[1]}; start me with a "
            f"newer one, as in `python3.11 {Path(sys.argv[0]).name}`, or install uv, which fetches one"
        )
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out, and only venv.create would say so, in many lines
        import venv
    except ImportError as error:
        raise SetUpError(
            f"this Python cannot make virtual environments ({error.name} is missing); on Debian and Ubuntu "
            "`apt install python3-venv` brings it, elsewhere install uv"
        ) from error
    sys.stderr.write("fetching uv into .venv, to install the locked dependencies with\n")
    uv = PROGRAMS / "uv"
    if not uv.exists():
        venv.create(str(VENV), with_pip=True, clear=True)
        _run(str(PROGRAMS / "python"), "-m", "pip", "install", "--quiet", UV)
    return str(uv)


def _sync(uv: str) -> None:
    sys.stderr.write("setting up .venv with the locked dependencies; the first time this takes a minute or two\n")
    os.environ["UV_PROJECT_ENVIRONMENT"] = str(VENV)
    # Inexact: what is not locked stays, and that is uv itself where we have fetched it.
    words = [uv, "sync", "--locked", "--inexact", "--quiet", "--compile-bytecode"]
    _run(*words, *(("--python", sys.executable) if sys.version_info >= OLDEST else ()))


def _run(*command: str) -> None:
    done = subprocess.run(command, cwd=str(ROOT), stdout=sys.stderr.fileno(), check=False)
    if done.returncode:
        raise SetUpError(
            f"the locked dependencies could not be installed (`{' '.join(command)}` ended with {done.returncode}); the "
            "first time they come from the Python package index, so see that it can be reached"
        )
