"""Which provider answers to a name. Each is imported only when it is chosen."""

from .cache import Cache
from .provider import Provider, ProviderName


def provider(name: ProviderName, cache: Cache) -> Provider:
    """The provider of that name."""
    match name:
        case ProviderName.KIND:
            from .kind.provider import KindProvider  # noqa: PLC0415 - one of three is used

            return KindProvider(cache)
        case ProviderName.EXISTING:
            from .existing.provider import ExistingProvider  # noqa: PLC0415

            return ExistingProvider(cache)
        case ProviderName.LOCAL:
            from .local.provider import LocalProvider  # noqa: PLC0415

            return LocalProvider(cache)
