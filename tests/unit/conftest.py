"""How hypothesis searches in the soak: other examples on every run, and no stopwatch."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "search",
    settings.get_profile("default"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
