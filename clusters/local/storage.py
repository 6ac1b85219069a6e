"""Volumes as folders of this machine: Rancher's local-path provisioner and its StorageClass."""

import json
from collections.abc import Mapping
from typing import Any

from .paths import VOLUMES

NAMESPACE = "streamverse-storage"
NAME = "local-path-provisioner"
CLASS = "streamverse-local"
Manifest = Mapping[str, Any]

_SETUP = """\
#!/bin/sh
set -eu
mkdir -m 0777 -p "$VOL_DIR"
"""
_TEARDOWN = """\
#!/bin/sh
set -eu
rm -rf "$VOL_DIR"
"""
_RULES: list[dict[str, list[str]]] = [
    {
        "apiGroups": [""],
        "resources": ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
        "verbs": ["get", "list", "watch"],
    },
    {
        "apiGroups": [""],
        "resources": ["persistentvolumes"],
        "verbs": ["get", "list", "watch", "create", "patch", "update", "delete"],
    },
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    {
        "apiGroups": ["storage.k8s.io"],
        "resources": ["storageclasses"],
        "verbs": ["get", "list", "watch"],
    },
]


def manifests(image: str) -> list[Manifest]:
    """All objects of the provisioner. Its helper pods mount the host, hence the namespace. Pure."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": NAMESPACE,
                "labels": {"pod-security.kubernetes.io/enforce": "privileged"},
            },
        },
        _namespaced("v1", "ServiceAccount", NAME),
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": f"streamverse-{NAME}"},
            "rules": _RULES,
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": f"streamverse-{NAME}"},
            "roleRef": _role("ClusterRole", f"streamverse-{NAME}"),
            "subjects": [_account()],
        },
        {
            **_namespaced("rbac.authorization.k8s.io/v1", "Role", NAME),
            "rules": [
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "patch", "delete"]}
            ],
        },
        {
            **_namespaced("rbac.authorization.k8s.io/v1", "RoleBinding", NAME),
            "roleRef": _role("Role", NAME),
            "subjects": [_account()],
        },
        {**_namespaced("v1", "ConfigMap", NAME), "data": _configuration(image)},
        {**_namespaced("apps/v1", "Deployment", NAME), "spec": _deployment(image)},
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": CLASS,
                "annotations": {
                    "storageclass.kubernetes.io/is-default-class": "true",
                    # Volumes of type `local` are given to a pod's fsGroup; host paths are not.
                    "defaultVolumeType": "local",
                },
            },
            "provisioner": "streamverse.io/local-path",
            "volumeBindingMode": "WaitForFirstConsumer",
            "reclaimPolicy": "Delete",
        },
    ]


def _configuration(image: str) -> dict[str, str]:
    helper = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "helper-pod"},
        "spec": {
            "priorityClassName": "system-node-critical",
            "containers": [
                {"name": "helper-pod", "image": image, "imagePullPolicy": "Never"},
            ],
        },
    }
    paths = [{"node": "DEFAULT_PATH_FOR_NON_LISTED_NODES", "paths": [str(VOLUMES)]}]
    return {
        "config.json": json.dumps({"nodePathMap": paths}),
        "setup": _SETUP,
        "teardown": _TEARDOWN,
        "helperPod.yaml": json.dumps(helper),
    }


def _deployment(image: str) -> Manifest:
    labels = {"app.kubernetes.io/name": NAME}
    return {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {"labels": labels},
            "spec": {
                "serviceAccountName": NAME,
                "priorityClassName": "system-cluster-critical",
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 65532,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "provisioner",
                        "image": image,
                        "imagePullPolicy": "Never",
                        "command": [
                            *("local-path-provisioner", "start"),
                            *("--provisioner-name", "streamverse.io/local-path"),
                            *("--config", "/etc/config/config.json"),
                            *("--helper-image", image, "--service-account-name", NAME),
                            *("--namespace", NAMESPACE, "--configmap-name", NAME),
                        ],
                        "env": [{"name": "CONFIG_MOUNT_PATH", "value": "/etc/config/"}],
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]},
                        },
                        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
                        "volumeMounts": [{"name": "configuration", "mountPath": "/etc/config"}],
                    }
                ],
                "volumes": [{"name": "configuration", "configMap": {"name": NAME}}],
            },
        },
    }


def _namespaced(version: str, kind: str, name: str) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
    }


def _role(kind: str, name: str) -> dict[str, str]:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}


def _account() -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": NAME, "namespace": NAMESPACE}
