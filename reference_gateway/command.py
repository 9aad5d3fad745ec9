"""The command line: `run`, `faults`, `variants`. See docs/reference-gateway.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from reference_gateway.deviations import Deviation
from reference_gateway.errors import GatewayFailure, UsageProblem
from reference_gateway.faults import all_faults
from reference_gateway.variants import all_variants


class EndWithSentence(click.ClickException):
    """Ends the program with one sentence, because a part was lost on the way."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the sentence to standard error."""
        click.echo(f"reference_gateway: {self.message}", err=True)


class EndWithUsageSentence(EndWithSentence):
    """Ends the program with one sentence that the caller can act on."""

    exit_code = 2


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
@click.option("--vertex-openai", metavar="PROJECT/LOCATION/ENDPOINT", help="What provider vertex-openai means.")
@click.option(
    "--user-tokens", type=click.Path(path_type=Path), help="JSON: token to {name, groups}; else the API is asked."
)
@click.option("--alone", is_flag=True, help="Payload processing alone: without maas-controller and client keys.")
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
    vertex_openai: str | None,
    user_tokens: Path | None,
    alone: bool,
    faults: tuple[str, ...],
    variants: tuple[str, ...],
    exit_with_stdin: bool,
) -> None:
    """Serve until stopped; prints one JSON line when a request would be answered."""
    # Kubernetes, gRPC and Envoy's types take most of a second to import, and the lists need none of them.
    from reference_gateway.running import Arguments, run_until_stopped

    try:
        run_until_stopped(
            Arguments(
                kubeconfig=kubeconfig,
                edition_file=edition_file,
                directory=directory,
                listen=listen,
                provider_ca=provider_ca,
                connect_to=connect_to,
                vertex_openai=vertex_openai,
                user_tokens=user_tokens,
                alone=alone,
                faults=faults,
                variants=variants,
                exit_with_stdin=exit_with_stdin,
            )
        )
    except UsageProblem as problem:
        raise EndWithUsageSentence(str(problem)) from problem
    except GatewayFailure as failure:
        raise EndWithSentence(str(failure)) from failure


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
