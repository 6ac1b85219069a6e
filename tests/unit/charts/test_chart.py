"""What the chart makes of its values."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from media_runtime.store import StoreSettings
from operators.settings import Settings

ROOT = Path(__file__).parents[3]

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
Run = Callable[..., CompletedProcess[str]]

EXTERNAL = (
    "store.external.enabled=true",
    "store.external.endpoint=https://s3.example.com",
    "store.external.accessKeyId=id",
    "store.external.secretAccessKey=key",
)


def of(manifests: Iterable[Manifest], kind: str, name: str = "") -> list[Manifest]:
    return [
        m
        for m in manifests
        if m["kind"] == kind and (not name or m["metadata"]["name"].startswith(name))
    ]


def one(manifests: Iterable[Manifest], kind: str, name: str) -> Manifest:
    (found,) = of(manifests, kind, name)
    return found


def pods(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    """Every pod of the chart, by the name of its workload."""
    found = {}
    for m in manifests:
        spec = m["spec"] if m["kind"] == "Pod" else m.get("spec", {}).get("template", {})
        pod = spec if m["kind"] == "Pod" else spec.get("spec")
        if pod:
            found[m["metadata"]["name"]] = pod
    return found


@pytest.mark.parametrize(
    "values", [(), ("tenants={demo}",), EXTERNAL], ids=["default", "demo", "s3"]
)
def test_the_chart_lints_strictly(lint: Run, values: tuple[str, ...]) -> None:
    done = lint(*values)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("originn.replicas=2", "originn"),
        ("images.operator=a b", "images"),
        ("tenants={Demo}", "tenants"),
        ("origin.service.nodePort=80", "nodePort"),
        ("operator.allowCidrs={everything}", "allowCidrs"),
        ("store.external.enabled=true", "endpoint"),
        ("origin.url=play.example.com", "url"),
    ],
)
def test_values_that_cannot_work_are_refused(lint: Run, mistake: str, said: str) -> None:
    done = lint(mistake)
    assert done.returncode != 0
    assert said in done.stdout


@pytest.mark.parametrize("half", EXTERNAL[2:])
def test_half_a_key_is_refused(template: Run, half: str) -> None:
    done = template(*EXTERNAL[:2], half)
    assert done.returncode != 0
    assert "give store.external.accessKeyId and secretAccessKey, or neither" in done.stderr


def test_every_pod_is_restricted(render: Render) -> None:
    for name, pod in pods(render()).items():
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] == 65532, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name


def test_every_pod_says_what_it_needs(render: Render) -> None:
    needs = {
        name: pod["containers"][0]["resources"]["requests"] for name, pod in pods(render()).items()
    }
    assert len(needs) == 6
    assert needs["streamverse-contribution"] == {"cpu": "50m", "memory": "128Mi"}
    assert needs["streamverse-operator"] == {"cpu": "50m", "memory": "128Mi"}
    assert needs["streamverse-origin"] == {"cpu": "50m", "memory": "128Mi"}
    assert needs["streamverse-store"] == {"cpu": "50m", "memory": "256Mi"}


def test_only_the_operator_gets_a_service_account(render: Render) -> None:
    trusted = [n for n, pod in pods(render()).items() if pod["automountServiceAccountToken"]]
    assert trusted == ["streamverse-operator"]


def test_no_pod_gets_service_links(render: Render) -> None:
    # They would set STREAMVERSE_ORIGIN_PORT and STREAMVERSE_STORE_PORT, which are settings of ours.
    assert all(pod["enableServiceLinks"] is False for pod in pods(render()).values())


@pytest.mark.parametrize("component", ["operator", "origin", "contribution"])
def test_a_node_can_be_drained_without_losing_all_replicas(render: Render, component: str) -> None:
    manifests = render()
    budget = one(manifests, "PodDisruptionBudget", f"streamverse-{component}")
    pod = one(manifests, "Deployment", f"streamverse-{component}")["spec"]["template"]
    assert budget["spec"]["maxUnavailable"] == 1
    assert budget["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert pod["spec"]["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"


def test_one_replica_has_no_budget_that_would_block_a_drain(render: Render) -> None:
    ones = (f"{name}.replicas=1" for name in ("operator", "origin", "contribution"))
    assert of(render(*ones), "PodDisruptionBudget") == []


@pytest.mark.parametrize("component", ["operator", "origin", "store", "contribution"])
def test_no_label_that_an_upgrade_changes_is_on_a_pod(render: Render, component: str) -> None:
    kind = "StatefulSet" if component == "store" else "Deployment"
    labels = one(render(), kind, f"streamverse-{component}")["spec"]["template"]["metadata"][
        "labels"
    ]
    assert labels.keys() == {
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/component",
        "app.kubernetes.io/part-of",
    }


def test_the_secrets_keys_are_the_settings_of_the_media_runtime(render: Render) -> None:
    for name in ("streamverse-store", "streamverse-origin"):
        assert set(one(render(), "Secret", name)["data"]) == {
            f"STREAMVERSE_STORE_{field.upper()}" for field in StoreSettings.model_fields
        }


def test_a_generated_key_is_never_the_same(render: Render) -> None:
    first, second = (one(render(), "Secret", "streamverse-store")["data"] for _ in range(2))
    name = "STREAMVERSE_STORE_SECRET_ACCESS_KEY"
    assert first[name] != second[name]
    assert len(b64decode(first[name])) == 40


def test_an_external_store_replaces_ours(render: Render) -> None:
    manifests = render(*EXTERNAL)
    secret = one(manifests, "Secret", "streamverse-store")["data"]
    assert b64decode(secret["STREAMVERSE_STORE_ENDPOINT"]) == b"https://s3.example.com"
    assert b64decode(secret["STREAMVERSE_STORE_ACCESS_KEY_ID"]) == b"id"
    assert of(manifests, "StatefulSet") == []
    assert of(manifests, "Service", "streamverse-store") == []
    assert of(manifests, "Job") == []
    endpoints = one(manifests, "ConfigMap", "streamverse-endpoints")["data"]
    assert endpoints["storeUrl"] == "https://s3.example.com"


def environment(manifests: Iterable[Manifest], workload: str) -> dict[str, str | None]:
    return {e["name"]: e.get("value") for e in pods(manifests)[workload]["containers"][0]["env"]}


def secrets_read_by(pod: Manifest) -> set[str]:
    """By environment, by reference and by mount."""
    container = pod["containers"][0]
    froms = {e["secretRef"]["name"] for e in container.get("envFrom", ())}
    keys = {
        e["valueFrom"]["secretKeyRef"]["name"]
        for e in container.get("env", ())
        if "secretKeyRef" in e.get("valueFrom", {})
    }
    mounts = {v["secret"]["secretName"] for v in pod.get("volumes", ()) if "secret" in v}
    return froms | keys | mounts


def test_the_root_key_is_read_by_the_store_its_bucket_job_and_the_operator_alone(
    render: Render,
) -> None:
    readers = {n for n, p in pods(render()).items() if "streamverse-store" in secrets_read_by(p)}
    assert {n.partition("-bucket-")[0] for n in readers} == {
        "streamverse",
        "streamverse-operator",
        "streamverse-store",
    }


def test_the_origin_has_a_key_of_its_own(render: Render) -> None:
    manifests = render()
    assert secrets_read_by(pods(manifests)["streamverse-origin"]) == {"streamverse-origin"}
    origin, store = (
        one(manifests, "Secret", name)["data"]
        for name in ("streamverse-origin", "streamverse-store")
    )
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        assert origin[f"STREAMVERSE_STORE_{name}"] != store[f"STREAMVERSE_STORE_{name}"]


def test_the_operator_makes_tenants_keys_from_one_that_nobody_else_reads(render: Render) -> None:
    manifests = render()
    assert environment(manifests, "streamverse-operator")["STREAMVERSE_STORE_KEYS"] == "minio"
    readers = [n for n, p in pods(manifests).items() if "streamverse-tenancy" in secrets_read_by(p)]
    assert readers == ["streamverse-operator"]
    assert len(b64decode(one(manifests, "Secret", "streamverse-tenancy")["data"]["key"])) == 64


def test_no_secret_is_written_into_a_tenants_namespace(render: Render) -> None:
    secrets = of(render("tenants={demo}"), "Secret")
    assert {m["metadata"]["namespace"] for m in secrets} == {"streamverse-system"}


def test_tenants_of_an_external_store_bring_keys_of_their_own(render: Render) -> None:
    manifests = render(
        *EXTERNAL,
        "store.external.tenantKeys[0].namespace=films",
        "store.external.tenantKeys[0].accessKeyId=films-id",
        "store.external.tenantKeys[0].secretAccessKey=films-key",
    )
    assert environment(manifests, "streamverse-operator")["STREAMVERSE_STORE_KEYS"] == "given"
    (theirs,) = [m for m in of(manifests, "Secret") if m["metadata"]["namespace"] == "films"]
    assert theirs["metadata"]["name"] == "streamverse-store"
    assert b64decode(theirs["data"]["STREAMVERSE_STORE_ACCESS_KEY_ID"]) == b"films-id"
    assert secrets_read_by(pods(manifests)["streamverse-operator"]) == {"streamverse-store"}


def test_the_platforms_key_is_shared_only_by_whoever_says_so(render: Render) -> None:
    shared = render(*EXTERNAL, "store.external.sharedCredentials=true")
    assert environment(shared, "streamverse-operator")["STREAMVERSE_STORE_KEYS"] == "shared"
    ours = render("store.external.sharedCredentials=true")
    assert environment(ours, "streamverse-operator")["STREAMVERSE_STORE_KEYS"] == "minio"


@pytest.mark.parametrize(
    ("values", "secret"),
    [
        ((), "streamverse-store"),
        (("store.external.origin.secret=reader",), "reader"),
        (
            ("store.external.origin.accessKeyId=id", "store.external.origin.secretAccessKey=key"),
            "streamverse-origin",
        ),
    ],
)
def test_the_origin_of_an_external_store_takes_the_key_it_is_given(
    render: Render, values: tuple[str, ...], secret: str
) -> None:
    manifests = render(*EXTERNAL, *values)
    assert secrets_read_by(pods(manifests)["streamverse-origin"]) == {secret}


def test_what_encoding_asks_for_is_the_values(render: Render) -> None:
    told = environment(
        render("operator.encode.cpu=750m", "operator.scratch.limit=1Ti"), "streamverse-operator"
    )
    assert told["STREAMVERSE_ENCODE_CPU"] == "750m"
    assert told["STREAMVERSE_TALL_ENCODE_MEMORY"] == "2Gi"
    assert told["STREAMVERSE_SCRATCH_LIMIT"] == "1Ti"


def test_who_fetches_our_images_fetches_media_pods_too(render: Render) -> None:
    name = "STREAMVERSE_IMAGE_PULL_SECRETS"
    secrets = ("images.pullSecrets[0].name=registry", "images.pullSecrets[1].name=mirror")
    manifests = render(*secrets)
    assert environment(manifests, "streamverse-operator")[name] == "registry,mirror"
    fetched = [{"name": "registry"}, {"name": "mirror"}]
    assert all(pod["imagePullSecrets"] == fetched for pod in pods(manifests).values())
    assert name not in environment(render(), "streamverse-operator")


def test_every_variable_of_ours_that_the_operator_gets_is_a_setting(render: Render) -> None:
    told = environment(render("images.pullSecrets[0].name=registry"), "streamverse-operator")
    ours = {name.removeprefix("STREAMVERSE_").lower() for name in told if "STREAMVERSE" in name}
    assert ours <= set(Settings.model_fields)


def test_whoever_brings_the_secret_gets_none_from_us(render: Render) -> None:
    made = {m["metadata"]["name"] for m in of(render(*EXTERNAL[:2]), "Secret")}
    assert made == {"streamverse-contribution"}


def test_a_bucket_job_is_a_new_one_when_its_image_is(render: Render) -> None:
    names = {
        of(render(f"images.media=registry/media:{tag}"), "Job")[0]["metadata"]["name"]
        for tag in ("1", "2", "2")
    }
    assert len(names) == 2


def test_images_are_what_the_values_say(render: Render) -> None:
    manifests = render(
        "images.origin=registry:5000/origin:abc", "images.media=m@sha256:" + "0" * 64
    )
    operator = pods(manifests)["streamverse-operator"]["containers"][0]
    told = environment(manifests, "streamverse-operator")
    origin = pods(manifests)["streamverse-origin"]["containers"][0]
    assert origin["image"] == "registry:5000/origin:abc"
    assert told["STREAMVERSE_MEDIA_IMAGE"] == "m@sha256:" + "0" * 64
    assert operator["image"] == "docker.io/streamverse/operator:0.1.0"


def test_the_crds_can_be_left_to_somebody_else(render: Render) -> None:
    assert of(render("crds.enabled=false"), "CustomResourceDefinition") == []


@pytest.mark.parametrize("keep", [True, False])
def test_the_crds_outlive_the_release_if_wished(render: Render, *, keep: bool) -> None:
    found = of(render(f"crds.keep={str(keep).lower()}"), "CustomResourceDefinition")
    policies = {m["metadata"].get("annotations", {}).get("helm.sh/resource-policy") for m in found}
    assert len(found) == 4
    assert policies == ({"keep"} if keep else {None})


def test_ladders_follow_the_kinds_that_arrive_with_them(render: Render) -> None:
    ladders = of(render(), "EncodingProfile")
    hooks = {m["metadata"]["annotations"]["helm.sh/hook"] for m in ladders}
    assert [m["metadata"]["name"] for m in ladders] == ["ladder-default", "ladder-small"]
    assert hooks == {"post-install,post-upgrade"}


def test_ladders_are_part_of_the_release_where_the_kinds_are_served(render: Render) -> None:
    ladders = of(render(served=True), "EncodingProfile")
    assert [m["metadata"].get("annotations") for m in ladders] == [None, None]


def test_the_ladders_are_those_of_the_design(render: Render) -> None:
    rungs = {
        m["metadata"]["name"]: [
            (r["maxHeight"], r["maxFrameRate"], r["bitrateKbps"], r["codec"])
            for r in m["spec"]["renditions"]
        ]
        for m in of(render(), "EncodingProfile")
    }
    assert rungs["ladder-small"] == [
        (240, 30, 400, "H264"),
        (360, 30, 800, "H264"),
        (720, 30, 2500, "H264"),
    ]
    assert {
        (360, 24, 800, "H264"),
        (480, 24, 2500, "H264"),
        (720, 30, 5000, "H264"),
        (1080, 30, 8000, "H265"),
        (2160, 60, 15000, "H265"),
        (2160, 60, 20000, "H265"),
    } < set(rungs["ladder-default"])


def test_tenants_are_namespaces_in_which_only_restricted_pods_run(render: Render) -> None:
    (tenant,) = of(render("tenants={demo}"), "Namespace")
    assert tenant["metadata"]["name"] == "demo"
    assert tenant["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert tenant["metadata"]["labels"]["streamverse.io/tenant"] == "true"
    assert tenant["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def test_people_get_our_kinds_with_the_roles_they_have(render: Render) -> None:
    roles = {m["metadata"]["name"]: m for m in of(render(), "ClusterRole")}
    for role in ("view", "edit", "admin"):
        labels = roles[f"streamverse-{role}"]["metadata"]["labels"]
        assert labels[f"rbac.authorization.k8s.io/aggregate-to-{role}"] == "true"
    assert roles["streamverse-view"]["rules"][0]["verbs"] == ["get", "list", "watch"]


def test_nobody_gets_everything(render: Render) -> None:
    rules = [
        rule for kind in ("ClusterRole", "Role") for m in of(render(), kind) for rule in m["rules"]
    ]
    assert not any(
        "*" in rule[part] for rule in rules for part in ("verbs", "resources", "apiGroups")
    )


def test_the_operator_may_do_what_its_code_needs_and_no_more(render: Render) -> None:
    page = (ROOT / "operators" / "rbac.md").read_text()
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    manifests = render()
    for needed in yaml.safe_load_all(block):
        granted = one(manifests, needed["kind"], needed["metadata"]["name"])
        assert granted["rules"] == needed["rules"]
