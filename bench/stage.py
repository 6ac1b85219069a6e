"""Plays the cluster around an operator: makes titles, ends Jobs with reports, sees who settles.

The same for both operators. No pod runs: a Job's pod is created ended, with its report, and the
Job is made complete, in three requests.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.apiserver.stagehand import OWNER, PROBED, STEP, encoded, now, published

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from tests.apiserver.server import ApiServer

Json = dict[str, Any]
NAMESPACE = "bench"
TITLES = f"/apis/streamverse.io/v1alpha1/namespaces/{NAMESPACE}/transcodejobs"
JOBS = f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
AT_ONCE = 16
MERGE = "application/merge-patch+json"


def ready(title: Json) -> tuple[str, str]:
    """Status and reason of the Ready condition, of this very generation; ("", "") before."""
    status = title.get("status", {})
    if status.get("observedGeneration") != title["metadata"]["generation"]:
        return "", ""
    for said in status.get("conditions", ()):
        if said["type"] == "Ready":
            return said["status"], said["reason"]
    return "", ""


def report_of(job: Json) -> str:
    """What the pod of a step would have left behind."""
    step, owner = (job["metadata"]["labels"][mark] for mark in (STEP, OWNER))
    if step == "probe":
        said: Any = PROBED.model_copy(update={"tasks": 1, "chunks_total": 1})
    elif step == "encode":
        said = encoded("chunk/0")
    else:
        said = published(NAMESPACE, owner)
    return str(said.model_dump_json(by_alias=True, exclude_none=True))


@dataclass
class Stage:
    session: aiohttp.ClientSession
    url: str
    settled: dict[str, float] = field(default_factory=dict)
    """When each title was first seen to be settled, on the monotonic clock."""
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(
        self, verb: str, path: str, body: Json, content_type: str = "application/json"
    ) -> Json:
        headers = {"Content-Type": content_type}
        async with (
            self.turns,
            self.session.request(
                verb, f"{self.url}{path}", data=json.dumps(body), headers=headers
            ) as answer,
        ):
            content: Json = await answer.json()
            if answer.status >= 300:
                raise RuntimeError(f"{verb} {path}: {content.get('message')}")
            return content

    async def create_titles(self, names: Iterable[str], *, suspend: bool) -> None:
        spec = {
            "input": {"uri": "s3://streamverse/bench/uploads/film.mp4"},
            "profileRef": {"name": "ladder-small"},
            "suspend": suspend,
        }
        kind = {"apiVersion": "streamverse.io/v1alpha1", "kind": "TranscodeJob"}
        made = (
            self.call("POST", TITLES, {**kind, "metadata": {"name": name}, "spec": spec})
            for name in names
        )
        await asyncio.gather(*made)

    async def until_settled(self, names: Iterable[str], limit_seconds: float) -> float:
        """When the last of them was, on the monotonic clock."""
        wanted = set(names)
        async with asyncio.timeout(limit_seconds):
            while not wanted <= self.settled.keys():
                self.looked.clear()
                await self.looked.wait()
        return max(self.settled[name] for name in wanted)

    async def watch_titles(self) -> None:
        async for _, title in self._events(TITLES):
            status, reason = ready(title)
            if status == "True" or reason == "Suspended":
                self.settled.setdefault(title["metadata"]["name"], time.monotonic())
                self.looked.set()

    async def play_jobs(self) -> None:
        seen: set[str] = set()
        async with asyncio.TaskGroup() as ending:
            async for event, job in self._events(JOBS):
                uid = job["metadata"]["uid"]
                if event != "DELETED" and uid not in seen:
                    seen.add(uid)
                    ending.create_task(self._end(job))

    async def _end(self, job: Json) -> None:
        meta, template = job["metadata"], job["spec"]["template"]
        index = {"batch.kubernetes.io/job-completion-index": "0"}
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"]}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"{meta['name']}-0",
                "labels": {**template["metadata"]["labels"], **index},
                "ownerReferences": [{**owner, "controller": True}],
            },
            "spec": template["spec"],
        }
        await self.call("POST", PODS, pod)
        ended = {"exitCode": 0, "message": report_of(job), "finishedAt": now()}
        container = {"name": "media", "image": "x", "imageID": "x", "ready": False}
        container |= {"restartCount": 0, "state": {"terminated": ended}}
        status: Json = {"phase": "Succeeded", "containerStatuses": [container]}
        await self.call("PATCH", f"{PODS}/{meta['name']}-0/status", {"status": status}, MERGE)
        done = {"status": "True", "lastTransitionTime": now()}
        conditions = [{"type": kind, **done} for kind in ("SuccessCriteriaMet", "Complete")]
        status = {"startTime": now(), "completionTime": now(), "succeeded": 1}
        status["conditions"] = conditions
        if job["spec"].get("completionMode") == "Indexed":
            status["completedIndexes"] = "0"
        await self.call("PATCH", f"{JOBS}/{meta['name']}/status", {"status": status}, MERGE)

    async def _events(self, path: str) -> AsyncIterator[tuple[str, Json]]:
        """Everything that is there, then everything that happens; some of it again at times: an API
        server hangs up on who reads too slowly, and knows a new kind only after a moment.
        """
        timeout = aiohttp.ClientTimeout(total=None)
        where = f"{self.url}{path}"
        while True:
            async with self.session.get(where, params={"watch": "true"}, timeout=timeout) as answer:
                if answer.status == HTTPStatus.OK:
                    async for event in _lines(answer):
                        if event["type"] == "ERROR":
                            break
                        yield event["type"], event["object"]
            await asyncio.sleep(0.1)

    async def written(self) -> dict[tuple[str, str, str], float]:
        """(resource, subresource, verb) -> writes that succeeded, as the API server counts them."""
        async with self.session.get(f"{self.url}/metrics") as answer:
            return writes(await answer.text())


async def _lines(answer: aiohttp.ClientResponse) -> AsyncIterator[Json]:
    """Of any length, which readline() would refuse."""
    rest = b""
    async for piece in answer.content.iter_any():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield json.loads(line)


def writes(metrics: str) -> dict[tuple[str, str, str], float]:
    """Of apiserver_request_total. Pure."""
    found: dict[tuple[str, str, str], float] = {}
    for line in metrics.splitlines():
        if not line.startswith("apiserver_request_total{"):
            continue
        inside, _, value = line.removeprefix("apiserver_request_total{").partition("} ")
        labels = {
            key: text.strip('"') for key, _, text in (p.partition("=") for p in inside.split(","))
        }
        if labels["verb"] in {"POST", "PUT", "PATCH", "APPLY", "DELETE"} and labels["code"] < "300":
            key = (labels["resource"], labels["subresource"], labels["verb"])
            found[key] = found.get(key, 0) + float(value)
    return found


def grown(
    before: dict[tuple[str, str, str], float],
    after: dict[tuple[str, str, str], float],
    which: Callable[[str, str, str], bool],
) -> float:
    return sum(n - before.get(key, 0) for key, n in after.items() if which(*key))


@asynccontextmanager
async def stage(api: ApiServer, token: str) -> AsyncIterator[Stage]:
    trust = ssl.create_default_context(cafile=str(api.certificate))
    connector = aiohttp.TCPConnector(ssl=trust, limit=0)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        found = Stage(session, api.url)
        watching = [asyncio.create_task(w()) for w in (found.watch_titles, found.play_jobs)]
        try:
            yield found
        finally:
            for task in watching:
                task.cancel()
            ended = await asyncio.gather(*watching, return_exceptions=True)
            for said in ended:
                if isinstance(said, Exception):
                    raise said
