"""The operators: they converge Kubernetes towards what resources wish for, and touch no media."""
