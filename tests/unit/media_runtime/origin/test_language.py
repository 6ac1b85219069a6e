"""From a file's language codes to a player's."""

import pytest

from media_runtime.origin.language import Language, language


@pytest.mark.parametrize(
    ("code", "tag", "label"),
    [
        ("eng", "en", "English"),
        ("ger", "de", "Deutsch"),
        ("deu", "de", "Deutsch"),
        ("pt-BR", "pt-br", "Português"),
        ("EN", "en", "English"),
        ("gsw", "gsw", "gsw"),
        ("und", "", "Audio"),
        ("", "", "Audio"),
    ],
)
def test_the_shortest_tag_is_told(code: str, tag: str, label: str) -> None:
    assert language(code) == Language(tag, label)
