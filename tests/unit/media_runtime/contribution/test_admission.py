"""Whether a publisher is let in, from what several pods said."""

import pytest

from media_runtime.contribution.admission import judge
from media_runtime.live.line import ADMITTED, Reason, Verdict


def no(reason: Reason) -> Verdict:
    return Verdict(admitted=False, reason=reason)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ([ADMITTED], ADMITTED),
        ([ADMITTED, None], ADMITTED),
        ([None, None], None),
        ([], None),
        ([ADMITTED, no("InUse")], no("InUse")),
        ([no("InUse"), no("WrongKey"), ADMITTED], no("WrongKey")),
        ([no("WrongProtocol"), None], no("WrongProtocol")),
    ],
)
def test_any_refusal_is_one_and_silence_is_none(
    said: list[Verdict | None], verdict: Verdict | None
) -> None:
    assert judge(said) == verdict
