"""The channel that the demo puts on air."""

import yaml

from cli.demo.channel import NEWS, PUBLISH_LINE, PUBLISHED, SAMPLE, missing_keys, stream_key
from cli.demo.command import farewell
from crds.v1alpha1 import Channel
from tests.unit.cli.test_channel_picture import shown

MANIFEST = yaml.safe_load(SAMPLE.read_text())


def sample() -> Channel:
    return Channel.model_validate({**MANIFEST, "metadata": {**MANIFEST["metadata"], "uid": "u1"}})


def test_the_sample_is_on_air_before_anybody_publishes() -> None:
    inputs = {one.name: one for one in sample().spec.inputs}
    assert inputs[PUBLISHED].is_pushed
    assert [one.protocol for one in inputs.values() if not one.is_pushed] == ["Test"]
    assert sample().metadata.name == NEWS.name


def test_every_key_that_the_sample_names_is_made_and_none_is_in_it() -> None:
    assert missing_keys(MANIFEST) == ["news-primary"]
    made = stream_key("news-primary", "k")
    assert (made["kind"], made["stringData"]) == ("Secret", {"streamKey": "k"})
    assert "streamKey:" not in yaml.safe_dump(MANIFEST)


def test_the_demo_ends_with_where_to_watch_and_how_to_publish() -> None:
    urls = {"watch": "http://w", "hls": "http://h", "dash": "http://d"}
    told = shown(farewell(urls, {name: f"{url}/live" for name, url in urls.items()}))
    assert "http://w/live" in told
    assert "--publish primary" in told
    assert "flv" in PUBLISH_LINE
