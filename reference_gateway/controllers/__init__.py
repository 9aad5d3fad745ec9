"""The controllers: they turn Kubernetes objects into the gateway's state."""
