"""One table of what a test run ran, from the reports that pytest leaves."""

import sys
from pathlib import Path

from lxml import etree


def counts(report: Path) -> tuple[int, int, int, float]:
    """(passed, failed, skipped, seconds) of one report."""
    suites = etree.parse(report).getroot().iter("testsuite")
    passed = failed = skipped = 0
    seconds = 0.0
    for suite in suites:
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skips = int(suite.get("skipped", 0))
        failed, skipped = failed + bad, skipped + skips
        passed += int(suite.get("tests", 0)) - bad - skips
        seconds += float(suite.get("time", 0))
    return passed, failed, skipped, seconds


def main() -> None:
    """Print a line for each suite, and the sum on a line of its own."""
    reports = sorted(Path(sys.argv[1]).glob("*.xml"))
    total = [0, 0, 0]
    print(f"\n{'suite':18} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>9}")  # noqa: T201
    for report in reports:
        passed, failed, skipped, seconds = counts(report)
        total = [a + b for a, b in zip(total, (passed, failed, skipped), strict=True)]
        print(f"{report.stem:18} {passed:7} {failed:7} {skipped:8} {seconds:9.1f}")  # noqa: T201
    print(f"\n{total[0]} passed, {total[1]} failed, {total[2]} skipped")  # noqa: T201


if __name__ == "__main__":
    main()
