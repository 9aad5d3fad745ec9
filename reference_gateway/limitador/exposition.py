"""Limitador's metrics in Prometheus' text format, and the little server that shows them at ``/metrics``.

Written out here, because client libraries will have a counter end in ``_total``, and Limitador's do not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from reference_gateway.behaviour import Behaviour
from reference_gateway.limitador.counters import Labels, Limitador

COUNTERS = {
    "authorized_calls": "Authorized calls",
    "authorized_hits": "Authorized hits",
    "limited_calls": "Limited calls",
}
LATENCY_BUCKETS = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf")


class MetricsServer:
    """Serves the metrics in threads of its own."""

    def __init__(self, limitador: Limitador, behaviour: Behaviour, host: str) -> None:
        class Handler(_Handler):
            def page(self) -> str:
                return exposition(limitador, behaviour)

            def type(self) -> str:
                return behaviour.exposition_type()

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self.address = f"{host}:{self._server.server_port}"
        """HOST:PORT that it listens on."""

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def page(self) -> str:
        """The text of ``/metrics``."""
        raise NotImplementedError

    def type(self) -> str:
        """Its media type."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer a scraper."""
        found = self.path.partition("?")[0] == "/metrics"
        content = (self.page() if found else "not found\n").encode()
        self.send_response(HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", self.type())
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep scrapes out of the log: there is one every few seconds."""


def exposition(limitador: Limitador, behaviour: Behaviour) -> str:
    """Everything, as of now."""
    lines: list[str] = []
    for name, words in COUNTERS.items():
        shown = behaviour.metric_name(name)
        lines += [f"# HELP {shown} {words}", f"# TYPE {shown} counter"]
        lines += [f"{shown}{_labels(labels)} {value}" for labels, value in limitador.series(name).items()]
    lines += _gauge("limitador_up", "Limitador is running", behaviour.limitador_up())
    lines += _gauge("datastore_partitioned", "Limitador is partitioned from backing datastore", 0)
    lines += _latency()
    for name, labels, value in behaviour.more_series():
        lines.append(f"{name}{_labels(_sorted(labels))} {value}")
    return "\n".join(lines) + "\n"


def _gauge(name: str, words: str, value: int) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"


def _latency() -> Sequence[str]:
    """A histogram in which nothing was observed: counters are in memory, there is no datastore to be late."""
    name = "datastore_latency"
    head = [f"# HELP {name} Latency to the underlying counter datastore", f"# TYPE {name} histogram"]
    buckets = [f'{name}_bucket{{le="{bound}"}} 0' for bound in LATENCY_BUCKETS]
    return [*head, *buckets, f"{name}_sum 0", f"{name}_count 0"]


def _sorted(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


@cache
def _labels(labels: Labels) -> str:
    """As they stand in every scrape from their first on: most series are of models that are gone."""
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
