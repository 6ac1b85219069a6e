"""The `streamverse` command, also `kubectl streamverse`: what a person types."""
