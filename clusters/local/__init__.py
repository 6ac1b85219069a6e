"""A real Kubernetes on this machine: no Docker engine, no systemd, no image registry."""
