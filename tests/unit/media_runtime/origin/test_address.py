"""How titles are named in URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.origin.address import Address
from media_runtime.title.layout import Layout


def test_a_title_is_named_by_tenant_and_name() -> None:
    assert Address.parse("demo.pilot") == Address("demo", "pilot")


def test_a_name_may_come_without_its_tenant() -> None:
    assert Address.parse("pilot") == Address("", "pilot")


def test_path_parameters_are_not_part_of_the_name() -> None:
    assert Address.parse("demo.pilot;URISigningPackage=a.b-c_d;x=1") == Address(
        "demo", "pilot", ";URISigningPackage=a.b-c_d;x=1"
    )


NO_NAMES = [
    ".",
    "..",
    "demo.",
    ".pilot",
    "a.b.c",
    "Demo.pilot",
    "demo.pi_lot",
    "-a",
    "a-",
    "demo.-a",
    "demo/pilot",
    "demo.%2e%2e",
    "dämo.pilot",
]


@pytest.mark.parametrize("asset", ["", "demo.pilot\n", "demo.pil\x00ot", "a" * 64, *NO_NAMES])
def test_what_is_no_name_is_refused(asset: str) -> None:
    assert Address.parse(asset) is None


@given(st.text())
def test_no_name_leads_out_of_its_folder(asset: str) -> None:
    found = Address.parse(asset)
    if found and found.tenant:
        key = Layout(found.tenant).publication(found.name)
        assert key.split("/") == [found.tenant, "published", f"{found.name}.json"]
        assert ".." not in key
