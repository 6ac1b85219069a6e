"""An EncodingProfile: its ladder as it was written."""

from rich.console import RenderableType
from rich.table import Table

from crds.v1alpha1 import EncodingProfile

from .blocks import conditions, facts, given, headline, stack, what_to_do


def profile_picture(profile: EncodingProfile) -> RenderableType:
    spec, status = profile.spec, profile.status
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("rung", "codec", "up to", "at most fps", "kbps", "HDR"):
        table.add_column(column)
    for rung in spec.renditions:
        table.add_row(
            rung.name,
            rung.codec,
            f"{rung.max_height} lines",
            str(rung.max_frame_rate),
            str(rung.bitrate_kbps),
            rung.hdr,
        )
    sound = ", ".join(f"{a.name} {a.codec} {a.bitrate_kbps} kbps" for a in spec.audio)
    return stack(
        headline(profile),
        what_to_do(profile),
        facts(
            [
                ("segments", f"{spec.segment_duration_millis} ms"),
                ("GOP", f"{spec.gop_duration_millis} ms"),
                ("sound", sound or "none"),
                ("ladder", table),
                ("state", given(status, lambda s: conditions(s.conditions))),
            ]
        ),
    )
