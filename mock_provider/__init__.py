"""The mock OpenAI provider: a program of its own (python -m mock_provider)."""
