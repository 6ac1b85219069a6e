"""Kubernetes in Docker, where a Docker engine is there."""
