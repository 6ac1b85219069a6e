"""What the ladders cost and how like the source they are, in tables. Pure."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Outcome:
    """What everybody made of one source."""

    source: str
    rounds: Rounds[Cost]
    likenesses: Mapping[str, Mapping[str, Likeness]]
    """Rung by rung, contender by contender."""
    kinds: Mapping[str, float]
    """Our CPU by kind of step, in the last round."""

    def ratio(self, ours: str, peer: str) -> Spread:
        return self.rounds.ratio(ours, peer, _cpu)


def report(outcomes: Sequence[Outcome], *, seconds: int, busy: float) -> Finding:
    count = len(outcomes[0].rounds.results[OURS])
    return Finding(
        name="ladder",
        title="CPU of a ladder",
        about=(
            f"{seconds} s of 720p25 to four rungs of H.264 (240p 400k, 360p 800k, 480p 1400k, "
            "720p 2500k; preset veryfast, a key frame every 2 s) and stereo AAC. Ours: probe, "
            "encode, publish, as processes over a store in a folder. Encoding includes "
            "verification: every rung is decoded again, which no peer does; the second row is "
            "without what that took, measured on the same bytes. CPU is user and system time of a "
            f"process and all its children. {count} rounds, the contenders in turn; median (least "
            "to greatest)."
        ),
        tables=tuple(table for outcome in outcomes for table in _tables(outcome)),
        verdicts=tuple(verdict for outcome in outcomes for verdict in _verdicts(outcome)),
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


def _tables(outcome: Outcome) -> tuple[Table, ...]:
    def row(name: str) -> tuple[str, ...]:
        ours = name in {OURS, BARE}
        ratios = ("" if ours else outcome.ratio(us, name).text(2) for us in (OURS, BARE))
        return name, outcome.rounds.of(name, _cpu).text(), *ratios

    alike = (OURS, ONE, SHAKA)
    return (
        Table(
            f"CPU; {outcome.source}",
            ("contender", "CPU s", "ours / this", "ours unverified / this"),
            tuple(row(name) for name in (OURS, BARE, EACH, ONE, SHAKA)),
        ),
        Table(
            f"SSIM against the scaled source, mean (the lowest second), and kbit/s; "
            f"{outcome.source}",
            ("rung", *alike),
            tuple(
                (rung, *(_likeness(found[name]) for name in alike))
                for rung, found in outcome.likenesses.items()
            ),
        ),
        Table(
            f"Where our CPU goes, last round; {outcome.source}",
            ("step", "CPU s"),
            tuple((kind, figure(value)) for kind, value in outcome.kinds.items()),
        ),
    )


def _verdicts(outcome: Outcome) -> list[Verdict]:
    found = []
    for peer, words, limit in ((EACH, "1/1.3", 1 / 1.3), (SHAKA, "1.0", 1.0)):
        for ours in (OURS, BARE):
            target = f"CPU of {ours} / {peer}, at most {words}; {outcome.source}"
            found.append(Verdict(target, outcome.ratio(ours, peer).median, limit))
    worst = max(rung[SHAKA].mean - rung[OURS].mean for rung in outcome.likenesses.values())
    target = f"SSIM of a rung below shaka-streamer's, by at most 0; {outcome.source}"
    return [*found, Verdict(target, worst, 0.0)]


def _cpu(cost: Cost) -> float:
    return cost.cpu_seconds


def _likeness(found: Likeness) -> str:
    return f"{found.mean:.4f} ({found.lowest_second:.3f}), {found.kbps:.0f}"


def _command() -> str:
    argv = bare_ffmpeg.one_for_all("film.mp4", FOUR_RUNGS, "out")
    return wrapped(bare_ffmpeg.shown(argv))
