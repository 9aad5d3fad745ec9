"""One run of the program: from its arguments to the ready line, and on to its end by signal or standard input."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_gateway.behaviour import Behaviour
from reference_gateway.behaviour.publication import CLOSED_LABEL
from reference_gateway.data_plane.connect_to import parse_connect_to
from reference_gateway.data_plane.envoy import envoy_version
from reference_gateway.deviations import Deviation, chosen, composed
from reference_gateway.edition import read_edition
from reference_gateway.errors import GatewayFailure, UsageProblem
from reference_gateway.faults import all_faults
from reference_gateway.parts import CONTROLLER, PROCESSOR
from reference_gateway.program import Gateway, Settings
from reference_gateway.resources import GATEWAY
from reference_gateway.translation.vertex_openai import parse_vertex_endpoint
from reference_gateway.variants import all_variants

FEATURES = ["default-deny", "closed-namespaces", "anthropic", "azure-openai", "bedrock-openai", "vertex-openai"]


@dataclass(frozen=True)
class Arguments:
    """The options of `run`, as they were given."""

    kubeconfig: Path
    edition_file: Path
    directory: Path
    listen: str
    provider_ca: Path | None
    connect_to: tuple[str, ...]
    vertex_openai: str | None
    """PROJECT/LOCATION/ENDPOINT; without it the provider of that name is not supported."""
    faults: tuple[str, ...]
    variants: tuple[str, ...]
    exit_with_stdin: bool
    user_tokens: Path | None = None
    alone: bool = False
    """Whether nobody checks who calls, and somebody else makes the routes of models."""


def run_until_stopped(arguments: Arguments) -> None:
    """Serve; raises UsageProblem for what the caller can mend and GatewayFailure if Envoy is lost."""
    edition = read_edition(arguments.edition_file)
    edition = edition.alone() if arguments.alone else edition
    deviations: list[type[Deviation]] = [
        *chosen(arguments.faults, all_faults(), "fault", edition),
        *chosen(arguments.variants, all_variants(), "variant", edition),
    ]
    settings = _settings(arguments)
    _start_log(settings.directory)
    stop = _Stop(with_stdin=arguments.exit_with_stdin)
    behaviour = composed(edition, deviations)
    if arguments.vertex_openai is not None:
        behaviour.vertex_openai = parse_vertex_endpoint(arguments.vertex_openai)
    with Gateway(settings, behaviour) as gateway:
        stop.serving()
        print(json.dumps(_ready_line(gateway, behaviour, deviations, settings.directory)), flush=True)  # noqa: T201
        _serve(gateway, stop.wished)


def _settings(arguments: Arguments) -> Settings:
    provider_ca = arguments.provider_ca
    if provider_ca is not None and not provider_ca.is_file():
        raise UsageProblem(f"The file {provider_ca} given with --provider-ca does not exist.")
    host, port = _host_and_port(arguments.listen)
    connect_to = tuple(parse_connect_to(text) for text in arguments.connect_to)
    return Settings(
        kubeconfig=arguments.kubeconfig,
        directory=_made(arguments.directory),
        listen_host=host,
        listen_port=port,
        provider_ca=None if provider_ca is None else provider_ca.absolute(),
        connect_to=connect_to,
        user_tokens=arguments.user_tokens,
    )


def _ready_line(
    gateway: Gateway, behaviour: Behaviour, deviations: Sequence[type[Deviation]], directory: Path
) -> dict[str, Any]:
    return {
        "gateway": f"http://{gateway.address}",
        "metrics": f"http://{gateway.metrics_address}/metrics",
        "edition": behaviour.edition.name,
        "gatewayName": GATEWAY.name,
        "gatewayNamespace": GATEWAY.namespace,
        "closedNamespaceLabels": {CLOSED_LABEL: "true"},
        "envoy": envoy_version(),
        "features": _features(behaviour),
        "parts": {
            name: {"namespace": key.namespace, "name": key.name}
            for name, key in (("processor", PROCESSOR), ("controller", CONTROLLER))
        },
        "version": importlib.metadata.version("externalmodel-conformance"),
        "faults": [each.name for each in deviations if each in all_faults()],
        "variants": [each.name for each in deviations if each in all_variants()],
        "logs": {
            "envoy": str(gateway.envoy.log_file),
            "access": str(gateway.access_log),
            "processor": str(directory / "gateway.log"),
        },
    }


def _features(behaviour: Behaviour) -> list[str]:
    configured = behaviour.vertex_openai is not None
    return [name for name in FEATURES if configured or name != "vertex-openai"]


def _host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageProblem(f"--listen '{listen}' is not of the form HOST:PORT; port 0 asks for a free one.")
    return host.strip("[]"), int(port)


def _made(directory: Path) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageProblem(
            f"The directory {directory} cannot be made ({error.strerror}); give another with --directory."
        ) from error
    return directory.absolute()


def _start_log(directory: Path) -> None:
    handlers: list[logging.Handler] = [
        logging.StreamHandler(),
        logging.FileHandler(directory / "gateway.log", encoding="utf-8"),
    ]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=handlers)
    for library in ("httpx", "httpcore", "urllib3", "kubernetes", "grpc"):
        logging.getLogger(library).setLevel(logging.WARNING)


class _Stop:
    """The wish to stop, by signal or by the end of standard input; before the gateway serves it ends the start."""

    def __init__(self, *, with_stdin: bool) -> None:
        self.wished = threading.Event()
        self._serving = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if with_stdin:
            threading.Thread(target=self._wait_for_end_of_stdin, name="standard input", daemon=True).start()

    def serving(self) -> None:
        """From now on, the wish is only noted."""
        self._serving = True

    def _on_signal(self, *_: object) -> None:
        first = not self.wished.is_set()
        self.wished.set()
        if first and not self._serving:
            raise SystemExit(0)

    def _wait_for_end_of_stdin(self) -> None:
        # Not sys.stdin: a thread that waits in it would hold its lock when the interpreter shuts down.
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)


def _serve(gateway: Gateway, stop: threading.Event) -> None:
    ended = threading.Event()

    def wait_for_envoy() -> None:
        gateway.envoy.process.wait()
        ended.set()
        stop.set()

    threading.Thread(target=wait_for_envoy, name="envoy's end", daemon=True).start()
    stop.wait()
    if ended.is_set():
        raise GatewayFailure(
            f"Envoy ended with code {gateway.envoy.process.returncode}; its log is {gateway.envoy.log_file}."
        )
