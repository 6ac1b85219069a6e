"""What must not leave with a bug report: secrets are struck out of every text in it. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

STRUCK = "[redacted]"

_TOKENS = re.compile(
    r"""
      eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*                     # a JWT, wherever it stands
    | (?<=URISigningPackage=)[^/\s&;"']+                  # RFC 9246, in a path or a query
    | (?<=X-Amz-Signature=)[0-9a-fA-F]+
    | (?<=X-Amz-Credential=)[^&\s"']+
    | (?<=X-Amz-Security-Token=)[^&\s"']+
    | (?<=Signature=)[0-9a-f]{32,}                        # the header of AWS Signature 4
    | (?<=Bearer\s)[\w.~+/=-]{8,}
    | (?<=Basic\s)[\w+/=-]{8,}
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?-----END[ ][A-Z ]*PRIVATE[ ]KEY-----
    | (?<=://)[^/\s:@"']+:[^/\s@"']+(?=@)                 # user:password@host
    """,
    re.VERBOSE | re.DOTALL,
)
_SPOKEN_SECRET = re.compile(
    r"""(?ix)
    ( ["']? [\w.-]*
      (?: password | passwd | passphrase | secret | access[_-]?key | access[_-]?key[_-]?id
        | api[_-]?key | token | stream[_-]?key | end[_-]?key )
      ["']? [ \t]* [:=] [ \t]* ["']? )
    ( [^\s"',;}\]]{4,} )
    """
)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens, keys, passwords, or any of the secrets that are known by value."""
    # The longest first: one secret may be the beginning of another.
    for secret in sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True):
        text = text.replace(secret, STRUCK)
    text = _TOKENS.sub(STRUCK, text)
    return _SPOKEN_SECRET.sub(rf"\1{STRUCK}", text)


def plain(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A Kubernetes object without what nobody reads, and without the values of its environment.

    Names of variables stay: that one is missing is often the bug.
    """
    metadata = {k: v for k, v in manifest.get("metadata", {}).items() if k != "managedFields"}
    annotations = {
        k: v
        for k, v in (metadata.get("annotations") or {}).items()
        if k != "kubectl.kubernetes.io/last-applied-configuration"
    }
    if annotations or "annotations" in metadata:
        metadata["annotations"] = annotations
    return {k: _without_values(v) for k, v in manifest.items() if k != "metadata"} | {
        "metadata": metadata
    }


def _without_values(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        return [_without_values(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = {k: _without_values(v) for k, v in node.items()}
    if isinstance(node.get("env"), list):
        kept["env"] = [
            {**e, "value": STRUCK} if isinstance(e, Mapping) and "value" in e else e
            for e in node["env"]
        ]
    return kept
