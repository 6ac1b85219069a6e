"""What an input's URI may be."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.failure import Refused
from media_runtime.fetch.address import may_reach, networks
from media_runtime.fetch.uri import ObjectInput, WebInput, parsed


def asked(uri: str, *allow: str) -> ObjectInput | WebInput:
    return parsed(uri, bucket="bucket", tenant="demo", allow=networks(allow))


@pytest.mark.parametrize("key", ["demo/uploads/film.mp4", "demo/-i", "demo/a%20b", "demo/ä/..x"])
def test_an_object_of_the_tenant_is_accepted(key: str) -> None:
    assert asked(f"s3://bucket/{key}") == ObjectInput(key)


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket/other/film",
        "s3://bucket/demonstration/film",
        "s3://bucket/demo",
        "s3://bucket/demo/",
        "s3://other/demo/film",
        "s3://bucket/demo/../other/film",
        "s3://bucket/demo/./film",
        "s3://bucket/demo//film",
        "s3://bucket/demo/%2e%2e/other/film",
        "s3://bucket/demo/%2E%2E%2Fother",
        "s3://bucket/demo/%252e%252e/other",
        "s3://bucket/demo/..%5cother",
        "s3://bucket/demo/film%00",
        "s3://bucket/demo/film%0a",
        "s3://bucket/demo/film\x00",
        "s3://bucket/demo/film\n",
        "s3:/bucket/demo/film",
        "S3://bucket/demo/film",
        "",
        "film.mp4",
        "-i",
        "../film.mp4",
        "/etc/passwd",
        "\\\\server\\share",
        "file:///etc/passwd",
        "file:film",
        "fd:0",
        "pipe:0",
        "ftp://media.example/film",
        "concat:a|b",
        "subfile,,start,0,end,0,,:/etc/passwd",
        "data:video/mp4;base64,AAAA",
        "rtmp://media.example/app",
        "crypto:film",
        "https:media.example/film",
        "https:///film",
        "https://",
        "https://media.example:port/film",
        "https://media..example/film",
        "https://" + "a" * 3000,
        "http://media.example/film",
    ],
)
def test_anything_else_is_unsafe_and_told_what_is_accepted(uri: str) -> None:
    with pytest.raises(Refused, match="accepted are s3://bucket/demo/") as refused:
        asked(uri)
    assert refused.value.reason == "InputUnsafe"


def test_the_web_is_accepted_by_https() -> None:
    found = asked("https://media.example:8443/film.mp4?token=a&b=c")
    assert isinstance(found, WebInput)
    assert (found.host, found.plain) == ("media.example", False)


def test_http_is_accepted_where_the_platform_allows_the_network() -> None:
    assert isinstance(asked("http://10.1.2.3/film", "10.1.0.0/16"), WebInput)
    with pytest.raises(Refused):
        asked("http://10.2.2.3/film", "10.1.0.0/16")
    with pytest.raises(Refused):
        asked("http://8.8.8.8/film", "10.1.0.0/16")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_may_be_reached(address: str) -> None:
    assert may_reach(ip_address(address), ())


@pytest.mark.parametrize("address", ["fec0::1", "64:ff9b:1:a00:0:100:808:808", "fe80::1", "::1"])
def test_what_only_looks_public_may_not(address: str) -> None:
    assert not may_reach(ip_address(address), ())


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_private_address_may_not_in_any_guise(address: object) -> None:
    number = int(ip_address(str(address)))
    guises = [
        str(address),
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"64:ff9b:1::{address}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
    ]
    assert not [guise for guise in guises if may_reach(ip_address(guise), ())]


def test_a_network_that_is_allowed_may_be_reached_in_any_guise() -> None:
    allow = networks(("10.0.0.0/8", "fd00::/8"))
    assert may_reach(ip_address("10.1.2.3"), allow)
    assert may_reach(ip_address("::ffff:10.1.2.3"), allow)
    assert may_reach(ip_address("fd00::1"), allow)
    assert not may_reach(ip_address("192.168.0.1"), allow)
