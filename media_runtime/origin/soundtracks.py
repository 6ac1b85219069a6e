"""Which audio renditions are one soundtrack at several qualities, as HLS and DASH must know it."""

from dataclasses import dataclass

from media_runtime.title.index import AudioIndex

from .language import Language, language


@dataclass(frozen=True)
class Soundtrack:
    """One stream of the source in each quality that was made of it, in the profile's order."""

    label: str
    """Unique in the title."""
    language: Language
    qualities: tuple[AudioIndex, ...]


def soundtracks(audio: tuple[AudioIndex, ...]) -> list[Soundtrack]:
    """In the order of the plan; two of one language are told apart by a number."""
    streams: dict[int | None, list[AudioIndex]] = {}
    for track in audio:
        streams.setdefault(track.rendition.stream, []).append(track)
    found: list[Soundtrack] = []
    for qualities in streams.values():
        spoken = language(qualities[0].rendition.language)
        label, same = spoken.label, sum(s.language == spoken for s in found)
        found.append(
            Soundtrack(
                label=f"{label} {same + 1}" if same else label,
                language=spoken,
                qualities=tuple(qualities),
            )
        )
    return found


def groups(audio: tuple[AudioIndex, ...]) -> dict[str, list[tuple[Soundtrack, AudioIndex]]]:
    """HLS rendition groups: every group has every soundtrack (RFC 8216 section 4.3.4.1.1).

    Group n holds the n-th quality of each soundtrack; one with fewer stays at its last.
    """
    tracks = soundtracks(audio)
    depth = max((len(t.qualities) for t in tracks), default=0)
    return {
        f"audio-{n}": [(t, t.qualities[min(n, len(t.qualities) - 1)]) for t in tracks]
        for n in range(depth)
    }
