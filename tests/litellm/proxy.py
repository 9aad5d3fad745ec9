"""A LiteLLM proxy while it runs: the endpoint of the runbook's example."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from kubernetes_api.ports import free_port
from tests.litellm.environment import litellm_program

READY_SECONDS = 300.0
"""It imports for ten seconds on an idle machine."""
MODEL = "gpt-of-litellm"
UPSTREAM_MODEL = "gpt-upstream"
ENVIRONMENT = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""All that it inherits: none of the keys that may lie about in a developer's environment."""


@dataclass(frozen=True)
class LiteLLM:
    """Where it listens, and what it writes about each request."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests(self) -> int:
        """How many chat completions it was asked for, whatever became of them."""
        return self.log.read_text(encoding="utf-8", errors="replace").count("POST /v1/chat/completions")


@contextmanager
def litellm(directory: Path, api_base: str, upstream_key: str, master_key: str) -> Iterator[LiteLLM]:
    """Start it before a provider, and stop it."""
    port = free_port()
    model = {"model": f"openai/{UPSTREAM_MODEL}", "api_base": api_base, "api_key": upstream_key}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": model}],
        "general_settings": {"master_key": master_key},
        "litellm_settings": {"num_retries": 0, "request_timeout": 20, "telemetry": False},
    }
    path, log = directory / "config.yaml", directory / "litellm.log"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    environment |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DISABLE_ADMIN_UI": "True", "HOME": str(directory)}
    arguments = ["--config", str(path), "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [litellm_program(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=directory,
        )
        try:
            proxy = LiteLLM(port, log)
            _wait_until_ready(proxy)
            yield proxy
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_ready(proxy: LiteLLM) -> None:
    waiting = Retrying(
        stop=stop_after_delay(READY_SECONDS),
        wait=wait_fixed(0.3),
        retry=retry_if_exception_type(httpx.TransportError),
        reraise=True,
    )
    waiting(lambda: httpx.get(f"{proxy.url}/health/liveliness", trust_env=False, timeout=5.0))
