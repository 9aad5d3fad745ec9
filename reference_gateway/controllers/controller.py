"""The loop that all controllers share: take a key, reconcile it, try again later if that failed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import urllib3

from reference_gateway.kubernetes_access import ApiError
from reference_gateway.values import Key
from reference_gateway.workqueue import WorkQueue

log = logging.getLogger(__name__)


class Controller:
    """Calls `reconcile` with each key that was added, in one thread of its own."""

    def __init__(self, name: str, reconcile: Callable[[Key], None], delay: float = 0.0) -> None:
        self.name = name
        self._reconcile = reconcile
        self._delay = delay
        self._queue: WorkQueue[Key] = WorkQueue()
        self._resting = False
        self._thread = threading.Thread(target=self._run, name=f"controller {name}", daemon=True)

    def add(self, key: Key) -> None:
        """Have a key reconciled soon: at once, or after the controller's delay; never, while the controller rests."""
        if not self._resting:
            self._queue.add(key, self._delay)

    def rest(self) -> None:
        """Be as if the program were down: forget what is to be done, and hear of no change until `resume`."""
        self._resting = True
        self._queue.clear()

    def resume(self) -> None:
        """Hear of changes again; what has happened meanwhile must be added by somebody who looks."""
        self._resting = False

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until everything that was added is reconciled; False if the time is up first."""
        return self._queue.wait_until_idle(seconds)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the current key and end."""
        self._queue.close()

    def _run(self) -> None:
        while (key := self._queue.get()) is not None:
            try:
                self._reconcile(key)
            except (ApiError, urllib3.exceptions.HTTPError) as error:
                log.warning("%s: %s failed and will be tried again: %s", self.name, key, error)
                self._failed(key)
            except Exception as error:
                # One broken object must not end the controller for all others. Only the type: the text may quote data.
                log.error("%s: %s failed with %s", self.name, key, type(error).__name__)
                self._failed(key)
            else:
                self._queue.done(key)

    def _failed(self, key: Key) -> None:
        if self._resting:
            self._queue.done(key)
        else:
            self._queue.failed(key)
