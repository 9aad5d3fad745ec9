"""The keys that were minted, in memory: found by value, never shown again."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable
from dataclasses import replace

from reference_gateway.access.values import ClientKey, User
from reference_gateway.values import Key


class KeyStore:
    """Thread-safe. Keeps a digest of each value; a value is `<prefix><id>_<secret>`."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._lock = threading.Lock()
        self._keys: dict[str, ClientKey] = {}

    def mint(
        self, owner: User, subscription: Key, name: str, description: str, created: float, expires: float
    ) -> tuple[ClientKey, str]:
        """A new key, and its value, which nobody can ask for again."""
        id_ = secrets.token_hex(8)
        value = f"{self._prefix}{id_}_{secrets.token_hex(24)}"
        key = ClientKey(id_, _digest(value), owner, subscription, name, description, created, expires)
        with self._lock:
            self._keys[id_] = key
        return key, value

    def find(self, value: str) -> ClientKey | None:
        """The key with this value, whatever its state."""
        key = self._keys.get(value.removeprefix(self._prefix).partition("_")[0])
        if key is None or not secrets.compare_digest(key.digest, _digest(value)):
            return None
        return key

    def get(self, id_: str) -> ClientKey | None:
        """The key with this id, whatever its state."""
        return self._keys.get(id_)

    def of(self, owner: User) -> list[ClientKey]:
        """Somebody's keys, the oldest first."""
        with self._lock:
            return [key for key in self._keys.values() if key.owner.name == owner.name]

    def revoke(self, keys: Iterable[ClientKey]) -> None:
        """End the use of keys, for good."""
        with self._lock:
            for key in keys:
                self._keys[key.id] = replace(key, revoked=True)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
