"""What the models promise to those who build on them."""

from crds.v1alpha1 import Condition, EncodingProfileSpec, TranscodeJobStatus

RUNG = {"name": "240p", "maxHeight": 240, "bitrateKbps": 400}


def ladder(**changes: object) -> EncodingProfileSpec:
    return EncodingProfileSpec.model_validate({"renditions": [RUNG], **changes})


def test_a_ladder_is_named_by_what_it_makes() -> None:
    assert ladder().digest() != ladder(segmentDurationMillis=6000).digest()
    assert ladder().digest() != ladder(renditions=[{**RUNG, "bitrateKbps": 500}]).digest()


def test_saying_a_default_aloud_changes_no_digest() -> None:
    assert ladder().digest() == ladder(segmentDurationMillis=4000, encoder="Auto").digest()


def test_a_digest_is_the_same_in_every_process_and_version() -> None:
    # Were it not, an upgraded operator would encode every title anew.
    assert ladder().digest() == "7ce77e07f69ed12e"


def test_a_long_message_is_cut_and_not_refused() -> None:
    condition = Condition.ready("False", "EncodeFailed", "x" * 5000)
    assert len(condition.message) == 1024
    assert condition.message.endswith("…")


def test_warnings_are_cut_to_what_status_holds() -> None:
    status = TranscodeJobStatus.model_validate({"warnings": ["w" * 500] * 50})
    assert [len(w) for w in status.warnings] == [256] * 20


def test_a_condition_is_found_by_its_type() -> None:
    ready = Condition.ready("True", "Complete", "")
    status = TranscodeJobStatus(conditions=(ready,))
    assert status.condition("Ready") == ready
    assert status.condition("Failed") is None
