"""What runs in media pods: it knows nothing of Kubernetes."""
