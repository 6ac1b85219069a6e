"""The Deployment and the Service of a channel. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crds.live import CONTRIBUTION_PORT, HTTP_PORT, KEYS_FOLDER, ChannelOrder, service_name
from crds.v1alpha1.meta import GROUP
from operators.channel.order import grid, work
from operators.kinds import DEPLOYMENT, OWNED_BY, OWNER, OWNER_UID, SERVICE, WORK
from operators.reconcile import Child
from operators.workload import media_pod

if TYPE_CHECKING:
    from crds.v1alpha1 import Channel
    from crds.v1alpha1.channelinput import Input
    from crds.v1alpha1.meta import Manifest
    from operators.channel.platform import Platform

GRID = f"{GROUP}/grid"
"""On the Deployment: the timeline that its pods cut."""
IMAGE = f"{GROUP}/image"
"""On the Deployment: what its pods run."""
END_KEY = f"{GROUP}/end-key"
"""On the Deployment: what POST /end to its pods has to bear."""
TASK = f"{GROUP}/task"
"""On the Deployment: what its pods are told to do, whatever they run."""
_TALL = 720
_GRACE_SECONDS = 40
"""A pod that is told to go serves on for 15 s, so that players find its successor."""
_PROVEN_SECONDS = 10
"""A new pod has its three segments; then encoders' next key frames have to reach it."""


@dataclass(frozen=True)
class Deployed:
    """What is known of a Deployment that is there."""

    manifest: Manifest

    @property
    def replicas(self) -> int:
        return int(self.manifest.get("spec", {}).get("replicas", 1))

    @property
    def rolling(self) -> bool:
        """Two kinds of pods are there, or are to be."""
        status = self.manifest.get("status", {})
        updated = int(status.get("updatedReplicas", 0))
        stale = int(status.get("observedGeneration", 0)) < int(
            self.manifest["metadata"].get("generation", 0)
        )
        return self.replicas > 0 and (
            stale or updated < self.replicas or int(status.get("replicas", 0)) > updated
        )

    @property
    def end_key(self) -> str | None:
        return self.noted(END_KEY) or None

    def noted(self, name: str) -> str:
        return str(self.manifest["metadata"].get("annotations", {}).get(name, ""))

    @property
    def refused(self) -> str:
        """Why a pod could not be made, in the API server's words; empty if it could."""
        said: list[dict[str, Any]] = self.manifest.get("status", {}).get("conditions", [])
        failure: dict[str, Any] = next((c for c in said if c["type"] == "ReplicaFailure"), {})
        return str(failure.get("message", "")) if failure.get("status") == "True" else ""


def labels(channel: Channel) -> dict[str, str]:
    """Of the pods: by these the Service and the Deployment know them."""
    return {"app.kubernetes.io/name": "streamverse-channel", OWNER_UID: channel.metadata.uid}


def service(channel: Channel) -> Child:
    """Headless, so that its name leads to every pod; also to one that does not stream yet, for
    encoders have to be handed to it, and to one that is going, for players are still there.
    """
    ports = {"http": HTTP_PORT, "contribution": CONTRIBUTION_PORT}
    spec = {
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": labels(channel),
        "ports": [{"name": name, "port": port, "targetPort": name} for name, port in ports.items()],
    }
    meta = {"name": service_name(channel.metadata.name), "labels": labels(channel)}
    manifest = {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}
    return Child(SERVICE, manifest, follows={})


def deployment(channel: Channel, told: ChannelOrder, image: str, platform: Platform) -> Child:
    """One pod, and while it is replaced the next one beside it: two of them cut the same segments.

    It is made anew when what it does has changed, never because this version of the operator would
    spell it otherwise.
    """
    task = work(channel, told)
    name = service_name(channel.metadata.name)
    noted = {TASK: task, IMAGE: image, GRID: grid(told)}
    noted |= {END_KEY: told.end_key} if told.end_key else {}
    manifest = {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.name,
        "metadata": {"name": name, "labels": labels(channel), "annotations": noted},
        "spec": {
            "replicas": 1,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0},
            },
            "minReadySeconds": _PROVEN_SECONDS,
            "progressDeadlineSeconds": 600,
            "revisionHistoryLimit": 2,
            "selector": {"matchLabels": labels(channel)},
            "template": _template(channel, told, image, platform),
        },
    }
    return Child(DEPLOYMENT, manifest, follows={"replicas": 1}, work=f"{task} {image}")


def scaled(deployed: Deployed, replicas: int) -> Child:
    """The Deployment as it is, with so many pods."""
    noted = deployed.noted(WORK)
    return Child(DEPLOYMENT, deployed.manifest, follows={"replicas": replicas}, work=noted)


def _template(
    channel: Channel, told: ChannelOrder, image: str, platform: Platform
) -> dict[str, Any]:
    whose = {OWNED_BY: channel.kind, OWNER: channel.metadata.name}
    keys = [one for one in sorted(channel.spec.inputs, key=lambda i: i.name) if _refs(one)]
    scraped = {"prometheus.io/scrape": "true", "prometheus.io/port": str(HTTP_PORT)}
    whole = secured(_container(told, platform, keys), image, platform)
    return {
        "metadata": {"labels": labels(channel) | whose, "annotations": scraped},
        "spec": {
            **whole,
            "terminationGracePeriodSeconds": _GRACE_SECONDS,
            "volumes": [*whole["volumes"], *(_key_volume(one) for one in keys)],
        },
    }


def secured(container: dict[str, Any], image: str, platform: Platform) -> dict[str, Any]:
    """The spec of a pod with this one container, as this installation makes them."""
    return media_pod(
        container,
        image=image,
        pull_policy=platform.image_pull_policy,
        pull_secrets=platform.image_pull_secrets,
        scratch_limit=platform.scratch_limit,
    )


def _container(told: ChannelOrder, platform: Platform, keys: list[Input]) -> dict[str, Any]:
    mounts = [
        {"name": f"key-{i.name}", "mountPath": f"{KEYS_FOLDER}/{i.name}", "readOnly": True}
        for i in keys
    ]
    tall = max(rung.max_height for rung in told.profile.renditions) > _TALL
    return {
        "args": ["channel"],
        "env": [{"name": "STREAMVERSE_CHANNEL", "value": told.model_dump_json(by_alias=True)}],
        "ports": [
            {"name": "http", "containerPort": HTTP_PORT},
            {"name": "contribution", "containerPort": CONTRIBUTION_PORT},
        ],
        "startupProbe": _probe("/healthz", every=1, failures=120),
        "readinessProbe": _probe("/readyz", every=1, failures=3),
        # Long: a machine that is pressed for some seconds must not cost the channel its pod.
        "livenessProbe": _probe("/healthz", every=10, failures=3),
        "resources": {
            "requests": {
                "cpu": platform.tall_cpu if tall else platform.cpu,
                "memory": platform.tall_memory if tall else platform.memory,
            },
            "limits": {"memory": platform.memory_limit},
        },
        "volumeMounts": mounts,
    }


def _probe(path: str, *, every: int, failures: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": "http"},
        "periodSeconds": every,
        "timeoutSeconds": 5,
        "failureThreshold": failures,
    }


def _refs(one: Input) -> list[tuple[str, str, str]]:
    """The Secrets of an input: name, key, and the file that it becomes."""
    found = []
    if one.stream_key_secret_ref is not None:
        ref = one.stream_key_secret_ref
        found.append((ref.name, ref.key, "streamKey"))
    if one.passphrase_secret_ref is not None:
        called = one.passphrase_secret_ref
        found.append((called.name, called.key, "passphrase"))
    return found


def _key_volume(one: Input) -> dict[str, Any]:
    """Optional: an input without its key is told of, and keeps no channel from the air."""
    sources = [
        {"secret": {"name": name, "optional": True, "items": [{"key": key, "path": path}]}}
        for name, key, path in _refs(one)
    ]
    return {"name": f"key-{one.name}", "projected": {"defaultMode": 0o440, "sources": sources}}
