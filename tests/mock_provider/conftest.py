"""One provider for all tests of this folder: they keep apart by hosts and nonces, as scenarios do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.mock_provider.running import Running, running

RECEIPT_SECRET = "receipt-secret-of-the-tests"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with cert.pem, key.pem and ca.pem for tls.example and 127.0.0.1."""
    folder = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("tls.example", "127.0.0.1")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    other = trustme.CA().issue_cert("*.other.example")
    other.private_key_and_cert_chain_pem.write_to_path(str(folder / "other.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return folder


@pytest.fixture(scope="session")
def provider(certificate: Path) -> Iterator[Running]:
    secret = certificate / "receipt-secret"
    secret.write_text(RECEIPT_SECRET)
    files = ("--certificate", str(certificate / "cert.pem"), "--private-key", str(certificate / "key.pem"))
    other = ("--certificate-for", "other.example", str(certificate / "other.pem"), str(certificate / "other.pem"))
    options = ("--http2", "127.0.0.1:0", "--receipt-secret-file", str(secret))
    with running(*files, *other, *options, authority=certificate / "ca.pem") as provider:
        yield provider


@pytest.fixture
def nonce() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def host(provider: Running, nonce: str) -> str:
    """Return the host of a fresh identity that knows model-a and one key."""
    host = f"h{nonce[:12]}.example"
    provider.add_identity(host)
    return host
