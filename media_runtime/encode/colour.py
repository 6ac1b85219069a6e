"""Filters that bring a picture to a rung's size and colours. Pure."""

from media_runtime.title.plan import VideoRung, VideoTrack

_SWSCALE = {"BT709": "bt709", "BT601": "bt601", "BT2020": "bt2020"}
_CURVE = {"HDR10": "smpte2084", "HLG": "arib-std-b67"}
_WHITE_NITS = 203
"""Where BT.2408 puts diffuse white in HDR, in cd/m2: it becomes white again in SDR."""


def tone_mapped(track: VideoTrack, width: int, height: int) -> str:
    """HDR to SDR at the size given; once for all SDR rungs, for it is dear: 32 bits a component."""
    named = f"tin={_CURVE[track.transfer]}:pin=2020:min=2020_ncl:rin=tv"
    # zimg refuses odd sizes of pictures with half the chroma; what scales after this does not
    width, height = width + width % 2, height + height % 2
    return ",".join(
        (
            # What comes in is named in full: zimg refuses a picture whose tags are incomplete.
            # Scaled before it is made linear, as the filters after this cost by the pixel.
            f"zscale=w={width}:h={height}:filter=bicubic:{named}:t=linear:npl={_WHITE_NITS}",
            "format=gbrpf32le",
            "zscale=p=709",
            # hable keeps detail in highlights; desat=0 keeps their colour, as graders expect
            "tonemap=tonemap=hable:desat=0",
            "zscale=t=709:m=709:r=tv",
            "format=yuv420p",
        )
    )


def to_sdr(track: VideoTrack, rung: VideoRung, *, mapped: bool) -> str:
    """Scaled, 8 bit 4:2:0, BT.709: small rungs too, whose players would else guess BT.601."""
    scale = f"scale={rung.width}:{rung.height}:flags=bicubic"
    if not mapped:
        full = "pc" if track.full_range else "tv"
        scale += f":in_range={full}:out_range=tv"
        if track.matrix != "BT709":
            # not named where it stays: a picture that has its size already is then not even copied
            scale += f":in_color_matrix={_SWSCALE[track.matrix]}:out_color_matrix=bt709"
    return f"{scale},format=yuv420p,setsar=1,{_tagged('bt709', 'bt709', 'bt709')}"


def to_hdr(track: VideoTrack, rung: VideoRung) -> str:
    """Scaled, 10 bit, the source's own curve and BT.2020."""
    tags = _tagged("bt2020nc", "bt2020", _CURVE[track.transfer])
    scale = f"scale={rung.width}:{rung.height}:flags=bicubic"
    same = ":in_color_matrix=bt2020:out_color_matrix=bt2020"
    return f"{scale}{same},format=yuv420p10le,setsar=1,{tags}"


def to_jpeg(track: VideoTrack, width: int, height: int) -> str:
    """Scaled and in JPEG's full range, with the BT.601 matrix that JFIF means."""
    matrix, bounds = _SWSCALE[track.matrix], "pc" if track.full_range else "tv"
    if track.transfer != "SDR":
        matrix, bounds = "bt709", "tv"  # tone-mapped before
    return (
        f"scale={width}:{height}:flags=bicubic:in_color_matrix={matrix}"
        f":out_color_matrix=bt601:in_range={bounds}:out_range=pc,format=yuvj420p,setsar=1"
    )


def _tagged(matrix: str, primaries: str, curve: str) -> str:
    return f"setparams=range=tv:colorspace={matrix}:color_primaries={primaries}:color_trc={curve}"
