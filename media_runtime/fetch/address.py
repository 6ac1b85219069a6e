"""Which network addresses user input may be fetched from. Pure."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LAST_32_BITS = (
    IPv6Network("::/96"),
    IPv6Network("64:ff9b::/96"),
)
"""Prefixes with an IPv4 address at their end: compatible (RFC 4291 2.5.5.1), NAT64 (RFC 6052)."""

_NOWHERE_PUBLIC = (
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("fec0::/10"),
)
"""A network's own NAT64 (RFC 8215: where its IPv4 address lies is that network's choice) and the
old site-local addresses (RFC 3879), which Python takes for global."""


def networks(cidrs: tuple[str, ...]) -> tuple[Network, ...]:
    """Raises ValueError for what is no network."""
    return tuple(ip_network(cidr, strict=False) for cidr in cidrs)


def meant(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one carries, else itself; None if it tunnels to nobody knows.

    Mapped (RFC 4291 2.5.5.2), 6to4 (RFC 3056) and the prefixes above: a packet to any of these may
    arrive at the IPv4 address inside, so it is that one that must be judged.
    """
    if isinstance(address, IPv4Address):
        return address
    if address.scope_id is not None or address.teredo is not None:
        return None
    if any(address in prefix for prefix in _NOWHERE_PUBLIC):
        return None
    tunnelled = any(address in prefix for prefix in _LAST_32_BITS) and int(address) > 1
    last = IPv4Address(int(address) & 0xFFFFFFFF) if tunnelled else None
    return address.ipv4_mapped or address.sixtofour or last or address


def may_reach(address: Address, allow: tuple[Network, ...]) -> bool:
    """Whether it is on the public internet, or in a network that the order allows."""
    target = meant(address)
    if target is None:
        return False
    return within(target, allow) or (
        target.is_global and not target.is_multicast and not target.is_reserved
    )


def within(address: Address, allow: tuple[Network, ...]) -> bool:
    target = meant(address)
    return target is not None and any(
        target.version == network.version and target in network for network in allow
    )
