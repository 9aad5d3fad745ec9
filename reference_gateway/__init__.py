"""A conforming ExternalModel gateway with named faults and variants: a program of its own (python -m reference_gateway)."""
