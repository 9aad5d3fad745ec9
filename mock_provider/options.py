"""The command line of `python -m mock_provider`, checked as far as it can be without listening."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

_DEFAULT_ADDRESS = "127.0.0.1:0"


class UsageError(Exception):
    """Bad input; the text is one sentence that says what is wrong and what to do."""


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 asks for a free one. `option` is the option that said so."""

    option: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class DomainCertificate:
    """What clients are shown that ask for a host below a domain."""

    domain: str
    certificate: Path
    private_key: Path


@dataclass(frozen=True)
class Options:
    """What the command line asks for. `tls` and `http2` are None where there is no such listener."""

    control: Address
    plain: Address
    tls: Address | None
    http2: Address | None
    certificate: Path | None
    private_key: Path | None
    receipt_secret: bytes | None
    control_token: str | None
    journal_limit: int
    exit_with_stdin: bool
    more_certificates: tuple[DomainCertificate, ...] = ()


def parse(arguments: list[str]) -> Options:
    """Parse the command line.

    Raises:
        UsageError: if options contradict each other or a file cannot be read.
    """
    given = _parser().parse_args(arguments)
    if (given.certificate is None) != (given.private_key is None):
        raise UsageError("--certificate and --private-key belong together: give both or neither.")
    if given.tls and not given.certificate:
        raise UsageError("--tls needs a certificate: give --certificate and --private-key too.")
    if given.journal_limit < 1:
        raise UsageError("--journal-limit must be at least 1.")
    tls = given.tls or (_DEFAULT_ADDRESS if given.certificate else None)
    return Options(
        control=_address("--control", given.control),
        plain=_address("--plain", given.plain),
        tls=_address("--tls", tls) if tls else None,
        http2=_address("--http2", given.http2) if given.http2 else None,
        certificate=given.certificate,
        private_key=given.private_key,
        receipt_secret=_secret("--receipt-secret-file", given.receipt_secret_file),
        control_token=_token("--control-token-file", given.control_token_file),
        journal_limit=given.journal_limit,
        exit_with_stdin=given.exit_with_stdin,
        more_certificates=tuple(
            DomainCertificate(domain.lower(), Path(certificate), Path(private_key))
            for domain, certificate, private_key in given.certificate_for
        ),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mock_provider",
        description="A mock OpenAI provider that is set up, scripted and read through a control API of its own.",
        epilog="When it listens it prints one line of JSON with the addresses. A port of 0 asks for a free one.",
    )
    address = "HOST:PORT"
    parser.add_argument("--control", default=_DEFAULT_ADDRESS, help="control API (%(default)s)", metavar=address)
    parser.add_argument("--plain", default=_DEFAULT_ADDRESS, help="HTTP/1.1 (%(default)s)", metavar=address)
    parser.add_argument("--tls", help="HTTP/1.1 over TLS (127.0.0.1:0 with a certificate)", metavar=address)
    parser.add_argument("--http2", help="HTTP/2, with TLS and without on one port (none)", metavar=address)
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="certificate chain, PEM")
    parser.add_argument("--private-key", type=Path, metavar="FILE", help="its private key, PEM")
    parser.add_argument(
        "--certificate-for",
        nargs=3,
        action="append",
        default=[],
        metavar=("DOMAIN", "FILE", "KEYFILE"),
        help="another certificate for hosts below a domain; may be repeated",
    )
    parser.add_argument("--receipt-secret-file", type=Path, metavar="FILE", help="secret of receipts (random)")
    parser.add_argument(
        "--control-token-file", type=Path, metavar="FILE", help="bearer token that the control API asks"
    )
    parser.add_argument("--journal-limit", type=int, default=20_000, metavar="N", help="arrivals kept (%(default)s)")
    parser.add_argument("--exit-with-stdin", action="store_true", help="exit when standard input ends")
    return parser


def _address(option: str, text: str) -> Address:
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+)):(\d{1,5})", text)
    if match is None or int(match.group(3)) > 65535:
        raise UsageError(f"{option} must be HOST:PORT, for example {_DEFAULT_ADDRESS}, and not {text!r}.")
    return Address(option, match.group(1) or match.group(2), int(match.group(3)))


def _secret(option: str, path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"{option}: cannot read {path}: {error.strerror}.") from error
    if not secret:
        raise UsageError(f"{option}: {path} is empty; put a secret into it.")
    return secret


def _token(option: str, path: Path | None) -> str | None:
    secret = _secret(option, path)
    try:
        return None if secret is None else secret.decode("ascii")
    except UnicodeDecodeError as error:
        raise UsageError(f"{option}: {path} must hold ASCII text only.") from error
