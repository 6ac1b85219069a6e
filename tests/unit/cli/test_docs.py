"""The documents say what is true, as far as a program can tell."""

import re
from pathlib import Path

import pytest

from cli.exits import EXITS_HELP, Exit
from cli.main import COMMANDS
from crds.v1alpha1 import KINDS

ROOT = Path(__file__).parents[3]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", path.read_text())):
        if "://" not in link and not link.startswith("#"):
            target = path.parent / link.partition("#")[0]
            assert target.exists(), f"{path.name} links to {link}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.kind)
def test_every_reason_is_in_the_troubleshooting(kind: type) -> None:
    reasons = {str(r) for guide in kind.guide.values() for r in guide.reasons}  # type: ignore[attr-defined]
    assert reasons
    assert not [r for r in sorted(reasons) if f"`{r}`" not in OPERATIONS]


def test_every_exit_code_is_documented() -> None:
    for code in Exit:
        assert re.search(rf"^\| {code.value} \|", OPERATIONS, re.MULTILINE)
        assert re.search(rf"\b{code.value} ", EXITS_HELP)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_is_named_exists(path: Path) -> None:
    assert _spoken(path.read_text()) <= set(COMMANDS)


def _spoken(text: str) -> set[str]:
    """Words after `streamverse` where it is surely the command: in code."""
    code = "\n".join(FENCE.findall(text)) + "\n".join(re.findall(r"`[^`]+`", text))
    found = re.findall(r"(?:^|[\s`(/])(?:\.venv/bin/)?streamverse ([a-z]+)\b", code, re.MULTILINE)
    return set(found) - {"charts"}  # helm upgrade streamverse charts/streamverse
