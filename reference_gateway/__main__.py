"""`python -m reference_gateway`."""

from __future__ import annotations

from reference_gateway.command import main

if __name__ == "__main__":
    main(prog_name="python -m reference_gateway")
