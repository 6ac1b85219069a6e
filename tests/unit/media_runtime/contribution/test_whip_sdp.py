"""An offer is judged before it is read by anything larger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.refusal import PublisherRefused
from media_runtime.contribution.whip.sdp import answered, judged

HEAD = ["v=0", "o=- 1 2 IN IP4 0.0.0.0", "s=-", "t=0 0"]
VIDEO = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 H264/90000"]
AUDIO = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2"]


def sdp(*lines: str) -> str:
    return "\r\n".join(lines) + "\r\n"


def test_candidates_of_the_publisher_are_left_out() -> None:
    told = ["a=candidate:1 1 udp 1 10.96.0.1 6443 typ host", "a=end-of-candidates"]
    assert judged(sdp(*HEAD, *VIDEO, *told, *AUDIO)) == sdp(*HEAD, *VIDEO, *AUDIO)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "no SDP"),
        (HEAD, "no SDP"),
        ([*HEAD, *VIDEO, *VIDEO], "more than one video"),
        ([*HEAD, *AUDIO * 5], "no SDP"),
        ([*HEAD, "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 AV1/90000"], "h264 or vp8"),
        ([*HEAD, "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=rtpmap:0 PCMU/8000"], "opus"),
        ([*HEAD, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"], "neither"),
    ],
)
def test_what_cannot_be_carried_is_refused_with_what_to_do(lines: list[str], why: str) -> None:
    with pytest.raises(PublisherRefused, match=why):
        judged(sdp(*lines))


@given(st.text(max_size=200))
def test_any_text_is_an_offer_or_refused(text: str) -> None:
    try:
        judged(text)
    except PublisherRefused:
        return


def test_an_answer_names_the_addresses_that_publishers_know() -> None:
    own = "a=candidate:0 1 udp 2130706431 10.244.0.7 40000 typ host"
    known = answered(sdp(*HEAD, own), ["203.0.113.1", "203.0.113.2"]).splitlines()
    assert known[4:] == [
        "a=candidate:0 1 udp 2130706431 203.0.113.1 40000 typ host",
        "a=candidate:0 1 udp 2130706431 203.0.113.2 40000 typ host",
    ]
    assert answered(sdp(*HEAD, own), []) == sdp(*HEAD, own)
