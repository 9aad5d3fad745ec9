"""Every dialect, by the name that an identity gives."""

from __future__ import annotations

from collections.abc import Mapping

from mock_provider.dialects import Dialect
from mock_provider.dialects.anthropic import AnthropicDialect
from mock_provider.dialects.azure_openai import azure_openai
from mock_provider.dialects.bedrock_openai import bedrock_openai
from mock_provider.dialects.openai import OpenAIDialect
from mock_provider.dialects.vertex_openai import vertex_openai
from mock_provider.identities import DialectName


def all_dialects() -> Mapping[DialectName, Dialect]:
    """Return one of each."""
    return {
        "openai": OpenAIDialect(),
        "anthropic": AnthropicDialect(),
        "azure-openai": azure_openai(),
        "bedrock-openai": bedrock_openai(),
        "vertex-openai": vertex_openai(),
    }
