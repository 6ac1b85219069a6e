"""Channel: a Deployment that stays on air, a Service that leads to it, and what it tells."""
