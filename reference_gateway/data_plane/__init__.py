"""The data plane: Envoy, its configuration, and the service that hands it out."""
