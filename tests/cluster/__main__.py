"""All that is tested on a real kube-apiserver: `python -m tests.cluster [--whole] [--edition NAME] [--wait SECONDS]`.

The contract of the Kubernetes API, what we put on clusters, and the cluster target with a vendor's gateway: what the
API server's own answers decide, or with `--whole` all of it. The programs are those of $KUBEBUILDER_ASSETS or those
that tools/kubernetes_programs.py has built. Where there are none, nothing is run, and the exit code, 77, says so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.cluster.vendor import ASSETS, CHOSEN, EDITION, REAL, WHOLE
from tests.command.running import ROOT

NOT_RUN = 77
TESTS = ("tests/kubernetes_api", "tests/cluster")


def main() -> int:
    """Run pytest where there is something to run it on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true", help="judge the gateway by all requirements; takes long")
    parser.add_argument("--edition", default=EDITION, metavar="NAME", help=f"what it is judged by; default {EDITION}")
    parser.add_argument("--wait", type=int, default=0, metavar="SECONDS", help="for a build that is going on")
    arguments = parser.parse_args()
    assets = os.environ.get(ASSETS) or built(arguments.wait)
    if not assets:
        say(
            "NOT RUN: there is no kube-apiserver here; `python3 tools/kubernetes_programs.py` builds it, "
            f"or name a folder that has it and etcd in {ASSETS}"
        )
        return NOT_RUN
    part = f"{'all' if arguments.whole else 'some'} requirements of {arguments.edition}"
    say(f"on kube-apiserver and etcd of {assets}: {part}, {', '.join(TESTS)}")
    command = [sys.executable, "-m", "pytest", *TESTS, "-q", "-n", "2", "--dist", "loadfile", "-k", REAL]
    chosen = {ASSETS: assets, CHOSEN: arguments.edition, **({WHOLE: "1"} if arguments.whole else {})}
    return subprocess.call(command, cwd=ROOT, env={**os.environ, **chosen})


def built(wait: int) -> str:
    """The folder of what has been built; empty if nothing has."""
    command = [sys.executable, "tools/kubernetes_programs.py", "--if-built", str(wait)]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
