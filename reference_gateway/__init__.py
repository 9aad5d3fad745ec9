"""A conforming ExternalModel gateway: Kubernetes controllers, a real Envoy and its external processor, with named faults."""
