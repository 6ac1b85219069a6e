"""The Jobs of a TranscodeJob: what a pod of each step runs, and under which limits. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crds.v1alpha1.meta import GROUP
from crds.work import Exit, Order
from operators.canonical import digest8
from operators.kinds import JOB, OWNED_BY, OWNER, OWNER_UID
from operators.reconcile import Child
from operators.transcodejob.observe import STEP, Step
from operators.workload import media_pod

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob
    from operators.settings import Settings

QUEUE = "kueue.x-k8s.io/queue-name"
_TALL = 1080
MEDIA = {"app.kubernetes.io/name": "streamverse-media"}
SWEPT_SECONDS = 60
"""Who deletes something looks whether anything is left; other steps are looked into for longer."""
ATTEMPTS = 3
"""Of a step that is one pod: with Kubernetes' backoff, its failure is known within a minute. A
store that is away costs none of them in the end: then the Job is made anew."""


@dataclass(frozen=True)
class Platform:
    """What the installation adds to every pod; nothing here shapes output."""

    media_image: str
    image_pull_policy: str = "IfNotPresent"
    allow_cidrs: tuple[str, ...] = ()
    max_input_gibibytes: int = 100
    encode_cpu: str = "400m"
    encode_memory: str = "512Mi"
    tall_encode_cpu: str = "1"
    tall_encode_memory: str = "2Gi"
    """Of a ladder that goes above 1080 lines."""
    scratch_request: str = "512Mi"
    scratch_limit: str = "20Gi"
    """Of the node's disk; a pod that needs more is evicted, and that counts as an attempt."""
    image_pull_secrets: tuple[str, ...] = ()
    """Names of Secrets where the pod is: the tenant's namespace, and the platform's for a sweep."""

    @classmethod
    def of(cls, settings: Settings) -> Platform:
        return cls(
            settings.media_image,
            settings.image_pull_policy,
            settings.allow_cidrs,
            settings.max_input_gibibytes,
            settings.encode_cpu,
            settings.encode_memory,
            settings.tall_encode_cpu,
            settings.tall_encode_memory,
            settings.scratch_request,
            settings.scratch_limit,
            settings.image_pull_secrets,
        )


def job_name(job: TranscodeJob, step: Step) -> str:
    """The same for ever for this very object; another for the next object of the same name."""
    return f"{job.metadata.name[:40]}-{step}-{digest8(job.metadata.uid, step)}"


def step_job(
    job: TranscodeJob,
    step: Step,
    order: Order,
    platform: Platform,
    *,
    tasks: int = 1,
    suspend: bool = False,
) -> Child:
    """The Job of one step. It is made once; only whether it is suspended follows."""
    queued = job.metadata.labels.get(QUEUE)
    labels = {STEP: step, **MEDIA}
    spec: dict[str, Any] = {
        "suspend": suspend,
        "ttlSecondsAfterFinished": SWEPT_SECONDS if step == "retire" else 3600,
        "podFailurePolicy": FAILURE_POLICY,
        "podReplacementPolicy": "Failed",
        "template": _template(job, step, order, platform, labels),
    }
    if step == "encode":
        spec |= {
            "completionMode": "Indexed",
            "completions": tasks,
            "parallelism": min(tasks, job.spec.chunking.parallelism),
            "backoffLimitPerIndex": job.spec.retry.max_attempts_per_chunk - 1,
            # A title with a hole is none: the first chunk that is given up ends the Job.
            "maxFailedIndexes": 0,
        }
    else:
        spec |= {"backoffLimit": ATTEMPTS - 1}
    meta = {"name": job_name(job, step), "labels": labels | ({QUEUE: queued} if queued else {})}
    manifest = {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": meta,
        "spec": spec,
    }
    # Kueue decides when a Job that it queues may run; we only stop it.
    follows = {} if queued and not suspend else {"suspend": suspend}
    return Child(JOB, manifest, follows, owned=step != "retire")


FAILURE_POLICY = {
    "rules": [
        # A refusal is final: no other attempt, and no other chunk, can change it.
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [int(Exit.REFUSED)]}},
        # A lost node or an eviction is nobody's fault and costs no attempt.
        {
            "action": "Ignore",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        },
    ]
}


def _template(
    job: TranscodeJob, step: Step, order: Order, platform: Platform, labels: dict[str, str]
) -> dict[str, Any]:
    container = {
        "args": _ARGS[step],
        "env": [{"name": "STREAMVERSE_ORDER", "value": order.model_dump_json(by_alias=True)}],
        "resources": _resources(order, step, platform),
    }
    whose = {
        OWNED_BY: job.kind,
        OWNER: job.metadata.name,
        OWNER_UID: job.metadata.uid,
    }
    # Not a label: those may not begin with a minus.
    noted = {f"{GROUP}/priority": str(job.spec.priority)}
    return {
        "metadata": {"labels": labels | whose, "annotations": noted},
        "spec": pod_spec(container, platform),
    }


def pod_spec(container: dict[str, Any], platform: Platform) -> dict[str, Any]:
    """Of a step that is this container besides what all steps have."""
    whole = media_pod(
        {**container, "terminationMessagePolicy": "File"},
        image=platform.media_image,
        pull_policy=platform.image_pull_policy,
        pull_secrets=platform.image_pull_secrets,
        scratch_limit=platform.scratch_limit,
    )
    return {**whole, "restartPolicy": "Never", "terminationGracePeriodSeconds": 10}


_ARGS: dict[Step, list[str]] = {
    "probe": ["probe"],
    "encode": ["encode", "--task-index", "$(JOB_COMPLETION_INDEX)"],
    "publish": ["publish"],
    "retire": ["retire"],
}


def light(platform: Platform) -> dict[str, Any]:
    """Of a step that encodes nothing."""
    return {
        "requests": {
            "cpu": "100m",
            "memory": "128Mi",
            "ephemeral-storage": platform.scratch_request,
        },
        "limits": {"ephemeral-storage": platform.scratch_limit},
    }


def _resources(order: Order, step: Step, platform: Platform) -> dict[str, Any]:
    if step != "encode":
        return light(platform)
    disk = {"ephemeral-storage": platform.scratch_request}
    limits = {"ephemeral-storage": platform.scratch_limit}
    requests = {"cpu": platform.encode_cpu, "memory": platform.encode_memory}
    if max(rung.max_height for rung in order.profile.renditions) > _TALL:
        requests = {"cpu": platform.tall_encode_cpu, "memory": platform.tall_encode_memory}
    if order.profile.encoder == "Nvenc":
        limits |= {"nvidia.com/gpu": "1"}
    return {"requests": requests | disk, "limits": limits}
