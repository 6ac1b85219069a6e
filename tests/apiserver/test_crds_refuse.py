"""Every kind of mistake is refused, with a sentence that says what to do."""

from typing import Any

import pytest

from tests.apiserver.objects import changed, encoding_profile, media_asset, transcode_job
from tests.apiserver.server import ApiServer

RUNG = {"name": "240p", "maxHeight": 240, "bitrateKbps": 400}
URI = "s3://streamverse/demo/uploads/film.mp4"

PROFILE_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no rung": ({"spec.renditions": []}, "should have at least 1 items"),
    "no spec": ({"spec": None}, "spec: Required value"),
    "seventeen rungs": (
        {"spec.renditions": [{**RUNG, "name": f"r{n}"} for n in range(17)]},
        "must have at most 16 items",
    ),
    "two rungs of one name": (
        {"spec.renditions": [RUNG, {**RUNG, "maxHeight": 480}]},
        'spec.renditions[1]: Duplicate value: {"name":"240p"}',
    ),
    "two rungs equal but for their names": (
        {"spec.renditions": [RUNG, {**RUNG, "name": "other"}]},
        "two renditions are equal in all but name; remove one of them",
    ),
    "a name that is no part of a URL": (
        {"spec.renditions.0.name": "240p/../x"},
        "use only lower-case letters, digits and dashes, as 720p",
    ),
    "a rung that the origin may not read": (
        {"spec.renditions.0.name": "uploads"},
        "name cannot be uploads: what lies in the store below that name is not served",
    ),
    "sound that the origin may not read": (
        {"spec.audio.0.name": "uploads"},
        "name cannot be uploads: what lies in the store below that name is not served",
    ),
    "a codec nobody has heard of": (
        {"spec.renditions.0.codec": "H262"},
        'supported values: "H264", "H265", "VP9", "AV1"',
    ),
    "a picture of one line": (
        {"spec.renditions.0.maxHeight": 1},
        "spec.renditions[0].maxHeight in body should be greater than or equal to 64",
    ),
    "a peak below the average": (
        {"spec.renditions.0.maxBitrateKbps": 300},
        "maxBitrateKbps must be at least bitrateKbps; raise it or leave it out",
    ),
    "HDR in H.264": (
        {"spec.renditions.0.hdr": "Passthrough"},
        "H264 rungs carry no HDR: set hdr to ToneMap or Forbid, or codec to H265",
    ),
    "a segment that is no whole number of GOPs": (
        {"spec.segmentDurationMillis": 5000},
        "segmentDurationMillis must be a whole multiple of gopDurationMillis, as 4000 and 2000",
    ),
    "half a channel": (
        {"spec.audio.0.channels": 1.5},
        'spec.audio[0].channels in body must be of type integer: "number"',
    ),
    "a name too long for pods": (
        {"metadata.name": "a" * 53},
        "metadata.name must be a DNS label of at most 52 characters",
    ),
    "a name with a dot": ({"metadata.name": "ladder.v2"}, "metadata.name must be a DNS label"),
    "a field that does not exist": (
        {"spec.segmentSeconds": 4},
        'unknown field "spec.segmentSeconds"',
    ),
}

ASSET_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no source": ({"spec.source": None}, "spec.source: Required value"),
    "no profile": ({"spec.profileRef": None}, "spec.profileRef: Required value"),
    "a local file": (
        {"spec.source.uri": "file:///etc/passwd"},
        "give an s3://bucket/key or https://host/path address, as `streamverse upload FILE`",
    ),
    "an address without a path": ({"spec.source.uri": "s3://streamverse"}, "give an s3://bucket"),
    "an address with a line break": (
        {"spec.source.uri": "s3://streamverse/a\nb"},
        "give an s3://bucket",
    ),
    "an address with a password": (
        {"spec.source.uri": "https://me:secret@example.com/film.mp4"},
        "leave user and password out of the address",
    ),
    "an address without end": ({"spec.source.uri": URI + "x" * 2048}, "may not be more than 2048"),
    "a title in no language": (
        {"spec.title": {"English please": "A Film"}},
        "the keys of title are BCP 47 language tags, as en, pt-BR or und",
    ),
    "markers out of order": (
        {"spec.markers.0.offsetMillis": 700_000},
        "list the markers by offsetMillis, earliest first",
    ),
    "a marker before the beginning": (
        {"spec.markers.0.offsetMillis": -1},
        "should be greater than or equal to 0",
    ),
    "two markers of one name": ({"spec.markers.1.name": "intro"}, "Duplicate value"),
    "rights that end before they begin": (
        {"spec.rights.0.until": "2025-01-01T00:00:00Z"},
        "until must be later than from; swap them, or leave one out",
    ),
    "rights from no time at all": (
        {"spec.rights.0.from": "next week"},
        "spec.rights[0].from in body must be of type date-time",
    ),
    "a country in full": ({"spec.rights.0.territories.0": "Germany"}, "may not be more than 2"),
    "a country in small letters": (
        {"spec.rights.0.territories.0": "de"},
        "use a two-letter ISO 3166 code, as DE or BR",
    ),
    "an unknown platform": ({"spec.rights.0.platforms.0": "Fridge"}, "supported values"),
    "a track in no language": (
        {"spec.tracks": [{"name": "dub", "kind": "Audio", "language": "Klingon!"}]},
        "use a BCP 47 language tag",
    ),
}

JOB_MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "two inputs": (
        {"spec.input.assetRef": {"name": "film"}},
        "give either uri or assetRef, and not both",
    ),
    "no input": ({"spec.input": {}}, "give either uri or assetRef, and not both"),
    "a device as input": ({"spec.input.uri": "tty:///dev/tty"}, "give an s3://bucket/key"),
    "no ladder": (
        {"spec.profileRef": None},
        "give profileRef (the name of an EncodingProfile) or profile (the ladder itself)",
    ),
    "a broken ladder of its own": (
        {"spec.profile": {"renditions": [RUNG], "segmentDurationMillis": 3000}},
        "segmentDurationMillis must be a whole multiple of gopDurationMillis",
    ),
    "no manifest": (
        {"spec.packaging": {"hls": False, "dash": False}},
        "set hls or dash to true: without a manifest nobody can play the title",
    ),
    "a place that is no DNS label": (
        {"spec.output": {"prefix": "../other-tenant"}},
        "use a DNS label: lower-case letters, digits and dashes, at most 52 characters",
    ),
    "no pods": ({"spec.chunking": {"parallelism": 0}}, "should be greater than or equal to 1"),
    "a deadline of a second": (
        {"spec.activeDeadlineSeconds": 1},
        "spec.activeDeadlineSeconds in body should be greater than or equal to 60",
    ),
    "more likeness than there is": (
        {"spec.verify": {"minSsim": 1.5}},
        "spec.verify.minSsim in body should be less than or equal to 1",
    ),
    "eleven attempts": (
        {"spec.retry": {"maxAttemptsPerChunk": 11}},
        "should be less than or equal to 10",
    ),
    "a GPU of no pool": ({"spec.gpu": {}}, "spec.gpu.poolRef: Required value"),
}


@pytest.mark.parametrize("mistake", PROFILE_MISTAKES)
def test_a_profile_is_refused_for(api: ApiServer, mistake: str) -> None:
    change, message = PROFILE_MISTAKES[mistake]
    refused(api, changed(encoding_profile(), change), message)


@pytest.mark.parametrize("mistake", ASSET_MISTAKES)
def test_an_asset_is_refused_for(api: ApiServer, namespace: str, mistake: str) -> None:
    change, message = ASSET_MISTAKES[mistake]
    refused(api, changed(media_asset(namespace), change), message)


@pytest.mark.parametrize("mistake", JOB_MISTAKES)
def test_a_job_is_refused_for(api: ApiServer, namespace: str, mistake: str) -> None:
    change, message = JOB_MISTAKES[mistake]
    refused(api, changed(transcode_job(namespace), change), message)


def refused(api: ApiServer, manifest: dict[str, Any], message: str) -> None:
    answer = api.create(manifest, dryRun="All", fieldValidation="Strict")
    assert not answer.ok, "it was accepted"
    assert message in answer.message
