"""Plays the controllers that are not there: pods come, end and report; what is removed goes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from crds.work import (
    EncodeReport,
    Failure,
    Output,
    ProbeReport,
    ProbeSummary,
    PublishReport,
    ResolvedRung,
    RetireReport,
)
from tests.apiserver.awaiting import eventually
from tests.apiserver.server import ApiServer, Json

STEP = "streamverse.io/step"
OWNER = "streamverse.io/owner"

PROBED = ProbeReport(
    probe=ProbeSummary(
        container="mov,mp4",
        duration_millis=60_000,
        size_bytes=5_000_000,
        video="h264 1280x720 25 fps",
        width=1280,
        height=720,
    ),
    ladder=[
        ResolvedRung(
            name="240p", codec="H264", width=426, height=240, frame_rate="25", bitrate_kbps=400
        )
    ],
    audio=["stereo"],
    chunks_total=3,
    tasks=3,
)
RETIRED = RetireReport(deleted_objects=7)


def encoded(task: str) -> EncodeReport:
    return EncodeReport(task=task, media_millis=30_000, wall_millis=10_000)


def published(namespace: str, name: str) -> PublishReport:
    made = Output(name="240p", codecs="avc1.64001e", bytes=9, average_kbps=390, peak_kbps=450)
    return PublishReport(
        duration_millis=60_000,
        av_skew_millis=2,
        outputs=[made],
        hls_path=f"/vod/{namespace}.{name}/master.m3u8",
        dash_path=f"/vod/{namespace}.{name}/manifest.mpd",
    )


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Stagehand:
    api: ApiServer
    namespace: str
    owner: str = ""
    """Only what belongs to this TranscodeJob; empty: to any."""

    @property
    def jobs_path(self) -> str:
        return f"/apis/batch/v1/namespaces/{self.namespace}/jobs"

    @property
    def pods_path(self) -> str:
        return f"/api/v1/namespaces/{self.namespace}/pods"

    def jobs(self, step: str | None = None) -> list[Json]:
        """Jobs that were made, oldest first."""
        found: list[Json] = self.api.get(self.jobs_path)["items"]
        return [
            job
            for job in found
            if step in {None, job["metadata"]["labels"][STEP]}
            and self.owner in {"", job["metadata"]["labels"][OWNER]}
        ]

    def job(self, step: str) -> Json:
        """The one Job of a step, once it is there."""
        found = eventually(lambda: self.jobs(step), what=f"a Job for {step}")
        assert len(found) == 1, [job["metadata"]["name"] for job in found]
        return found[0]

    def pod(self, job: Json, *, index: int = 0) -> Json:
        """A pod of the Job, as its controller makes them."""
        template = job["spec"]["template"]
        meta = job["metadata"]
        labels = {
            **template["metadata"]["labels"],
            "batch.kubernetes.io/job-completion-index": str(index),
        }
        owner = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "name": meta["name"],
            "uid": meta["uid"],
            "controller": True,
        }
        name = f"{meta['name']}-{index}-{uuid.uuid4().hex[:5]}"
        manifest = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name,
                "namespace": self.namespace,
                "labels": labels,
                "ownerReferences": [owner],
            },
            "spec": template["spec"],
        }
        made = self.api.create(manifest)
        assert made.ok, made.message
        return made.body

    def run(self, pod: Json) -> None:
        self._pod_status(pod, {"phase": "Running"}, {"running": {"startedAt": now()}})

    def hold_up(self, pod: Json, reason: str) -> None:
        self._pod_status(pod, {"phase": "Pending"}, {"waiting": {"reason": reason}})

    def end(self, pod: Json, report: BaseModel | None, *, code: int = 0) -> None:
        message = report.model_dump_json(by_alias=True) if report else ""
        state = {"terminated": {"exitCode": code, "message": message, "finishedAt": now()}}
        self._pod_status(pod, {"phase": "Succeeded" if code == 0 else "Failed"}, state)

    def progress(self, job: Json, completed: str) -> None:
        status = {"startTime": now(), "completedIndexes": completed, "active": 1}
        self._job_status(job, status)

    def complete(self, job: Json, completed: str = "") -> None:
        conditions = [
            {"type": "SuccessCriteriaMet", "status": "True", "lastTransitionTime": now()},
            {"type": "Complete", "status": "True", "lastTransitionTime": now()},
        ]
        count = job["spec"].get("completions") or 1
        status = {
            "startTime": now(),
            "completionTime": now(),
            "conditions": conditions,
            "succeeded": count,
        }
        self._job_status(job, status | ({"completedIndexes": completed} if completed else {}))

    def fail(self, job: Json, message: str) -> None:
        said = {"status": "True", "reason": "PodFailurePolicy", "message": message}
        conditions = [
            {"type": "FailureTarget", "lastTransitionTime": now(), **said},
            {"type": "Failed", "lastTransitionTime": now(), **said},
        ]
        self._job_status(job, {"startTime": now(), "conditions": conditions, "failed": 1})

    def probe(self, report: ProbeReport = PROBED) -> Json:
        job = self.job("probe")
        self.end(self.pod(job), report)
        self.complete(job)
        return job

    def encode(self) -> Json:
        job = self.job("encode")
        count = job["spec"]["completions"]
        for index in range(count):
            self.end(self.pod(job, index=index), encoded(f"chunk/{index}"))
        self.complete(job, f"0-{count - 1}" if count > 1 else "0")
        return job

    def publish(self, name: str) -> Json:
        job = self.job("publish")
        self.end(self.pod(job), published(self.namespace, name))
        self.complete(job)
        return job

    def refuse(self, step: str, reason: str, message: str) -> None:
        job = self.job(step)
        self.end(self.pod(job), Failure(reason=reason, message=message), code=2)
        self.fail(job, "Container media failed with exit code 2")

    def collect_garbage(self) -> None:
        """Remove what has an owner that is gone."""
        jobs = {job["metadata"]["uid"] for job in self.jobs()}
        titles = {job["metadata"]["uid"] for job in self.api.get(self._ours)["items"]}
        for path, owners in ((self.jobs_path, titles), (self.pods_path, jobs)):
            for item in self.api.get(path)["items"]:
                refs = item["metadata"].get("ownerReferences", ())
                if refs and not any(ref["uid"] in owners for ref in refs):
                    self.api.call(
                        "DELETE",
                        f"{path}/{item['metadata']['name']}",
                        {
                            "kind": "DeleteOptions",
                            "apiVersion": "v1",
                            "gracePeriodSeconds": 0,
                            "propagationPolicy": "Background",
                        },
                    )

    @property
    def _ours(self) -> str:
        return f"/apis/streamverse.io/v1alpha1/namespaces/{self.namespace}/transcodejobs"

    def _pod_status(self, pod: Json, status: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        container = {
            "name": "media",
            "image": "x",
            "imageID": "x",
            "ready": False,
            "restartCount": 0,
            "state": dict(state),
        }
        path = f"{self.pods_path}/{pod['metadata']['name']}/status"
        self._merge(path, {**status, "containerStatuses": [container]})

    def _job_status(self, job: Json, status: Mapping[str, Any]) -> None:
        self._merge(f"{self.jobs_path}/{job['metadata']['name']}/status", status)

    def _merge(self, path: str, status: Mapping[str, Any]) -> None:
        said = self.api.call(
            "PATCH", path, {"status": status}, content_type="application/merge-patch+json"
        )
        assert said.ok, said.message
