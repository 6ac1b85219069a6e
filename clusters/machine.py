"""What this machine is told about its network, handed on to builds: mirrors, proxies, CAs."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

CERTIFICATES = Path("/etc/ssl/certs")
_SETTINGS = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY", "npm_config_registry"),
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_PIP_FILES = ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")
_NPM_FILES = ("/etc/npmrc", "~/.npmrc")


def build_settings(env: Mapping[str, str]) -> dict[str, str]:
    """The variables of this environment that a build needs to reach package indexes. Pure."""
    return {
        name: value
        for name, value in env.items()
        if name in _SETTINGS or name in _PROXIES or name.startswith("PIP_")
    }


def build_mounts(env: Mapping[str, str]) -> list[tuple[Path, Path]]:
    """(host path, path in the build) of what the settings above point at."""
    mounts = [(CERTIFICATES, CERTIFICATES)] if CERTIFICATES.is_dir() else []
    links = Path(env.get("PIP_FIND_LINKS", ""))
    if links.is_absolute() and links.is_dir():
        mounts.append((links, links))
    return mounts


def pip_config() -> str:
    """The machine's pip configuration, as one text; empty if it has none."""
    return "\n".join(_texts(_PIP_FILES))


def npm_config() -> str:
    """The machine's npm configuration, as one text; empty if it has none."""
    return "\n".join(_texts(_NPM_FILES))


def apt_proxy_options() -> list[str]:
    """`Acquire::…::Proxy "…"` lines of this machine's apt."""
    shown = subprocess.run(
        ["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=False
    ).stdout
    return [line for line in shown.splitlines() if "::proxy" in line.lower()]


def _texts(names: tuple[str, ...]) -> list[str]:
    paths = [Path(os.path.expanduser(name)) for name in names]  # noqa: PTH111 - "~" may be absent
    return [path.read_text() for path in paths if path.is_file()]
