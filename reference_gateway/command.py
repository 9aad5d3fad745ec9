"""The command line: `run`, `faults`, `variants`. See docs/reference-gateway.md."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from reference_gateway.data_plane.connect_to import parse_connect_to
from reference_gateway.data_plane.envoy import envoy_version
from reference_gateway.deviations import Deviation, chosen, composed
from reference_gateway.edition import Edition, read_edition
from reference_gateway.errors import GatewayFailure, UsageProblem
from reference_gateway.faults import all_faults
from reference_gateway.program import Gateway, Settings
from reference_gateway.resources import GATEWAY
from reference_gateway.variants import all_variants

USAGE_EXIT = 2
FAILURE_EXIT = 1
FEATURES = ["default-deny"]

log = logging.getLogger(__name__)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A conforming ExternalModel gateway: Kubernetes controllers, a real Envoy, and named faults to try a suite on."""


@main.command()
@click.option("--kubeconfig", required=True, type=click.Path(path_type=Path), help="How to reach the Kubernetes API.")
@click.option("--edition-file", required=True, type=click.Path(path_type=Path), help="The edition to implement.")
@click.option("--directory", required=True, type=click.Path(path_type=Path), help="Where logs go; made if absent.")
@click.option("--listen", default="127.0.0.1:0", show_default=True, help="HOST:PORT for clients; port 0: a free one.")
@click.option(
    "--provider-ca", type=click.Path(path_type=Path), help="PEM file that providers' certificates must chain to."
)
@click.option("--connect-to", "connect_to", multiple=True, metavar="HOST:PORT:ADDR:PORT", help="As curl's.")
@click.option("--fault", "faults", multiple=True, metavar="NAME|ID", help="Commit this fault; may be repeated.")
@click.option("--variant", "variants", multiple=True, metavar="NAME|ID", help="Differ lawfully; may be repeated.")
@click.option("--exit-with-stdin", is_flag=True, help="End when standard input ends.")
def run(
    kubeconfig: Path,
    edition_file: Path,
    directory: Path,
    listen: str,
    provider_ca: Path | None,
    connect_to: tuple[str, ...],
    faults: tuple[str, ...],
    variants: tuple[str, ...],
    exit_with_stdin: bool,
) -> None:
    """Serve until stopped; prints one JSON line when a request would be answered."""
    try:
        edition = read_edition(edition_file)
        deviations: list[type[Deviation]] = [
            *chosen(faults, all_faults(), "fault", edition),
            *chosen(variants, all_variants(), "variant", edition),
        ]
        if provider_ca is not None and not provider_ca.is_file():
            raise UsageProblem(f"The file {provider_ca} given with --provider-ca does not exist.")
        host, port = _host_and_port(listen)
        settings = Settings(
            kubeconfig=kubeconfig,
            directory=_made(directory),
            listen_host=host,
            listen_port=port,
            provider_ca=None if provider_ca is None else provider_ca.absolute(),
            connect_to=tuple(parse_connect_to(text) for text in connect_to),
        )
        _start_log(directory)
        stop = _stop_event(exit_with_stdin=exit_with_stdin)
        with Gateway(settings, composed(edition, deviations)) as gateway:
            print(json.dumps(_ready_line(gateway, edition, deviations, directory)), flush=True)  # noqa: T201 - the ready line
            _serve(gateway, stop)
    except UsageProblem as problem:
        _end(str(problem), USAGE_EXIT)
    except GatewayFailure as failure:
        _end(str(failure), FAILURE_EXIT)
    # Watches may still be blocked in a read, in threads that nobody waits for.
    logging.shutdown()
    os._exit(0)


def _list_command(name: str, noun: str, known: Sequence[type[Deviation]]) -> None:
    @main.command(name=name, help=f"List the {noun}.")
    @click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
    def listing(form: str) -> None:
        rows = [_row(deviation) for deviation in known]
        if form == "json":
            click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            click.echo(f"{row['id']}  {row['name']:<{width}}  {row['description']}")


_list_command("faults", "faults that can be switched on", all_faults())
_list_command("variants", "lawful differences that can be switched on", all_variants())


def _row(deviation: type[Deviation]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": deviation.id,
        "name": deviation.name,
        "description": deviation.description(),
        "editions": list(deviation.editions),
    }
    for name in ("source", "catches"):
        if hasattr(deviation, name):
            row[name] = getattr(deviation, name)
    return row


def _ready_line(
    gateway: Gateway, edition: Edition, deviations: Sequence[type[Deviation]], directory: Path
) -> dict[str, Any]:
    return {
        "gateway": f"http://{gateway.address}",
        "edition": edition.name,
        "gatewayName": GATEWAY.name,
        "gatewayNamespace": GATEWAY.namespace,
        "envoy": envoy_version(),
        "features": FEATURES,
        "version": importlib.metadata.version("externalmodel-conformance"),
        "faults": [each.name for each in deviations if each in all_faults()],
        "variants": [each.name for each in deviations if each in all_variants()],
        "logs": {
            "envoy": str(gateway.envoy.log_file),
            "access": str(gateway.access_log),
            "processor": str(directory / "gateway.log"),
        },
    }


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


def _stop_event(*, exit_with_stdin: bool) -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if exit_with_stdin:

        def wait_for_end() -> None:
            while sys.stdin.buffer.read(4096):
                pass
            stop.set()

        threading.Thread(target=wait_for_end, name="standard input", daemon=True).start()
    return stop


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


def _end(sentence: str, code: int) -> None:
    click.echo(f"reference_gateway: {sentence}", err=True)
    logging.shutdown()
    os._exit(code)
