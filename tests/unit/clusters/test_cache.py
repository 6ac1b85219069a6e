"""Links that are followed while they are changed, and the machine that has nothing yet."""

import re
from pathlib import Path

from clusters.cache import point
from clusters.local.packages import BUILDERS, PACKAGES, TEST_PACKAGES

ROOT = Path(__file__).parents[3]


def test_a_link_follows_the_newest_target(tmp_path: Path) -> None:
    for name in ("first", "second", "second"):
        tmp_path.joinpath(name).touch()
        point(tmp_path / "bin" / "npm", tmp_path / name)
        assert tmp_path.joinpath("bin", "npm").resolve().name == name
    assert [path.name for path in tmp_path.joinpath("bin").iterdir()] == ["npm"]


def test_whoever_fetches_go_modules_has_certificates_to_trust() -> None:
    assert all("ca-certificates" in needed for needed in (BUILDERS, PACKAGES, TEST_PACKAGES))


def test_the_tests_of_the_page_find_npm_where_make_looks_for_it() -> None:
    makefile = ROOT.joinpath("Makefile").read_text()
    assert "browser: export PATH := $(CACHE)/bin:$(PATH)" in makefile


def test_each_kind_of_test_has_its_programs_made_first() -> None:
    makefile = ROOT.joinpath("Makefile").read_text()
    for target in ("check", "unit", "media", "browser", "apiserver", "e2e", "soak"):
        needed = re.search(rf"^{target}: (?!export)([^#\n]*)", makefile, re.MULTILINE)
        assert needed
        assert "tools" in needed[1].split(), target
