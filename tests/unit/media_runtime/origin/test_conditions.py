"""Conditional requests and encodings."""

import pytest

from media_runtime.origin.conditions import accepts_gzip, not_modified, range_applies


@pytest.mark.parametrize("header", ['"a"', 'W/"a"', '"x", "a"', "*", ' "a" '])
def test_a_client_that_has_it_needs_no_copy(header: str) -> None:
    assert not_modified(header, '"a"')


@pytest.mark.parametrize("header", [None, "", '"b"', '"aa"', "a"])
def test_a_client_that_has_another_does(header: str | None) -> None:
    assert not not_modified(header, '"a"')


def test_a_range_applies_to_the_very_same_bytes_only() -> None:
    assert range_applies(None, '"a"')
    assert range_applies('"a"', '"a"')
    assert not range_applies('W/"a"', '"a"')
    assert not range_applies("Sun, 06 Nov 1994 08:49:37 GMT", '"a"')


@pytest.mark.parametrize(
    "header", ["gzip", "deflate, gzip;q=0.5", "*", "GZIP", "br;q=1.0, *;q=0.1"]
)
def test_gzip_is_sent_to_who_takes_it(header: str) -> None:
    assert accepts_gzip(header)


@pytest.mark.parametrize("header", [None, "", "identity", "gzip;q=0", "*;q=0", "gzip;q=0.000, *"])
def test_gzip_is_not_sent_to_others(header: str | None) -> None:
    assert not accepts_gzip(header)
