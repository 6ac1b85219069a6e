"""The RFC 6381 `codecs` parameter of a header, as playlists and MPDs must say it. Pure."""

from .boxes import Box, Malformed
from .header import Header


def codecs_string(header: Header) -> str:
    """As "avc1.64001f". Each codec's own binding to ISO BMFF says how its string is made."""
    kind = header.kind.decode("ascii")
    match kind:
        case "avc1" | "avc3":
            # ISO/IEC 14496-15: profile, compatibility and level, in hex
            return f"{kind}.{header.configuration(b'avcC').body[1:4].hex()}"
        case "hvc1" | "hev1":
            return f"{kind}.{_hevc(header.configuration(b'hvcC'))}"
        case "vp09":
            return f"{kind}.{_vp9(header.configuration(b'vpcC'))}"
        case "av01":
            return f"{kind}.{_av1(header.configuration(b'av1C'))}"
        case "mp4a":
            return f"{kind}.40.{_aac_object_type(header.configuration(b'esds'))}"
        case "Opus" | "ec-3" | "ac-3" | "fLaC":
            return "opus" if kind == "Opus" else kind
        case _:
            raise Malformed(f"no codecs string is known for {kind!r}")


def _hevc(hvcc: Box) -> str:
    """ISO/IEC 14496-15 annex E.3."""
    first = hvcc.number(1, 1)
    space, tier, profile = first >> 6, first >> 5 & 1, first & 31
    # the compatibility flags are written with their bits reversed
    flags = int(f"{hvcc.number(2, 4):032b}"[::-1], 2)
    constraints = bytes(hvcc.body[6:12]).rstrip(b"\0")
    level = hvcc.number(12, 1)
    parts = [
        f"{('', 'A', 'B', 'C')[space]}{profile}",
        f"{flags:X}",
        f"{'LH'[tier]}{level}",
        *(f"{byte:X}" for byte in constraints),
    ]
    return ".".join(parts)


def _vp9(vpcc: Box) -> str:
    """VP Codec ISO Media File Format Binding: profile, level, bit depth are mandatory."""
    return f"{vpcc.number(4, 1):02d}.{vpcc.number(5, 1):02d}.{vpcc.number(6, 1) >> 4:02d}"


def _av1(av1c: Box) -> str:
    """AV1 Codec ISO Media File Format Binding section 5: profile, level and tier, bit depth."""
    second, third = av1c.number(1, 1), av1c.number(2, 1)
    profile, level, tier = second >> 5, second & 31, "MH"[third >> 7]
    high, twelve = third >> 6 & 1, third >> 5 & 1
    depth = 8 + 2 * high + 2 * (twelve if profile == 2 and high else 0)
    return f"{profile}.{level:02d}{tier}.{depth:02d}"


def _aac_object_type(esds: Box) -> int:
    """The audioObjectType of the AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1)."""
    at, content = 4, esds.body
    fixed = {0x03: 3, 0x04: 13}  # bytes of fields before the descriptors inside
    while at + 2 < len(content):
        tag, at = content[at], at + 1
        while content[at] & 0x80:  # lengths are of 7 bits a byte
            at += 1
        at += 1
        if tag == 0x05:
            kind = content[at] >> 3
            return kind if kind < 31 else 32 + ((content[at] & 7) << 3 | content[at + 1] >> 5)
        at += fixed.get(tag, len(content))
    raise Malformed("esds without an AudioSpecificConfig")
