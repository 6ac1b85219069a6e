"""`python -m bench [NAME…] [--quick] [-o json]`: run benchmarks, print tables, keep them."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clusters.cache import ROOT

from . import machine
from .table import Finding, put_between_marks

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {
    "job": "job",
    "ladder": "ladder",
    "playable": "playable",
    "edit": "edit",
    "operator": "operator_race",
    "latency": "live_latency",
    "live-cpu": "live_cpu",
    "viewers": "live_viewers",
}
NAMES = tuple(MODULES)
PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small and once: to see that it runs")
    parser.add_argument("-o", "--output", choices=("markdown", "json"), default="markdown")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    # or what was started goes on without us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    findings = []
    for name in asked.names or NAMES:
        sys.stderr.write(f"bench: {name}\n")
        found: Finding = importlib.import_module(f"bench.{MODULES[name]}").bench(quick=asked.quick)
        findings.append(found)
        if asked.output == "markdown":
            sys.stdout.write(f"{found.markdown()}\n\n")
        if not asked.quick:
            keep(found, PAGE)
    if asked.output == "json":
        documents = [found.document() for found in findings]
        json.dump({"machine": machine.in_words(), "findings": documents}, sys.stdout, indent=2)
    return 0


def keep(found: Finding, page: Path) -> None:
    """Into the page, between its marks; small runs are never kept."""
    day = datetime.now(UTC).date().isoformat()
    text = f"{found.markdown()}\n\nMeasured {day} on {machine.in_words()}."
    page.write_text(put_between_marks(page.read_text(), found.name, text))


if __name__ == "__main__":
    sys.exit(main())
