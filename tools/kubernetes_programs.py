#!/usr/bin/env python3
"""The real kube-apiserver and etcd for KUBEBUILDER_ASSETS, built from their Go modules where they are not there yet.

    export KUBEBUILDER_ASSETS="$(python3 tools/kubernetes_programs.py)"

prints the folder that holds them. Versions and checksums are in tools/kubernetes; Go must be installed. What was built
is kept by version below ~/.cache (or $XDG_CACHE_HOME), outside the repository, and used again.
"""

import argparse
import fcntl
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

MODULE = Path(__file__).resolve().parent / "kubernetes"
PACKAGES = {"etcd": "go.etcd.io/etcd/server/v3", "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver"}


class BuildError(Exception):
    """The programs cannot be had; one sentence."""


def main() -> int:
    """Print the folder; 1 if there is none and none was to be built, 2 if building failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--if-built",
        nargs="?",
        const=0,
        type=int,
        metavar="SECONDS",
        help="build nothing; wait so long for a build that somebody else has begun; exit 1 if they are not there",
    )
    arguments = parser.parse_args()
    directory = folder()
    if arguments.if_built and not whole(directory):
        wait_for_others(directory, arguments.if_built)
    if not whole(directory):
        if arguments.if_built is not None:
            return 1
        try:
            build(directory)
        except BuildError as error:
            sys.stderr.write(f"kubernetes_programs: {error}\n")
            return 2
    sys.stdout.write(f"{directory}\n")
    return 0


def folder() -> Path:
    """Where the programs of these versions are kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    etcd, kubernetes = version("go.etcd.io/etcd/server/v3"), version("k8s.io/kubernetes")
    digest = hashlib.sha256((MODULE / "go.sum").read_bytes()).hexdigest()[:8]
    return cache / "externalmodel-conformance" / f"kubernetes-{kubernetes}-etcd-{etcd}-{digest}"


def version(module: str) -> str:
    """The version that go.mod asks for, such as v1.34.4."""
    found = re.search(rf"^\s+{re.escape(module)} (v\S+)", (MODULE / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SystemExit(f"kubernetes_programs: {MODULE / 'go.mod'} does not ask for {module}")
    return found.group(1)


def whole(directory: Path) -> bool:
    """Whether both programs are there."""
    return all(os.access(directory / name, os.X_OK) for name in PACKAGES)


def build(directory: Path) -> None:
    """Build what is missing; who comes second waits for the first, and finds the programs."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, package in PACKAGES.items():
            if not os.access(directory / name, os.X_OK):
                sys.stderr.write(f"building {name} {package}; without Go's own cache this takes minutes\n")
                compile_program(package, directory / name)


def wait_for_others(directory: Path, seconds: int) -> None:
    """Return when nobody builds any more, or after so long."""
    signal.signal(signal.SIGALRM, _out_of_patience)
    signal.alarm(seconds)
    try:
        with (directory / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
    except (FileNotFoundError, TimeoutError):
        return
    finally:
        signal.alarm(0)


def _out_of_patience(number: int, frame: object) -> None:
    raise TimeoutError


def compile_program(package: str, program: Path) -> None:
    """One program, whole or not at all."""
    kubernetes = version("k8s.io/kubernetes")
    major, minor = kubernetes.removeprefix("v").split(".")[:2]
    stamps = {"gitVersion": kubernetes, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    flags = " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in stamps.items())
    with tempfile.TemporaryDirectory(dir=program.parent) as place:
        made = Path(place) / program.name
        # What debuggers need is stripped in the end; not to write it at all takes a quarter of the compiler's time.
        lean = ["-trimpath", "-gcflags", "all=-dwarf=false", "-ldflags", f"-s -w {flags}"]
        command = ["go", "build", "-mod=readonly", *lean, "-o", str(made), package]
        try:
            subprocess.run(command, cwd=MODULE, env={**os.environ, "CGO_ENABLED": "0"}, stdout=sys.stderr, check=True)
        except FileNotFoundError as error:
            raise BuildError(
                "Go is not installed; install it, or set KUBEBUILDER_ASSETS to programs that you have"
            ) from error
        except subprocess.CalledProcessError as error:
            raise BuildError(f"`go build {package}` ended with {error.returncode}; its own words are above") from error
        made.rename(program)


if __name__ == "__main__":
    sys.exit(main())
