"""Live channels at the origin: one request upstream for all who ask, whichever pod is on air."""
