"""A Secret as it is mounted: links to files, beside hidden folders of the kubelet's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def text_of(folder: Path) -> dict[str, str]:
    """Its keys and their text, as they are now; empty if nothing is mounted there."""
    if not folder.is_dir():
        return {}
    return {
        file.name: file.read_text()
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith(".")
    }
