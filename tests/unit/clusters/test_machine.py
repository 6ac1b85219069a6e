"""What a build is told of the machine's network, and what a kind cluster is."""

from pathlib import Path

import yaml

from clusters.existing.provider import named, volume_part
from clusters.kind.provider import configuration
from clusters.machine import build_settings

VALUES = Path(__file__).parents[3] / "charts" / "streamverse" / "values.yaml"


def test_a_build_is_told_of_mirrors_and_authorities_and_of_nothing_else() -> None:
    env = {
        "PIP_INDEX_URL": "mirror",
        "SSL_CERT_FILE": "ca.pem",
        "https_proxy": "proxy",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "HOME": "/root",
    }
    assert set(build_settings(env, {})) == {"PIP_INDEX_URL", "SSL_CERT_FILE", "https_proxy"}


def test_the_machines_pip_configuration_is_found_inside_the_build() -> None:
    settings = build_settings({"PIP_CONFIG_FILE": "/elsewhere"}, {"PIP_CONFIG_FILE": "pip.conf"})
    assert settings == {"PIP_CONFIG_FILE": "/run/host/pip.conf"}


def test_the_first_kubeconfig_of_several_is_the_one() -> None:
    assert named(":/a:/b") == Path("/a")


def test_a_cluster_without_a_default_class_is_told_of() -> None:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    assert volume_part([{"metadata": {"name": "fast", "annotations": default}}]).says == "fast"
    lacking = volume_part([{"metadata": {"name": "fast"}}])
    assert not lacking.well
    found = yaml.safe_load(VALUES.read_text())
    for part in lacking.says.rpartition(" ")[2].split("."):
        assert part in found, f"{lacking.says}: the chart has no such value"
        found = found[part]


def test_kind_answers_the_platforms_ports_on_this_machine_only() -> None:
    (node,) = configuration()["nodes"]
    mapped = node["extraPortMappings"]
    assert {m["listenAddress"] for m in mapped} == {"127.0.0.1"}
    assert {(m["hostPort"], m["containerPort"], m["protocol"]) for m in mapped} == {
        (30080, 30080, "TCP"),
        (30900, 30900, "TCP"),
        (31935, 31935, "TCP"),
        (31888, 31888, "UDP"),
        (31889, 31889, "TCP"),
    }


def test_kind_answers_every_node_port_that_the_chart_asks_for() -> None:
    values = yaml.safe_load(VALUES.read_text())
    services = [values[part]["service"] for part in ("origin", "store", "contribution")]
    asked = {
        port for one in services for name, port in one.items() if name.lower().endswith("nodeport")
    }
    (node,) = configuration()["nodes"]
    assert {m["hostPort"] for m in node["extraPortMappings"]} == asked
