"""The external processor: decides about each request and tells Envoy."""
