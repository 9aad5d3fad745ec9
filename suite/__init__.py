"""The conformance command and the pytest plugin that does its work."""
