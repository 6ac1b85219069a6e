"""Where encoders publish to, as the chart installs it."""

from base64 import b64decode
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import pytest

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
Run = Callable[..., CompletedProcess[str]]

NAME = "streamverse-contribution"


def of(manifests: list[Manifest], kind: str, name: str = NAME) -> Manifest:
    return next(m for m in manifests if (m["kind"], m["metadata"]["name"]) == (kind, name))


def environment(manifests: list[Manifest], workload: str) -> dict[str, str]:
    pod = of(manifests, "Deployment", workload)["spec"]["template"]["spec"]
    return {e["name"]: e.get("value", "") for e in pod["containers"][0]["env"]}


def test_each_protocol_has_its_port(render: Render) -> None:
    spec = of(render(), "Service")["spec"]
    ports = {p["name"]: (p.get("protocol", "TCP"), p["nodePort"]) for p in spec["ports"]}
    assert ports == {"rtmp": ("TCP", 31935), "srt": ("UDP", 31888), "whip": ("TCP", 31889)}
    assert spec["sessionAffinity"] == "ClientIP"


def test_a_service_without_node_ports_asks_for_none(render: Render) -> None:
    spec = of(render("contribution.service.type=LoadBalancer"), "Service")["spec"]
    assert all("nodePort" not in port for port in spec["ports"])


def test_the_passphrase_is_made_and_never_the_same(render: Render) -> None:
    first, second = (of(render(), "Secret")["data"]["srtPassphrase"] for _ in range(2))
    assert first != second
    # libsrt takes 10 to 79 characters.
    assert len(b64decode(first)) == 32


def test_the_passphrase_is_a_file_and_no_variable(render: Render) -> None:
    told = environment(render(), NAME)
    file = told["STREAMVERSE_CONTRIBUTION_SRT_PASSPHRASE_FILE"]
    pod = of(render(), "Deployment")["spec"]["template"]["spec"]
    (mount,) = [m for m in pod["containers"][0]["volumeMounts"] if file.startswith(m["mountPath"])]
    volume = next(v for v in pod["volumes"] if v["name"] == mount["name"])
    assert volume["secret"]["secretName"] == NAME


def test_people_and_the_operator_are_told_the_same_addresses(render: Render) -> None:
    manifests = render("contribution.rtmpUrl=rtmp://in.example.com:1935")
    endpoints = of(manifests, "ConfigMap", "streamverse-endpoints")["data"]
    told = environment(manifests, "streamverse-operator")
    for protocol in ("rtmp", "srt", "whip"):
        assert told[f"STREAMVERSE_{protocol.upper()}_URL"] == endpoints[f"{protocol}Url"]
    assert endpoints["rtmpUrl"] == "rtmp://in.example.com:1935"


def test_the_addresses_of_a_whip_publishers_media_can_be_given(render: Render) -> None:
    told = environment(render("contribution.whipAddresses={192.0.2.7}"), NAME)
    assert told["STREAMVERSE_CONTRIBUTION_WHIP_ADDRESSES"] == '["192.0.2.7"]'


def test_a_platform_without_live_publishers_has_none_of_it(render: Render) -> None:
    manifests = render("contribution.enabled=false")
    assert not [m for m in manifests if m["metadata"]["name"] == NAME]
    assert "rtmpUrl" not in of(manifests, "ConfigMap", "streamverse-endpoints")["data"]
    assert "STREAMVERSE_RTMP_URL" not in environment(manifests, "streamverse-operator")


def test_channels_nudge_every_operator_by_one_name(render: Render) -> None:
    manifests = render()
    service = of(manifests, "Service", "streamverse-operator")
    assert service["spec"]["clusterIP"] == "None"
    told = environment(manifests, "streamverse-operator")["STREAMVERSE_NUDGE_URL"]
    assert told == "http://streamverse-operator.streamverse-system.svc:8080"
    pods = of(manifests, "Deployment", "streamverse-operator")["spec"]["template"]
    assert service["spec"]["selector"].items() <= pods["metadata"]["labels"].items()


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("contribution.rtmpUrl=http://127.0.0.1", "rtmpUrl"),
        ("contribution.srtUrl=srt://127.0.0.1", "srtUrl"),
        ("contribution.service.srtNodePort=8888", "srtNodePort"),
        ("region=Frankfurt am Main", "region"),
    ],
)
def test_addresses_that_cannot_work_are_refused(lint: Run, mistake: str, said: str) -> None:
    done = lint(mistake)
    assert done.returncode != 0
    assert said in done.stdout
