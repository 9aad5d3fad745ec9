"""The embedded Kubernetes API: a small, verified stand-in for kube-apiserver, or the real one; a program of its own."""
