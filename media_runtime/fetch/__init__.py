"""Safe fetching: what may be an input, pinned once, and read in parts."""

from .pin import Pinned, pin
from .ranges import fetch_excerpt, fetch_ranges, fetch_whole, key_of, read_pinned

__all__ = ["Pinned", "fetch_excerpt", "fetch_ranges", "fetch_whole", "key_of", "pin", "read_pinned"]
