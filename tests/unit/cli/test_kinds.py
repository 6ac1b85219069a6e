import pytest

from cli.exits import Exit, Stop
from cli.kinds import CRD, ENCODING_PROFILE, MEDIA_ASSET, TRANSCODE_JOB, Target, target


@pytest.mark.parametrize(
    "spoken", ["ma", "mediaasset", "MediaAsset", "mediaassets", "mediaassets.streamverse.io"]
)
def test_a_kind_may_be_named_as_kubectl_would(spoken: str) -> None:
    assert target(f"{spoken}/film") == Target(MEDIA_ASSET, "film")


@pytest.mark.parametrize("text", ["film", "pod/film", "ma/", "/film", ""])
def test_what_names_no_object_is_wrong_usage_and_says_what_would(text: str) -> None:
    with pytest.raises(Stop) as stopped:
        target(text)
    assert stopped.value.code is Exit.USAGE
    assert "mediaasset/film" in stopped.value.hint


def test_paths_are_those_of_the_api_server() -> None:
    assert TRANSCODE_JOB.path("demo", "film") == (
        "/apis/streamverse.io/v1alpha1/namespaces/demo/transcodejobs/film"
    )
    assert TRANSCODE_JOB.path() == "/apis/streamverse.io/v1alpha1/transcodejobs"
    assert ENCODING_PROFILE.path("demo", "ladder-small") == (
        "/apis/streamverse.io/v1alpha1/encodingprofiles/ladder-small"
    )
    assert CRD.path(None, "x").startswith("/apis/apiextensions.k8s.io/v1/")
