"""A track tells by the clock alone how late its encoder is."""

from fractions import Fraction

import pytest

from .shows import MSN, History, track

THREE_PARTS = track(History(parts=3))
FOURTH_IS_OVER = MSN * 2 + Fraction(33, 25)


@pytest.mark.parametrize(
    ("late", "told"), [(Fraction(-1), 0), (Fraction(0), 0), (Fraction(7, 2), Fraction(7, 2))]
)
def test_an_encoder_is_late_from_when_its_next_part_could_have_been_had(
    late: Fraction, told: Fraction
) -> None:
    assert THREE_PARTS.behind(FOURTH_IS_OVER + late) == told


def test_a_channel_that_ended_is_never_late() -> None:
    assert track(History(parts=3, ended=True)).behind(FOURTH_IS_OVER + 3600) == 0
