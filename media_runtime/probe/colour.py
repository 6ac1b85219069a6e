"""How a source's picture is coloured: matrix, range and how an HDR one was graded. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from media_runtime.title.plan import Mastering

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from media_runtime.title.plan import Transfer

    Json = Mapping[str, Any]
    Matrix = Literal["BT709", "BT601", "BT2020"]

_MATRICES: dict[str, Matrix] = {
    "bt709": "BT709",
    "smpte170m": "BT601",
    "bt470bg": "BT601",
    "fcc": "BT601",
    "bt2020nc": "BT2020",
    "bt2020c": "BT2020",
}
_CHROMATICITY = 50_000
_LUMINANCE = 10_000


def matrix(stream: Json, transfer: Transfer) -> Matrix:
    told = _MATRICES.get(str(stream.get("color_space")))
    if told is not None:
        return told
    if transfer != "SDR":
        return "BT2020"
    return "BT709" if stream["width"] > 1024 or stream["height"] > 576 else "BT601"


def is_full_range(stream: Json) -> bool:
    return stream.get("color_range") == "pc" or str(stream.get("pix_fmt", "")).startswith("yuvj")


def mastering(side_data: Iterable[Json]) -> Mastering | None:
    """From a stream's or a frame's side data, as ffprobe prints it; None if it is not told."""
    graded = light = None
    for item in side_data:
        kind = item.get("side_data_type")
        if kind == "Mastering display metadata":
            graded = item
        elif kind == "Content light level metadata":
            light = item
    if graded is None:
        return None
    try:
        return Mastering(
            green=_point(graded, "green"),
            blue=_point(graded, "blue"),
            red=_point(graded, "red"),
            white=_point(graded, "white_point"),
            luminance=(
                _scaled(graded["max_luminance"], _LUMINANCE),
                _scaled(graded["min_luminance"], _LUMINANCE),
            ),
            max_cll=int((light or {}).get("max_content", 0)),
            max_fall=int((light or {}).get("max_average", 0)),
        )
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _point(item: Json, name: str) -> tuple[int, int]:
    return _scaled(item[f"{name}_x"], _CHROMATICITY), _scaled(item[f"{name}_y"], _CHROMATICITY)


def _scaled(ratio: str, unit: int) -> int:
    return round(Fraction(ratio) * unit)
