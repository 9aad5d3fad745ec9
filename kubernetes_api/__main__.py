"""The command: serve the embedded Kubernetes API, or start the real one that KUBEBUILDER_ASSETS names."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from kubernetes_api.errors import UsageError
from kubernetes_api.lifecycle import run_until_stopped, serve_embedded, serve_real


def main() -> int:
    """Run until stopped; return the exit code: 0, or 2 for a usage error."""
    parser = argparse.ArgumentParser(prog="python -m kubernetes_api", description=__doc__)
    parser.add_argument(
        "--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="address to serve on; port 0: a free one"
    )
    parser.add_argument(
        "--directory", required=True, type=Path, metavar="DIR", help="where the kubeconfig and all data go"
    )
    parser.add_argument("--exit-with-stdin", action="store_true", help="exit when stdin ends")
    arguments = parser.parse_args()
    assets = os.environ.get("KUBEBUILDER_ASSETS", "")
    try:
        arguments.directory.mkdir(parents=True, exist_ok=True)
        directory = arguments.directory.resolve()
        if assets:
            work = serve_real(directory, arguments.listen, Path(assets))
        else:
            work = serve_embedded(directory, arguments.listen)
        asyncio.run(run_until_stopped(work, exit_with_stdin=arguments.exit_with_stdin))
    except (UsageError, OSError) as error:
        print(f"kubernetes_api: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
