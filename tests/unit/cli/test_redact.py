import pytest
import yaml

from cli.redact import STRUCK, plain, redacted
from operators.channel.pods import END_KEY

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"GET /vod/a;URISigningPackage={JWT}/master.m3u8", JWT),
        ("GET /vod/a;URISigningPackage=opaque/master.m3u8", "opaque"),
        (f"Authorization: Bearer {JWT}", JWT),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("?X-Amz-Credential=AKIAEXAMPLE%2Fus&X-Amz-Signature=deadbeef01", "deadbeef01"),
        ("?X-Amz-Credential=AKIAEXAMPLE%2Fus&X-Amz-Signature=deadbeef01", "AKIAEXAMPLE"),
        ("https://user:hunter22@host/file", "hunter22"),
        ('{"password": "hunter22"}', "hunter22"),
        ("STREAMVERSE_STORE_SECRET_ACCESS_KEY=abcd1234", "abcd1234"),
        ("secretAccessKey: abcd1234", "abcd1234"),
        ("-----BEGIN EC PRIVATE KEY-----\nMHcC\nAQEE\n-----END EC PRIVATE KEY-----", "MHcC"),
        ("rtmp://in/live stream_key=lettherebe", "lettherebe"),
        ("srt://in:10080?passphrase=lettherebe&latency=200", "lettherebe"),
        ("srtPassphrase: lettherebe", "lettherebe"),
        ('"endKey": "lettherebe"', "lettherebe"),
    ],
)
def test_a_secret_in_a_text_is_struck_out(text: str, secret: str) -> None:
    told = redacted(text)
    assert secret not in told
    assert STRUCK in told


def test_a_secret_that_is_known_by_value_is_struck_out_wherever_it_stands() -> None:
    assert redacted("a zq9-zq9-zq9-more b zq9-zq9", ["zq9-zq9", "zq9-zq9-zq9-more"]) == (
        f"a {STRUCK} b {STRUCK}"
    )


def test_an_empty_secret_strikes_out_nothing() -> None:
    assert redacted("a film", ["", "a"]) == "a film"


@pytest.mark.parametrize(
    "text",
    [
        "s3://streamverse/demo/uploads/film.mp4",
        "http://127.0.0.1:30080/vod/demo.film/master.m3u8",
        "secretRef:\n  name: streamverse-store",
        "secret:\n  secretName: streamverse-store",
        "passphraseSecretRef:\n  name: encoder\n  key: passphrase",
        "2025-01-01T12:00:00Z chunk 3 of 9 encoded",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_what_ends_a_channel_is_struck_out_of_its_deployment() -> None:
    deployment = {"metadata": {"name": "news", "annotations": {END_KEY: "lettherebe"}}}
    told = redacted(yaml.safe_dump(plain(deployment)))
    assert f"{END_KEY}: {STRUCK}\n" in told
    assert "lettherebe" not in told


def test_an_object_keeps_the_names_of_its_environment_and_loses_the_values() -> None:
    pod = {
        "metadata": {
            "name": "worker",
            "managedFields": [{}],
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{}",
                "kept": "yes",
            },
        },
        "spec": {
            "containers": [
                {"env": [{"name": "ORDER", "value": "x"}, {"name": "A", "valueFrom": {}}]}
            ]
        },
    }
    assert plain(pod) == {
        "metadata": {"name": "worker", "annotations": {"kept": "yes"}},
        "spec": {
            "containers": [
                {"env": [{"name": "ORDER", "value": STRUCK}, {"name": "A", "valueFrom": {}}]}
            ]
        },
    }
