"""Small films for tests, each made by ffmpeg's own generators the first time it is asked for."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Clips:
    folder: Path
    recipes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def made(self, name: str, *arguments: str) -> Path:
        """`name` in the folder; ffmpeg's arguments without the output. One recipe a name."""
        file = self.folder / name
        if self.recipes.setdefault(name, arguments) != arguments:
            raise ValueError(f"{name} has another recipe already")
        if not file.exists():
            part = self.folder / f"part-{name}"
            subprocess.run(
                ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments, str(part)],
                check=True,
            )
            part.rename(file)
        return file

    def film(
        self,
        name: str = "film.mp4",
        *flags: str,
        size: str = "320x180",
        rate: str = "25",
        seconds: float = 6,
        sound: bool = True,
    ) -> Path:
        """H.264 with a key frame each two seconds, and a tone."""
        tone = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}") if sound else ()
        return self.made(
            name,
            *("-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"),
            *tone,
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *("-force_key_frames", "expr:gte(t,n_forced*2)", "-c:a", "aac"),
            *flags,
        )

    def bytes_as(self, name: str, content: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content)
        return file
