"""What the ladders cost and how like the source they are, in tables. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bare_ffmpeg
from .cost import Cost
from .ladders import FOUR_RUNGS
from .rounds import Rounds, Spread
from .table import Finding, Table, Verdict, figure, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .likeness import Likeness

OURS = "StreamVerse, all steps"
BARE = "StreamVerse without verification"
EACH = "one ffmpeg for each rung"
ONE = "one ffmpeg for all rungs"
SHAKA = "shaka-streamer"


def with_bare(rounds: Rounds[Cost], verifying: Sequence[float]) -> Rounds[Cost]:
    """Ours once more, less what decoding every rung again took, which no peer does."""
    bare = [
        Cost(cost.wall_seconds, cost.cpu_seconds - less)
        for cost, less in zip(rounds.results[OURS], verifying, strict=True)
    ]
    return Rounds({**rounds.results, BARE: bare})


def report(
    rounds: Rounds[Cost],
    likenesses: Mapping[str, Mapping[str, Likeness]],
    kinds: Mapping[str, float],
    *,
    seconds: int,
    busy: float,
) -> Finding:
    alike = (OURS, ONE, SHAKA)
    worst = max(found[SHAKA].mean - found[OURS].mean for found in likenesses.values())
    against = {
        (ours, peer): rounds.ratio(ours, peer, _cpu)
        for ours in (OURS, BARE)
        for peer in (EACH, ONE, SHAKA)
    }

    def row(name: str) -> tuple[str, ...]:
        ratios = (
            against[ours, name].text(2) if (ours, name) in against else "" for ours in (OURS, BARE)
        )
        wall = "" if name == BARE else rounds.of(name, lambda cost: cost.wall_seconds).text()
        return name, rounds.of(name, _cpu).text(), *ratios, wall

    return Finding(
        name="ladder",
        title="CPU of a ladder",
        about=(
            f"{seconds} s of 720p25 to four rungs of H.264 (240p 400k, 360p 800k, 480p 1400k, "
            "720p 2500k; preset veryfast, a key frame every 2 s) and stereo AAC. Ours: probe, "
            "encode, publish, as processes over a store in a folder. Encoding includes "
            "verification: every rung is decoded again, which no peer does; the second row is "
            "without what that took, measured on the same bytes. CPU is user and system time of a "
            f"process and all its children. {len(rounds.results[OURS])} rounds, the contenders in "
            "turn; median (least to greatest)."
        ),
        tables=(
            Table(
                "CPU",
                ("contender", "CPU s", "ours / this", "ours unverified / this", "wall s"),
                tuple(row(name) for name in (OURS, BARE, EACH, ONE, SHAKA)),
            ),
            Table(
                "SSIM against the scaled source, mean (the lowest second), and kbit/s",
                ("rung", *alike),
                tuple(
                    (rung, *(_likeness(found[name]) for name in alike))
                    for rung, found in likenesses.items()
                ),
            ),
            Table(
                "Where our CPU goes (last round)",
                ("step", "CPU s"),
                tuple((kind, figure(value)) for kind, value in kinds.items()),
            ),
        ),
        verdicts=_verdicts(against, worst),
        notes=(f"The machine was busy by {busy:.0f} % of one core just before.",),
        commands=(
            ("Ours", "python -m bench ladder"),
            ("One ffmpeg for all", _command()),
            (
                "shaka-streamer 1.5.1, its preset changed from slow to veryfast (bench/shaka.py)",
                "shaka-streamer -i input.yaml -p pipeline.yaml -c bitrates.yaml -o out",
            ),
        ),
    )


def _verdicts(against: Mapping[tuple[str, str], Spread], worst: float) -> tuple[Verdict, ...]:
    found = []
    for peer, words, limit in ((EACH, "1/1.3", 1 / 1.3), (SHAKA, "1.0", 1.0)):
        for ours in (OURS, BARE):
            target = f"CPU of {ours} / {peer}, at most {words}"
            found.append(Verdict(target, against[ours, peer].median, limit))
    likeness = "SSIM of a rung below shaka-streamer's, by at most 0"
    return (*found, Verdict(likeness, worst, 0.0))


def _cpu(cost: Cost) -> float:
    return cost.cpu_seconds


def _likeness(found: Likeness) -> str:
    return f"{found.mean:.4f} ({found.lowest_second:.3f}), {found.kbps:.0f}"


def _command() -> str:
    argv = bare_ffmpeg.one_for_all("film.mp4", FOUR_RUNGS, "out")
    return wrapped(bare_ffmpeg.shown(argv))
