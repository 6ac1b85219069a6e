"""Conditional requests and content negotiation (RFC 9110 sections 12.5.3, 13.1): pure decisions."""

import re

_TAG = re.compile(r'(?:W/)?("[^"]*")')


def not_modified(if_none_match: str | None, etag: str) -> bool:
    """Section 13.1.2, by weak comparison: the client has this already."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)


def range_applies(if_range: str | None, etag: str) -> bool:
    """Section 13.1.5, by strong comparison; a date never matches, for none is given out."""
    return if_range is None or if_range.strip() == etag


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Section 12.5.3: named, or covered by *, and not with a weight of 0."""
    weights = dict(_coding(item) for item in (accept_encoding or "").lower().split(","))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _coding(item: str) -> tuple[str, float]:
    name, _, parameter = item.partition(";")
    weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
    return name.strip(), float(weight[1]) if weight else 1.0
