"""Which provider answers to a name. Each is imported only when it is chosen."""

from .cache import Cache
from .provider import Provider, ProviderName


def provider(name: ProviderName, cache: Cache) -> Provider:
    """The provider of that name."""
    del name
    from .local.provider import LocalProvider  # noqa: PLC0415 - one of three is used

    return LocalProvider(cache)
