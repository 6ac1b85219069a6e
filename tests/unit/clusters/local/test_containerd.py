"""What containerd calls an image."""

from clusters.local.containerd import with_digests

LISTING = """\
REF TYPE DIGEST SIZE PLATFORMS LABELS
r/media:1 application/x sha256:aa 660.0 MiB linux/amd64 io.cri-containerd.image=managed
r/media:2 application/x sha256:bb 660.0 MiB linux/amd64 io.cri-containerd.image=managed
r/store:1 application/x sha256:cc 100.0 MiB linux/amd64 io.cri-containerd.image=managed
r/store:2 application/x sha256:cc 100.0 MiB linux/amd64 io.cri-containerd.image=managed
sha256:0a application/x sha256:aa 660.0 MiB linux/amd64 io.cri-containerd.image=managed
sha256:0b application/x sha256:bb 660.0 MiB linux/amd64 io.cri-containerd.image=managed
sha256:0c application/x sha256:cc 100.0 MiB linux/amd64 io.cri-containerd.image=managed
"""


def test_an_image_goes_with_its_name_by_digest() -> None:
    assert with_digests(LISTING, {"r/media:1"}) == ["r/media:1", "sha256:0a"]


def test_a_digest_that_has_another_tag_stays() -> None:
    assert with_digests(LISTING, {"r/store:1"}) == ["r/store:1"]


def test_an_image_that_is_not_there_is_not_asked_for() -> None:
    assert with_digests(LISTING, {"r/origin:1"}) == []
