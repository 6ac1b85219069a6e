"""A value has one name."""

from crds.v1alpha1 import EncodingProfileSpec
from operators.canonical import digest8, hash_of

RUNG = {"name": "240p", "maxHeight": 240, "bitrateKbps": 400}


def test_what_is_left_at_its_default_renames_nothing() -> None:
    short = EncodingProfileSpec.model_validate({"renditions": [RUNG]})
    long = EncodingProfileSpec.model_validate(
        {"encoder": "Auto", "renditions": [{**RUNG, "codec": "H264"}], "gopDurationMillis": 2000}
    )
    assert hash_of(short) == hash_of(long)


def test_another_ladder_has_another_name() -> None:
    one = EncodingProfileSpec.model_validate({"renditions": [RUNG]})
    other = EncodingProfileSpec.model_validate({"renditions": [{**RUNG, "bitrateKbps": 500}]})
    assert hash_of(one) != hash_of(other)


def test_words_are_not_run_together() -> None:
    assert digest8("ab", "c") != digest8("a", "bc")
