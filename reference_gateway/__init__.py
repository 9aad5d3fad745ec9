"""A conforming ExternalModel gateway, with named faults: controllers, a real Envoy and its external processor."""
