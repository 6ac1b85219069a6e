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
FILES = "/run/host"
"""Where a build finds the machine's configuration files."""
_FILES = {
    "PIP_CONFIG_FILE": ("pip.conf", ("/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf")),
    "NPM_CONFIG_USERCONFIG": ("npmrc", ("/etc/npmrc", "~/.npmrc")),
}


def build_settings(env: Mapping[str, str], files: Mapping[str, str]) -> dict[str, str]:
    """The variables that a build needs to reach package indexes as this machine does. Pure.

    `files` are the names of the configuration files that this machine has, by variable: each
    stands in the build at FILES.
    """
    given = {
        name: value
        for name, value in env.items()
        if name in _SETTINGS or name in _PROXIES or name.startswith("PIP_")
    }
    return given | {variable: f"{FILES}/{name}" for variable, name in files.items()}


def write_files(folder: Path) -> dict[str, str]:
    """Copy this machine's pip and npm configuration into a folder: variable → file name."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for variable, (name, places) in _FILES.items():
        paths = [Path(os.path.expanduser(place)) for place in places]  # noqa: PTH111 - may lack ~
        text = "\n".join(path.read_text() for path in paths if path.is_file())
        folder.joinpath(name).write_text(text)
        folder.joinpath(name).chmod(0o600)  # It may hold a password.
        if text:
            found[variable] = name
    return found


def build_mounts(env: Mapping[str, str], folder: Path) -> list[tuple[Path, Path]]:
    """(host path, path in the build) of what the settings point at."""
    mounts = [(folder, Path(FILES))]
    if CERTIFICATES.is_dir():
        mounts.append((CERTIFICATES, CERTIFICATES))
    links = Path(env.get("PIP_FIND_LINKS", ""))
    if links.is_absolute() and links.is_dir():
        mounts.append((links, links))
    return mounts


def apt_proxy_options() -> list[str]:
    """`Acquire::…::Proxy "…"` lines of this machine's apt."""
    shown = subprocess.run(
        ["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=False
    ).stdout
    return [line for line in shown.splitlines() if "::proxy" in line.lower()]
