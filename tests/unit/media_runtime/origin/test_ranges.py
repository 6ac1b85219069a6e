"""Which bytes a Range header asks for (RFC 9110 section 14.1.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.origin.ranges import ByteSpan, Unsatisfiable, wanted


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", ByteSpan(0, 1)),
        ("bytes=0-", ByteSpan(0, 100)),
        ("bytes=40-59", ByteSpan(40, 60)),
        ("bytes=90-1000", ByteSpan(90, 100)),
        ("bytes=-10", ByteSpan(90, 100)),
        ("bytes=-1000", ByteSpan(0, 100)),
        ("BYTES = 1-2", ByteSpan(1, 3)),
    ],
)
def test_one_range_is_cut_to_what_there_is(header: str, span: ByteSpan) -> None:
    assert wanted(header, 100) == span


@pytest.mark.parametrize(
    "header",
    [None, "", "bytes=", "bytes=-", "bytes=5-4", "items=0-1", "bytes=0-1,5-6", "bytes=a-b"],
)
def test_what_is_no_single_range_is_not_honoured(header: str | None) -> None:
    assert wanted(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted(header, 100)


@given(st.text(), st.integers(0, 10**12))
def test_a_span_is_never_empty_and_never_beyond_the_end(header: str, size: int) -> None:
    try:
        span = wanted(f"bytes={header}", size)
    except Unsatisfiable:
        return
    assert span is None or 0 <= span.start < span.end <= size
