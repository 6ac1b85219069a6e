"""The chart on a real API server: installed, upgraded, uninstalled, and what its roles allow."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apiserver.server import Answer, ApiServer, binary, running

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "streamverse"
SYSTEM = "streamverse-system"
OPERATOR = f"system:serviceaccount:{SYSTEM}:streamverse-operator"
KINDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
LADDERS = "/apis/streamverse.io/v1alpha1/encodingprofiles"
SECRET = f"/api/v1/namespaces/{SYSTEM}/secrets/streamverse-store"

Json = dict[str, Any]


class Cluster:
    """An API server without our kinds, and helm to put them there."""

    def __init__(self, api: ApiServer) -> None:
        self.api = api

    def helm(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(binary("helm")), *arguments, "--namespace", SYSTEM],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "KUBECONFIG": str(self.api.kubeconfig)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def upgrade(self, *values: str) -> str:
        demo = str(ROOT / "samples" / "values-demo.yaml")
        return self.helm(
            *("upgrade", "--install", "streamverse", str(CHART), "--create-namespace"),
            *("--values", demo, *(part for value in values for part in ("--set", value))),
        )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("bare-apiserver")) as server:
        yield Cluster(server)


@pytest.fixture(scope="module")
def installed(cluster: Cluster) -> Cluster:
    """With the chart: for tests that change nothing."""
    cluster.upgrade()
    return cluster


def versions(api: ApiServer, *paths: str) -> dict[str, str]:
    return {path: api.get(path)["metadata"]["resourceVersion"] for path in paths}


def test_one_command_brings_the_kinds_and_the_ladders(installed: Cluster) -> None:
    found = installed.api.get(LADDERS)["items"]
    assert [m["metadata"]["name"] for m in found] == ["ladder-default", "ladder-small"]


def test_the_notes_say_what_to_do_next(cluster: Cluster) -> None:
    said = cluster.upgrade()
    assert "helm test streamverse -n streamverse-system" in said
    assert "streamverse upload film.mp4 -n demo" in said


def test_the_notes_warn_of_a_key_that_all_tenants_share(installed: Cluster) -> None:
    def notes(**external: str) -> str:
        external |= {"enabled": "true", "endpoint": "https://s3.example.com"}
        external |= {"accessKeyId": "id", "secretAccessKey": "key"}
        values = (f"store.external.{name}={value}" for name, value in external.items())
        return installed.helm(
            *("upgrade", "streamverse", str(CHART), "--dry-run=server"),
            *(part for value in values for part in ("--set", value)),
        ).partition("NOTES:")[2]

    assert "of ALL tenants" in notes(sharedCredentials="true")
    assert "of ALL tenants" not in notes()
    assert "store.external.tenantKeys" in notes()


def test_an_upgrade_that_changes_nothing_writes_nothing(installed: Cluster) -> None:
    installed.upgrade()
    paths = (
        SECRET,
        f"{LADDERS}/ladder-small",
        f"{KINDS}/mediaassets.streamverse.io",
        f"/apis/apps/v1/namespaces/{SYSTEM}/statefulsets/streamverse-store",
        f"/apis/apps/v1/namespaces/{SYSTEM}/deployments/streamverse-operator",
        "/api/v1/namespaces/demo",
    )
    before = versions(installed.api, *paths)
    installed.upgrade()
    assert versions(installed.api, *paths) == before


def test_an_upgrade_takes_the_ladders_into_the_release(installed: Cluster) -> None:
    installed.upgrade()
    release = installed.helm("get", "manifest", "streamverse")
    assert "kind: EncodingProfile" in release


def test_a_namespace_that_somebody_made_becomes_a_tenant_without_being_touched(
    installed: Cluster,
) -> None:
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "theirs"}}
    assert installed.api.create(made).ok
    installed.upgrade("tenants={demo,theirs}")
    assert "labels" in (theirs := installed.api.get("/api/v1/namespaces/theirs")["metadata"])
    assert theirs["labels"].keys() == {"kubernetes.io/metadata.name"}
    installed.upgrade()
    assert installed.api.get("/api/v1/namespaces/demo")["status"]["phase"] == "Active"


def test_every_object_is_one_that_the_api_server_knows_in_every_field(
    installed: Cluster, tmp_path: Path
) -> None:
    """Kubeconform with this very API server's schemas, and those of our kinds."""
    schemas(installed.api, tmp_path)
    rendered = installed.helm("get", "manifest", "streamverse")
    rendered += "\n---\n" + installed.helm("get", "hooks", "streamverse")
    location = f"{tmp_path}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    done = subprocess.run(
        [
            str(binary("kubeconform")),
            "-strict",
            "-summary",
            "-output",
            "json",
            "-schema-location",
            location,
        ],
        input=rendered,
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 0, answer["resources"]
    assert answer["summary"]["valid"] > 20
    assert (answer["summary"]["skipped"], answer["summary"]["errors"]) == (0, 0)


def schemas(api: ApiServer, folder: Path) -> None:
    """Each kind's schema in a file of its own, under the name that kubeconform looks for."""
    definitions = api.get("/openapi/v2")["definitions"]
    for name, schema in definitions.items():
        if name.endswith((".IntOrString", ".Quantity")):
            schema.pop("type", None)  # a number will do, says nobody but the format
        elif "properties" in schema:
            schema.setdefault("additionalProperties", False)
    for name, schema in definitions.items():
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            group = gvk["group"].split(".")[0]
            parts = [gvk["kind"].lower(), *([group] if group else []), gvk["version"]]
            whole = {"$ref": f"#/definitions/{name}", "definitions": _needed(name, definitions)}
            (folder / f"{'-'.join(parts)}.json").write_text(json.dumps(whole))


def _needed(name: str, definitions: Json) -> Json:
    """A definition with all that it refers to."""
    found: Json = {}
    waiting = [name]
    while waiting:
        if (next_name := waiting.pop()) not in found:
            found[next_name] = definitions[next_name]
            text = json.dumps(definitions[next_name])
            waiting += [part.split('"')[0] for part in text.split("#/definitions/")[1:]]
    return found


def test_every_pod_passes_the_restricted_standard(installed: Cluster) -> None:
    namespace = "restricted-for-the-test"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = {"name": namespace, "labels": labels}
    assert installed.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}).ok
    pods = list(pods_of(installed))
    assert len(pods) == 6
    for name, spec in pods:
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": namespace},
            "spec": spec,
        }
        answer = installed.api.create(pod, dryRun="All", fieldValidation="Strict")
        assert answer.ok, answer.message


def pods_of(installed: Cluster) -> Iterator[tuple[str, Json]]:
    """Every pod that the release makes, as its controller would."""
    for source in ("manifest", "hooks"):
        for m in yaml.safe_load_all(installed.helm("get", source, "streamverse")):
            if m and m["kind"] == "Pod":
                yield m["metadata"]["name"], m["spec"]
            elif m and "template" in m.get("spec", {}):
                spec = m["spec"]["template"]["spec"]
                claims = [
                    {"name": c["metadata"]["name"], "persistentVolumeClaim": {"claimName": "claim"}}
                    for c in m["spec"].get("volumeClaimTemplates", ())
                ]
                yield m["metadata"]["name"], {**spec, "volumes": [*spec["volumes"], *claims]}


def may(api: ApiServer, who: str, verb: str, resource: str, **where: str) -> bool:
    """Ask the authorizer; resource is "group/plural" or "group/plural/subresource"."""
    group, plural, *sub = resource.split("/")
    attributes = {"group": group, "resource": plural, "verb": verb, **where}
    if sub:
        attributes["subresource"] = sub[0]
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": who, "groups": ["system:authenticated"], "resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    return bool(api.call("POST", path, review).body["status"]["allowed"])


@pytest.mark.parametrize(
    ("verb", "resource", "where"),
    [
        ("watch", "streamverse.io/mediaassets", {}),
        ("patch", "streamverse.io/transcodejobs/status", {"namespace": "demo"}),
        ("create", "batch/jobs", {"namespace": "demo"}),
        ("update", "apps/deployments", {"namespace": "demo"}),
        ("create", "/services", {"namespace": "demo"}),
        ("patch", "streamverse.io/channels/status", {"namespace": "demo"}),
        ("list", "/pods", {"namespace": "demo"}),
        ("patch", "/secrets", {"namespace": "demo", "name": "streamverse-store"}),
        ("watch", "/namespaces", {}),
        (
            "update",
            "coordination.k8s.io/leases",
            {"namespace": SYSTEM, "name": "streamverse-operators"},
        ),
    ],
)
def test_the_operator_may(installed: Cluster, verb: str, resource: str, where: Json) -> None:
    assert may(installed.api, OPERATOR, verb, resource, **where)


@pytest.mark.parametrize(
    ("verb", "resource", "where"),
    [
        ("get", "/secrets", {"namespace": "demo", "name": "their-own"}),
        ("list", "/secrets", {"namespace": "demo"}),
        ("create", "/pods", {"namespace": "demo"}),
        ("update", "/services", {"namespace": "demo"}),
        ("get", "/secrets", {"namespace": "demo", "name": "news-primary"}),
        ("create", "/pods/exec", {"namespace": "demo"}),
        ("patch", "streamverse.io/mediaassets", {"namespace": "demo"}),
        ("list", "/nodes", {}),
        ("delete", "streamverse.io/encodingprofiles", {}),
        ("create", "/namespaces", {}),
        ("patch", "/namespaces", {}),
        ("get", "coordination.k8s.io/leases", {"namespace": "kube-system", "name": "x"}),
        ("bind", "rbac.authorization.k8s.io/clusterroles", {}),
    ],
)
def test_the_operator_may_not(installed: Cluster, verb: str, resource: str, where: Json) -> None:
    assert not may(installed.api, OPERATOR, verb, resource, **where)


def test_whoever_edits_in_a_tenants_namespace_can_upload_and_nothing_else(
    installed: Cluster,
) -> None:
    """With the platform's own role for it, and nothing of Kubernetes' own `edit`."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "berta", "namespace": "demo"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "streamverse-edit",
        },
        "subjects": [{"kind": "User", "name": "berta", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    assert installed.api.apply(binding).ok
    key = {"name": "streamverse-store"}
    assert may(installed.api, "berta", "get", "/secrets", namespace="demo", **key)
    where = {"namespace": SYSTEM, "name": "streamverse-endpoints"}
    assert may(installed.api, "berta", "get", "/configmaps", **where)
    assert not may(installed.api, "berta", "get", "/secrets", namespace=SYSTEM, **key)
    assert not may(installed.api, "berta", "patch", "/secrets", namespace="demo", **key)
    assert not may(installed.api, "berta", "list", "/configmaps", namespace=SYSTEM)


def test_everybody_may_look_at_the_ladders_and_nobody_else_edit_them(installed: Cluster) -> None:
    assert may(installed.api, "anna", "list", "streamverse.io/encodingprofiles")
    assert not may(installed.api, "anna", "patch", "streamverse.io/encodingprofiles")


def test_uninstalling_keeps_kinds_assets_and_the_stores_key(installed: Cluster) -> None:
    film = yaml.safe_load((ROOT / "samples" / "film.yaml").read_text())
    assert installed.api.apply(film).ok
    key = installed.api.get(SECRET)["data"]
    installed.helm("uninstall", "streamverse")
    kept: Answer = installed.api.call(
        "GET", "/apis/streamverse.io/v1alpha1/namespaces/demo/mediaassets/film"
    )
    assert kept.ok, kept.message
    installed.upgrade()
    assert installed.api.get(SECRET)["data"] == key
