"""What makes no sense together is refused in one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.errors import ConfigurationError
from suite import options
from suite.options import Options

pytest_plugins = ["pytester"]
CONFIG = Path("target.yaml")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Options(target="clutser"), "unknown target 'clutser'; there are: embedded, cluster, kind"),
        (Options(keep="maybe"), "--keep takes never, failed, always; not 'maybe'"),
        (Options(config=CONFIG), "--config describes a cluster; give --target cluster, or --target kind, with it"),
        (Options(keep="failed"), "the embedded target ends with the run, so --keep keeps nothing; start one with"),
        (Options(target="cluster"), "--target cluster needs --config target.yaml"),
        (
            Options(target="cluster", config=CONFIG, faults=("M06",)),
            "--fault and --variant change the reference gateway; they need --target embedded",
        ),
        (
            Options(target="cluster", config=CONFIG, variants=("status-400",)),
            "--fault and --variant change the reference gateway; they need --target embedded",
        ),
    ],
)
def test_refusals(asked: Options, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        asked.check()

    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "asked",
    [
        Options(),
        Options(faults=("M06",), variants=("status-400",), profiles=("access",), select="EM-CRED"),
        Options(target="cluster", config=CONFIG, keep="always", edition="auto"),
    ],
)
def test_what_makes_sense(asked: Options) -> None:
    asked.check()


def test_the_options_of_pytest_are_all_there(pytester: pytest.Pytester) -> None:
    given = (
        "--target=cluster --config=target.yaml --edition=auto --profile=access --profile=monitoring --select=EM-CRED "
        "--fault=M06 --fault=M07 --variant=status-400 --keep=failed --out=somewhere"
    )
    assert options.of(pytester.parseconfig("-p", "suite.plugin", *given.split())) == Options(
        target="cluster",
        config=CONFIG,
        edition="auto",
        profiles=("access", "monitoring"),
        select="EM-CRED",
        faults=("M06", "M07"),
        variants=("status-400",),
        keep="failed",
        out=Path("somewhere"),
    )


def test_nothing_asked_for_is_the_default(pytester: pytest.Pytester) -> None:
    assert options.of(pytester.parseconfig("-p", "suite.plugin")) == Options()


@pytest.mark.parametrize("option", ["--alluredir=x", "--cucumberjson=x", "--generate-missing", "--junitxml=x"])
def test_output_that_would_contradict_the_report_is_refused(pytester: pytest.Pytester, option: str) -> None:
    asked = options.of(pytester.parseconfig("-p", "suite.plugin", option))

    with pytest.raises(ConfigurationError, match=f"^{option.partition('=')[0]} has no place in a conformance run: it "):
        asked.check()
