"""Tables and verdicts are text that a person can trust."""

import pytest

from bench.table import Finding, Table, Verdict, figure, put_between_marks, wrapped


def test_a_table_has_its_words_left_and_its_figures_right() -> None:
    table = Table("Seconds", ("who", "wall", "CPU"), (("ours", "1.0", "2.0"),))
    assert table.markdown().splitlines() == [
        "**Seconds**",
        "",
        "| who | wall | CPU |",
        "| --- | ---: | ---: |",
        "| ours | 1.0 | 2.0 |",
    ]


@pytest.mark.parametrize(("measured", "word"), [(1.29, "met"), (1.3, "met"), (1.31, "**missed**")])
def test_a_target_is_met_up_to_its_limit(measured: float, word: str) -> None:
    said = Verdict("wall clock, at most 1.3", measured, 1.3).markdown()
    assert said.endswith(f", {word}.")


@pytest.mark.parametrize(
    ("value", "text"), [(0.04567, "0.05"), (9.987, "9.99"), (12.34, "12.3"), (1234.5, "1234")]
)
def test_figures_keep_the_digits_that_count(value: float, text: str) -> None:
    assert figure(value) == text


def test_a_new_result_replaces_the_one_before_and_nothing_else() -> None:
    page = "# Page\n\nwords\n"
    first = put_between_marks(page, "job", "one")
    other = put_between_marks(first, "edit", "two")
    again = put_between_marks(other, "job", r"three \1")
    assert again == other.replace("one", r"three \1")
    assert again.startswith(page)


def test_what_json_tells_includes_whether_targets_were_met() -> None:
    found = Finding("job", "A job", "about", (), (Verdict("wall", 2.0, 1.3),))
    assert found.document()["verdicts"] == [
        {"target": "wall", "measured": 2.0, "at_most": 1.3, "unit": "", "met": False}
    ]


def test_a_long_command_is_the_same_command_on_several_lines() -> None:
    argv = ["ffmpeg", *(word for n in range(20) for word in (f"-flag{n}", f"value{n}"))]
    text = wrapped(argv)
    assert len(text.splitlines()) > 2
    assert all(len(line) <= 98 for line in text.splitlines())
    assert text.replace("\\\n", " ").split() == argv
