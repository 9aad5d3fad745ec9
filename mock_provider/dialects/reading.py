"""What every dialect reads of a request in the same way, and what it refuses before it looks at the body."""

from __future__ import annotations

from mock_provider.dialects import Ask, Operation, Refusal
from mock_provider.identities import Identity
from mock_provider.received import ReceivedRequest, json_object


def ask_of(request: ReceivedRequest, identity: Identity | None, operation: Operation | None) -> Ask:
    """Return what is asked, the model as the body names it; a body that was too large to be kept says nothing."""
    document = json_object(request.body) if request.body and not request.too_large else None
    model: object = (document or {}).get("model")
    return Ask(
        request=request,
        identity=identity,
        operation=operation,
        document=document,
        model=model if isinstance(model, str) else None,
        streamed=(document or {}).get("stream") is True,
    )


def early_refusals(ask: Ask, identity: Identity) -> list[Refusal]:
    """Check in the order body size, path, credential."""
    found: list[Refusal] = []
    if ask.request.too_large:
        found.append(Refusal("size", "too_large"))
    if ask.operation is None:
        found.append(Refusal("path", "unknown_path"))
    if not identity.accepts_credential(ask.request):
        missing = identity.presented(ask.request) is None
        found.append(Refusal("credential", "missing_key" if missing else "incorrect_key"))
    return found
