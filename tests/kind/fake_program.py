"""Stands for kind, kubectl, helm or docker: ``fake_program.py STATE PROGRAM WORDS…``; see programs.py."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

# Started many times in a test, by a Python without its packages: it has to be quick.


def main(state: Path, program: str, words: list[str]) -> int:
    """Write down what was asked, and answer as the test says, or as the program does on a good day."""
    line = f"{program} {' '.join(words)}"
    stdin = sys.stdin.read() if "-" in words else ""
    with (state / "asked").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"program": program, "words": words, "stdin": stdin}) + "\n")
    for given in read(state, "answers"):
        if given["asked"] in line:
            if given["meets"]:
                (state / f"{given['meets']}.came").write_bytes(b"")
                (state / f"{given['meets']}.go").read_bytes()
            say(given["says"])
            if given["holds"]:
                signal.pause()
            return int(given["code"])
    return usual(state, line, words, stdin)


def usual(state: Path, line: str, words: list[str], stdin: str) -> int:
    """What the program does."""
    if line == "kind get clusters":
        say("\n".join(read(state, "clusters")))
    elif line.startswith("kind create cluster"):
        ours = [line.split(": ") for line in map(str.strip, stdin.splitlines()) if line.startswith("externalmodel-")]
        labels = dict(ours)
        write(state, "clusters", {**read(state, "clusters"), word(words, "--name"): labels})
        reach(state, words)
    elif line.startswith("kind export kubeconfig"):
        reach(state, words)
    elif line.startswith("kind delete cluster"):
        left = {name: labels for name, labels in read(state, "clusters").items() if name != word(words, "--name")}
        write(state, "clusters", left)
    elif line.startswith("kind export logs"):
        logs = Path(words[2])
        logs.mkdir(parents=True)
        (logs / "kubelet.log").write_text((state / "log").read_text() if (state / "log").exists() else "quiet\n")
    elif line.startswith("docker image inspect"):
        if words[-1] not in read(state, "images"):
            return 1
        say(f"sha256:{identity(words[-1])}")
    elif line.startswith("docker exec") and "crictl images" in line:
        node = [{"id": f"sha256:{identity(name)}", "repoTags": [name]} for name in read(state, "on_node")]
        say(json.dumps({"images": node}))
    elif line.startswith("docker inspect"):
        say(json.dumps("2026-11-26T12:00:00.429203081Z"))
    elif line.startswith("docker cp"):
        labels = read(state, "clusters")[words[1].partition("-control-plane:")[0]]
        pairs = ",".join(f"{name}={value}" for name, value in labels.items())
        Path(words[2]).write_text(f"nodeRegistration:\n  kubeletExtraArgs:\n    node-labels: {pairs}\n")
    elif line.startswith("docker port"):
        say(read(state, "address"))
    elif "get nodes" in line:
        (labels,) = read(state, "clusters").values()
        say(json.dumps({"items": [{"metadata": {"name": "node", "labels": labels}}]}))
    elif "get pods" in line:
        say(json.dumps({"items": []}))
    return 0


def identity(reference: str) -> str:
    """Of an image: here as on the node."""
    return f"hash-of-{reference}"


def reach(state: Path, words: list[str]) -> None:
    """Write the kubeconfig that was asked for."""
    there = state / "kubeconfig"
    target = Path(word(words, "--kubeconfig"))
    if there.exists():
        target.write_text(there.read_text())
    else:
        target.write_text("{}")


def word(words: list[str], option: str) -> str:
    """What follows an option."""
    return words[words.index(option) + 1]


def read(state: Path, name: str) -> Any:
    """How it is on this machine."""
    return json.loads((state / name).read_text(encoding="utf-8"))


def write(state: Path, name: str, value: Any) -> None:
    """Let it be so."""
    (state / name).write_text(json.dumps(value), encoding="utf-8")


def say(text: str) -> None:
    """Print at once: who holds says so before."""
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
