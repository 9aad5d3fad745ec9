"""The `conformance` command: its options and exit codes. What it does stands in the modules that it calls."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

# Kubernetes, pytest and OpenAI take most of a second to import: every command imports what it needs, and --help needs
# none of it.

USAGE, INCOMPLETE = 2, 3
PYTEST_PLUGINS = ("pytest_bdd.plugin", "xdist.plugin")
"""What executes the cases, and nothing else: every plugin that is loaded costs each worker time."""
DEFAULT_WORKERS = 6
"""Scenarios wait most of their time, so that six keep two cores busy; docs/run.md has the figures."""

F = TypeVar("F", bound=Callable[..., Any])


def main() -> None:
    """Entry point: run a command and exit with its code; bad usage is one sentence on stderr and exit code 2."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = cli.main(prog_name="conformance", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = USAGE
    except click.ClickException as error:
        click.echo(f"conformance: {error.format_message().rstrip('.')}; see conformance --help", err=True)
        code = USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("conformance: interrupted; nothing is left running", err=True)
        code = INCOMPLETE
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not fail once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = INCOMPLETE
    except Exception as error:
        code = _sentence(error)
    sys.exit(code)


def _sentence(error: Exception) -> int:
    from fixtures.errors import ConfigurationError, HarnessError
    from reports.document import BrokenReportError
    from reports.verdict import HARNESS_ERROR

    if isinstance(error, HarnessError):
        # Among others a row or an edition that somebody is just writing: it says itself what is missing.
        click.echo(f"conformance: harness error: {error}", err=True)
        return HARNESS_ERROR
    if not isinstance(error, ConfigurationError | BrokenReportError):
        raise error
    click.echo(f"conformance: {error}", err=True)
    return USAGE


HELP = """Judge gateways that implement the Kubernetes ExternalModel.

\b
Exit codes of run:
  0  conformant        1  nonconformant      2  usage or configuration
  3  incomplete        4  error of the suite itself
"""


def _say_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from reports import proof
        from suite import about, plan

        known = about.version()
        click.echo(proof.words(known, about.score(plan.fingerprint())))
        click.echo(f"commit {known['commit'] or 'unknown'}")
        context.exit()


@click.group(help=HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_say_version,
    help="Show the version, and what it was proved on.",
)
def cli() -> None:
    """Hold the commands together."""


def _of_a_target(command: F) -> F:
    """The options that say what is judged, and by which edition."""
    for option in reversed(
        (
            click.option("--target", default="embedded", show_default=True, help="embedded, cluster or kind."),
            click.option("--config", metavar="FILE", help="target.yaml that describes the cluster, or kind.yaml."),
            click.option(
                "--edition",
                metavar="NAME",
                help="Edition of the contract, or auto.  [default: runbook if embedded, rhoai-3.4 with kind]",
            ),
            click.option(
                "--fault", multiple=True, metavar="NAME|ID", help="Fault of the embedded gateway; repeatable."
            ),
            click.option("--variant", multiple=True, metavar="NAME|ID", help="Lawful variant of it; repeatable."),
        )
    ):
        command = option(command)
    return command


@cli.command()
@click.argument("words", nargs=-1, metavar="")
@_of_a_target
@click.option("--profile", multiple=True, metavar="NAME", help="Judge only this profile; repeatable.")
@click.option("--select", metavar="EXPR", help='Judge only a part: "EM-CRED-004", "credentials and not EM-CRED-010".')
@click.option("--workers", type=click.IntRange(1, 64), default=DEFAULT_WORKERS, show_default=True, metavar="N")
@click.option(
    "--converge",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long the gateway may take.  [default: what the target says]",
)
@click.option(
    "--repeat",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Execute every case N times, and say how often each requirement agreed with itself.",
)
@click.option(
    "--keep",
    is_flag=False,
    flag_value="always",
    default="never",
    show_default=True,
    help="Keep objects on a cluster, or the cluster made by kind: never, failed or always.",
)
@click.option("--no-admin", is_flag=True, help="Make no namespaces: use those of kubernetes.namespaces.")
@click.option("--out", metavar="DIR", help="Where the run is written.  [default: reports/runs/<run id>]")
def run(words: tuple[str, ...], workers: int, no_admin: bool, **given: Any) -> int:
    """Judge a gateway, and write the report."""
    if words:
        raise click.UsageError(f'run takes options alone; to judge a part, give --select "{" or ".join(words)}"')
    import pytest

    from fixtures.catalogue import FEATURES

    # Without tmpdir: with workers, pytest would clear away old directories of the user's own tests.
    arguments = [str(FEATURES), "-p", "no:terminal", "-p", "no:tmpdir", "-n", str(workers if workers > 1 else 0)]
    if no_admin:
        arguments.append("--no-admin")
    for name, value in given.items():
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                arguments += [f"--{name}={one}"]
    # What a user has set or installed for tests of their own must not change a verdict; a worker reads this, too.
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTEST_PLUGINS"] = ",".join(PYTEST_PLUGINS)
    return int(pytest.main(arguments))


@cli.command()
@_of_a_target
def preflight(**given: Any) -> int:
    """Check in seconds that everything is there that a run stands on."""
    from suite.looking import look

    return look(_options(**given), click.echo)


@cli.command()
@click.option("--edition", default="runbook", show_default=True, metavar="NAME")
@click.option("--fault", multiple=True, metavar="NAME|ID", help="Fault of the gateway; repeatable.")
@click.option("--variant", multiple=True, metavar="NAME|ID", help="Lawful variant of it; repeatable.")
@click.option(
    "--listen", default="127.0.0.1:0", show_default=True, help="HOST:PORT of the gateway; port 0: a free one."
)
def up(edition: str, fault: tuple[str, ...], variant: tuple[str, ...], listen: str) -> int:
    """Start the embedded target for other tools, until stopped with Ctrl-C."""
    from fixtures.catalogue import load
    from fixtures.targets.embedded import Embedded
    from suite.up import stay_up

    return stay_up(Embedded(load().edition(edition), fault, variant, prometheus=True, listen=listen), click.echo)


@cli.command()
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option(
    "--target", default="cluster", show_default=True, help="cluster or kind; the embedded target leaves nothing."
)
@click.option("--config", metavar="FILE", help="target.yaml that describes the cluster, or kind.yaml.")
@click.option("--yes", is_flag=True, help="Delete what RUN has left.")
def sweep(run_id: str | None, target: str, config: str | None, yes: bool) -> int:
    """List what runs have left on a cluster: namespaces, policies, subscriptions; with RUN and --yes, delete it.

    With --target kind, clusters that runs have made on this machine, too.
    """
    from suite import options, sweeping, sweeping_kind

    sweep_target = sweeping_kind.sweep if target == options.KIND else sweeping.sweep
    return sweep_target(_options(target=target, config=config), run_id, click.echo, delete=yes)


def _named(_: click.Context, __: click.Parameter, edition: str) -> str:
    """An edition by its name: a plan asks nothing of a cluster that could tell which one it is."""
    if edition == "auto":
        raise click.UsageError(
            "a plan is made before anything is asked of the cluster, so it cannot find out the edition; name the one "
            "that the gateway implements: conformance list editions shows them"
        )
    return edition


@cli.command()
@click.option("--edition", callback=_named, default="rhoai-3.4", show_default=True, metavar="NAME")
@click.option("--objects", is_flag=True, help="Print instead all objects that a run without any right stands on.")
@click.option("--provider", is_flag=True, help="Print instead the mock provider, where provider.deploy.namespace says.")
@click.option(
    "--config",
    metavar="FILE",
    help="target.yaml that describes the cluster, in place of the options from --mints-keys on.",
)
@click.option("--profile", multiple=True, metavar="NAME", help="With --objects: only this profile; repeatable.")
@click.option("--select", metavar="EXPR", help="With --objects: only a part, as in run.")
@click.option("--workers", type=click.IntRange(1, 64), default=DEFAULT_WORKERS, show_default=True, metavar="N")
@click.option("--account-namespace", metavar="NAME", help="Where the run's ServiceAccount is to be.")
@click.option("--mints-keys", is_flag=True, help="Scenarios mint client keys (gateway.maasApi).")
@click.option("--users-named", is_flag=True, help="For users that target.yaml names (gateway.maasApi.users).")
@click.option("--monitoring", is_flag=True, help="The profile monitoring is judged.")
@click.option("--parts", multiple=True, metavar="NAMESPACE", help="Where parts may be stopped (parts); repeatable.")
@click.option("--deploys-provider", is_flag=True, help="The run deploys the mock provider (provider.deploy).")
@click.option(
    "--provider-namespace", metavar="NAME", help="Where an administrator deploys it (provider.deploy.namespace)."
)
@click.option("--workloads", multiple=True, metavar="NAMESPACE", help="Where the gateway's Pods are; repeatable.")
@click.option("--namespace", multiple=True, help="Where the run may make objects, instead of namespaces; repeatable.")
def plan(
    edition: str,
    objects: bool,
    provider: bool,
    config: str | None,
    profile: tuple[str, ...],
    select: str | None,
    workers: int,
    account_namespace: str | None,
    mints_keys: bool,
    users_named: bool,
    monitoring: bool,
    parts: tuple[str, ...],
    deploys_provider: bool,
    provider_namespace: str | None,
    workloads: tuple[str, ...],
    namespace: tuple[str, ...],
) -> int:
    """Print what a run needs on a cluster, as YAML for an administrator: rights, objects, or the provider."""
    if objects:
        return _plan_objects(config, edition, profile, select, workers)
    if provider:
        return _plan_provider(config)
    if profile or select:
        raise click.UsageError("--profile and --select go with --objects")
    from fixtures.catalogue import load
    from fixtures.rights import Uses
    from fixtures.targets.target import ProviderServices
    from suite import planning

    named = Uses(
        mints_keys=mints_keys,
        names_users=users_named,
        deploys_provider=deploys_provider,
        provider=None if provider_namespace is None else ProviderServices(provider_namespace, stay=True),
        monitoring=monitoring,
        workloads=workloads,
        parts=parts,
        namespaces=namespace,
    )
    if config is not None and named != Uses():
        raise click.UsageError("--config says what a run does; leave out the options that say it, from --mints-keys on")
    of = load().edition(edition)
    uses = named if config is None else planning.uses_of(Path(config), of)
    if uses.deploys_provider and uses.namespaces:
        raise click.UsageError(
            "a provider that the run deploys takes namespaces of its own; with --namespace (kubernetes.namespaces) use "
            "--provider-namespace (provider.deploy.namespace)"
        )
    click.echo(planning.plan(planning.Wanted(of, account_namespace or planning.NAME, uses)), nl=False)
    return 0


def _plan_objects(config: str | None, edition: str, profiles: tuple[str, ...], select: str | None, workers: int) -> int:
    if config is None:
        raise click.UsageError("--objects needs --config target.yaml")
    from suite.plan import Wanted
    from suite.rehearsing import plan_objects

    click.echo(plan_objects(Path(config), edition, Wanted(profiles, select), workers).as_yaml(), nl=False)
    return 0


def _plan_provider(config: str | None) -> int:
    if config is None:
        raise click.UsageError("--provider needs --config target.yaml")
    from suite import planning

    click.echo(planning.provider(Path(config)), nl=False)
    return 0


@cli.command(name="list")
@click.argument(
    "what", type=click.Choice(["requirements", "scenarios", "faults", "variants", "editions", "images", "rows"])
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--edition", metavar="NAME", help="Only what holds in this edition.")
def list_(what: str, form: str, edition: str | None) -> int:
    """List requirements, scenarios, faults, variants, editions, images, or the contract study's rows (as Markdown)."""
    from suite import listing

    if what == "rows":
        from fixtures.catalogue import load
        from suite import study

        click.echo(study.as_markdown(load()), nl=False)
        return 0
    rows = listing.rows_of(what, edition)
    click.echo(listing.as_json(rows) if form == "json" else listing.as_table(rows))
    return 0


@cli.command()
@click.argument("identifier", metavar="ID")
def explain(identifier: str) -> int:
    """Explain a requirement (EM-CRED-004), a source of some (R-074), a disagreement of sources (D2), a fault (M12)."""
    from suite.explaining import explain as explain_id

    click.echo(explain_id(identifier))
    return 0


@cli.group()
def report() -> None:
    """Read reports of earlier runs; RUN is a run's id, its directory or its report.json."""


@report.command()
@click.argument("run_id", metavar="[RUN]", default="latest")
def show(run_id: str) -> int:
    """Show a run's summary again; the latest by default."""
    from reports import compare
    from reports.console import wants_colour

    click.echo(compare.show(_run_directory(run_id), wants_colour(sys.stdout, os.environ)))
    return 0


@report.command()
@click.argument("old")
@click.argument("new", default="latest")
def diff(old: str, new: str) -> int:
    """Say what changed between two runs; exit code 1 if the news is bad."""
    from reports import compare
    from reports.document import load

    difference = compare.diff(load(_run_directory(old)), load(_run_directory(new)))
    click.echo(compare.render(difference))
    return int(difference.worse)


@report.command()
@click.argument("run_id", metavar="[RUN]", default="latest")
def verify(run_id: str) -> int:
    """Judge what a run has recorded once more; exit code 1 if anything comes out differently than reported."""
    from suite.verifying import verify as verify_run

    return verify_run(_run_directory(run_id), click.echo)


@report.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@click.option("--out", metavar="DIR", help="Where the report is written.  [default: reports/runs/merged-<time>]")
def merge(run_ids: tuple[str, ...], out: str | None) -> int:
    """Make one report of several runs of one target: shards, profiles judged apart, or rounds; exits as run does."""
    from reports.console import summary, wants_colour
    from suite.merging import merge as merge_runs

    merged, directory = merge_runs([_run_directory(name) for name in run_ids], Path(out) if out else None)
    click.echo(summary(merged, wants_colour(sys.stdout, os.environ), directory))
    return merged.exit_code


def _options(target: str, config: str | None, **given: Any) -> Any:
    from suite.options import Options

    options = Options(
        target=target,
        config=Path(config) if config else None,
        edition=given.get("edition"),
        faults=given.get("fault", ()),
        variants=given.get("variant", ()),
    )
    options.check()
    return options


def _run_directory(name: str) -> Path:
    from fixtures.errors import ConfigurationError
    from suite.options import RUNS

    for path in (Path(name), RUNS / name):
        with contextlib.suppress(OSError):
            if path.exists():
                return path
    raise ConfigurationError(
        f"there is no run {name!r}; give a directory, or the name of one in {RUNS.parent.name}/runs"
    )


if __name__ == "__main__":
    main()
