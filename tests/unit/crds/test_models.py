"""What the models promise to those who build on them."""

from crds.v1alpha1 import Condition, TranscodeJobStatus


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
