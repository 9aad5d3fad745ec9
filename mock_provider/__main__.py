"""Entry point of `python -m mock_provider`."""

from __future__ import annotations

import sys

from mock_provider.command import main

if __name__ == "__main__":
    sys.exit(main())
