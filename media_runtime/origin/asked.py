"""Reading a request: which title or channel it means, and where it should rather be made."""

from urllib.parse import unquote

from starlette.requests import Request

from .address import Address
from .problems import Moved, Problem, unknown


def address(request: Request, default_tenant: str, what: str = "title") -> Address:
    """The full address of a `what`. Raises Moved for a bare name, Problem for no name at all."""
    asset = request.path_params["asset"]
    found = Address.parse(asset)
    if found is None:
        raise Problem(
            400,
            "BadName",
            f"a {what} is named {{tenant}}.{{name}}, both in lower-case letters and digits",
        )
    if not found.tenant:
        if not default_tenant:
            raise unknown(f"no {what} {found}: write {{tenant}}.{found}")
        raise Moved(_with_tenant(request, default_tenant))
    return found


def _with_tenant(request: Request, tenant: str) -> str:
    """The same URL, token and query kept as they were written."""
    parts = request.scope["raw_path"].decode("ascii").split("/")
    query = request.scope["query_string"].decode("ascii")
    at = request.scope["route"].path.split("/").index("{asset}")
    if len(parts) <= at or unquote(parts[at]) != request.path_params["asset"]:
        raise unknown("an address has its slashes as they are, not as %2F")
    path = "/".join([*parts[:at], f"{tenant}.{parts[at]}", *parts[at + 1 :]])
    return f"{path}?{query}" if query else path
