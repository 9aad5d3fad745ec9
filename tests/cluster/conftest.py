"""One vendor's side for each Kubernetes API that is to be had here, and all tests that do not ask for more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.vendor import EDITION, FLAVOURS, REAL, Vendor, vendor

collect_ignore = [] if REAL in FLAVOURS else ["test_rights.py"]
"""What only an API server with RBAC can tell."""


@pytest.fixture(scope="package", params=FLAVOURS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendor]:
    with vendor(tmp_path_factory.mktemp("vendor"), request.param, EDITION) as running:
        yield running
