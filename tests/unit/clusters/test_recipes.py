"""An image's tag follows its inputs, and nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clusters.recipes import CLUSTER_IMAGES, PLATFORM_IMAGES, RECIPES, Inputs, tag, with_bases

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "images", tmp_path / "images")
    for name in ("crds", "operators", "media_runtime"):
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "main.py").write_text(f'"""{name}"""\n')
    tmp_path.joinpath("requirements").mkdir()
    for name in ("operator.txt", "media.txt"):
        tmp_path.joinpath("requirements", name).write_text("aiohttp==3\n")
    return tmp_path


def tags(root: Path, compiler: str = "go1") -> dict[str, str]:
    inputs = Inputs(root, debian="bookworm", compiler=compiler)
    return {name: tag(name, inputs) for name in RECIPES}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_the_same_inputs_give_the_same_tags(checkout: Path) -> None:
    assert tags(checkout) == tags(checkout)
    assert all(len(value) == 12 for value in tags(checkout).values())


def test_an_edited_operator_rebuilds_the_operator_alone(checkout: Path) -> None:
    before = tags(checkout)
    checkout.joinpath("operators", "main.py").write_text("x = 1\n")
    assert changed(before, tags(checkout)) == {"operator"}


def test_an_edited_encoder_leaves_the_gateway_that_publishers_are_on_alone(checkout: Path) -> None:
    before = tags(checkout)
    checkout.joinpath("media_runtime", "main.py").write_text("x = 1\n")
    assert changed(before, tags(checkout)) == {"media", "origin"}


def test_the_gateway_s_image_holds_all_of_ours_that_it_imports() -> None:
    script = "import sys, media_runtime.contribution.main; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    ours = [name for name in ran.stdout.split() if name.split(".")[0] in {"media_runtime", "crds"}]
    held = RECIPES["contribution"].sources
    for name in ours:
        path = name.replace(".", "/")
        files = {f"{path}.py", f"{path}/__init__.py"}
        assert files & set(held) or path.startswith(held), f"{name} is not in the image"


def test_what_python_leaves_behind_rebuilds_nothing(checkout: Path) -> None:
    before = tags(checkout)
    checkout.joinpath("crds", "__pycache__").mkdir()
    checkout.joinpath("crds", "__pycache__", "main.cpython-311.pyc").write_bytes(b"\0")
    assert tags(checkout) == before


def test_an_edited_base_rebuilds_all_that_stand_on_it(checkout: Path) -> None:
    before = tags(checkout)
    with checkout.joinpath("images", "python", "Dockerfile").open("a") as dockerfile:
        dockerfile.write("ENV A=1\n")
    assert changed(before, tags(checkout)) == {
        *("python", "operator", "media", "origin", "contribution"),
    }


def test_another_compiler_rebuilds_what_holds_our_programs(checkout: Path) -> None:
    rebuilt = changed(tags(checkout), tags(checkout, compiler="go2"))
    assert rebuilt == {name for name, recipe in RECIPES.items() if recipe.programs}


def test_a_base_is_built_before_what_stands_on_it() -> None:
    order = with_bases((*CLUSTER_IMAGES, *PLATFORM_IMAGES))
    for name in order:
        base = RECIPES[name].base
        assert base is None or order.index(base) < order.index(name)
