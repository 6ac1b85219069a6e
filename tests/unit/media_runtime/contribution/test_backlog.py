"""What waits for a pod is bounded, and what it gets can always be decoded."""

from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.backlog import Backlog
from media_runtime.contribution.unit import Entry, Unit

ENTRY = Entry(header=b"H", prelude=b"P")


def key(data: bytes = b"k") -> Unit:
    return Unit(data, ENTRY)


def inter(data: bytes = b"i") -> Unit:
    return Unit(data)


def test_a_line_begins_at_a_key_frame_with_header_and_prelude() -> None:
    backlog = Backlog(100)
    for unit in (inter(), inter(), key(), inter(), key()):
        backlog.put(unit)
    assert backlog.take() == b"HPkik"
    assert backlog.dropped_bytes == 0


def test_too_much_is_dropped_up_to_the_next_key_frame_and_the_header_comes_once() -> None:
    backlog = Backlog(10)
    backlog.put(key())
    assert backlog.take() == b"HPk"
    for _ in range(11):
        backlog.put(inter())
    assert backlog.take() == b""
    backlog.put(inter())
    backlog.put(key())
    backlog.put(inter())
    assert backlog.take() == b"Pki"
    assert backlog.dropped_bytes == 12


def test_a_header_that_was_dropped_before_it_was_sent_comes_again() -> None:
    backlog = Backlog(10)
    backlog.put(key())
    backlog.put(inter(b"i" * 9))
    backlog.put(key())
    assert backlog.take() == b"HPk"


def test_one_key_frame_larger_than_the_bound_still_passes() -> None:
    backlog = Backlog(10)
    backlog.put(key(b"k" * 50))
    assert backlog.take() == b"HP" + b"k" * 50


units = st.builds(
    lambda size, entry: Unit(b"x" * size, ENTRY if entry else None),
    st.integers(1, 30),
    st.booleans(),
)


@given(st.lists(units | st.none(), max_size=60))
def test_never_more_waits_than_the_bound_and_one_unit(steps: list[Unit | None]) -> None:
    backlog, sent = Backlog(40), b""
    for unit in steps:
        if unit is None:
            sent += backlog.take()
        else:
            backlog.put(unit)
        assert len(backlog) <= 40 + 30 + 2
    sent += backlog.take()
    assert sent.count(b"H") <= 1
    assert not sent or sent.startswith(b"HP")
