"""Amazon Bedrock's OpenAI-compatible endpoint: OpenAI's shape and errors, with the headers of AWS.

The error texts are OpenAI's: no capture of Bedrock's own was at hand.
"""

from __future__ import annotations

import uuid

from mock_provider.dialects import Stamp
from mock_provider.dialects.openai import OpenAIDialect
from mock_provider.dialects.openai_frames import Flavour, Headers, identifying_headers


def bedrock_openai() -> OpenAIDialect:
    """Return the dialect."""
    return OpenAIDialect(Flavour(headers=_headers))


def _headers(stamp: Stamp) -> Headers:
    request = str(uuid.uuid5(uuid.NAMESPACE_OID, stamp.receipt))
    return (("x-amzn-requestid", request), *identifying_headers(stamp))
