"""How a listener is called."""

import pytest

from media_runtime.failure import Refused
from media_runtime.live.inputs.caller import Listener, call_argv, listener

STUDIO = Listener("studio.example", 9000, (("streamid", "a/b"), ("latency", "250")))


def value_of(argv: list[str], flag: str) -> str:
    return argv[argv.index(flag) + 1]


def test_an_address_tells_host_port_and_options() -> None:
    assert listener("srt://studio.example:9000?mode=caller&streamid=a%2Fb&latency=250") == STUDIO


@pytest.mark.parametrize(
    "uri",
    [
        "http://studio.example:9000",
        "srt://studio.example",
        "srt://:9000",
        "srt://user@studio.example:9000",
        "srt://studio.example:9000/path",
        "srt://studio.example:9000?mode=listener",
        "srt://studio.example:9000?passphrase=in-the-spec",
        "srt://studio.example:99999",
        "srt://studio.example:9000?timeout=1",
    ],
)
def test_other_addresses_and_options_are_refused(uri: str) -> None:
    with pytest.raises(Refused):
        listener(uri)


def test_the_address_that_was_judged_is_called_and_no_name() -> None:
    assert value_of(call_argv(STUDIO, "192.0.2.5", None), "-i") == "srt://192.0.2.5:9000"
    assert value_of(call_argv(STUDIO, "2001:db8::5", None), "-i") == "srt://[2001:db8::5]:9000"


def test_a_passphrase_is_no_part_of_the_address() -> None:
    argv = call_argv(STUDIO, "192.0.2.5", "long-enough-1")
    assert value_of(argv, "-passphrase") == "long-enough-1"
    assert "long-enough" not in value_of(argv, "-i")
    assert "-passphrase" not in call_argv(STUDIO, "192.0.2.5", None)


def test_nothing_but_srt_is_spoken_and_nothing_is_guessed() -> None:
    argv = call_argv(STUDIO, "192.0.2.5", None)
    assert value_of(argv, "-protocol_whitelist") == "srt,udp"
    assert value_of(argv, "-f") == "data"
    assert value_of(argv, "-latency") == "250000"
