"""Builders of good objects, to be bent by one field at a time."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

API_VERSION = "streamverse.io/v1alpha1"

Manifest = dict[str, Any]


def encoding_profile(name: str = "ladder") -> Manifest:
    rungs = [
        {"name": "240p", "maxHeight": 240, "bitrateKbps": 400},
        {"name": "720p", "maxHeight": 720, "bitrateKbps": 2500, "maxBitrateKbps": 3000},
    ]
    spec = {"renditions": rungs, "audio": [{"name": "stereo"}]}
    return _manifest("EncodingProfile", name, None, spec)


def media_asset(namespace: str, name: str = "film") -> Manifest:
    spec = {
        "title": {"en": "A Film", "pt-BR": "Um Filme"},
        "source": {"uri": "s3://streamverse/demo/uploads/film.mp4"},
        "profileRef": {"name": "ladder-small"},
        "markers": [
            {"name": "intro", "offsetMillis": 0, "kind": "Intro"},
            {"name": "break-1", "offsetMillis": 600_000, "kind": "AdOpportunity"},
        ],
        "rights": [
            {
                "name": "europe",
                "territories": ["DE", "FR"],
                "from": "2026-01-01T00:00:00Z",
                "until": "2027-01-01T00:00:00Z",
                "platforms": ["Web", "TV"],
            }
        ],
    }
    return _manifest("MediaAsset", name, namespace, spec)


def transcode_job(namespace: str, name: str = "pilot") -> Manifest:
    spec = {
        "input": {"uri": "s3://streamverse/demo/uploads/pilot.mp4"},
        "profileRef": {"name": "ladder-small"},
    }
    return _manifest("TranscodeJob", name, namespace, spec)


def channel(namespace: str, name: str = "news") -> Manifest:
    inputs = [
        {
            "name": "primary",
            "protocol": "RTMP",
            "priority": 1,
            "streamKeySecretRef": {"name": "news-primary"},
        },
        {"name": "backup", "protocol": "Test", "priority": 2},
    ]
    spec = {"inputs": inputs, "profileRef": {"name": "ladder-small"}}
    return _manifest("Channel", name, namespace, spec)


def changed(manifest: Manifest, change: Mapping[str, Any]) -> Manifest:
    """The manifest with values put at dotted paths; numbers index lists, None removes."""
    result = deepcopy(manifest)
    for path, value in change.items():
        *way, last = path.split(".")
        node: Any = result
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
        if value is None:
            del node[last]
        elif isinstance(node, list):
            node[int(last)] = value
        else:
            node[last] = value
    return result


def _manifest(kind: str, name: str, namespace: str | None, spec: Manifest) -> Manifest:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
