"""Reading a request: which title it means, by what name, and where it should rather be made."""

from starlette.requests import Request

from .address import Address
from .problems import Moved, Problem, unknown


def address(request: Request, default_tenant: str) -> Address:
    """The title's full address. Raises Moved for a bare name, Problem for no name at all."""
    asset = request.path_params["asset"]
    found = Address.parse(asset)
    if found is None:
        raise Problem(
            400,
            "BadName",
            "a title is named {tenant}.{name}, both in lower-case letters and digits",
        )
    if not found.tenant:
        if not default_tenant:
            raise unknown(f"no title {found}: write {{tenant}}.{found}")
        raise Moved(_with_tenant(request, default_tenant))
    return found


def _with_tenant(request: Request, tenant: str) -> str:
    """The same URL, token and query kept as they were written."""
    root, first, asset, *rest = request.scope["raw_path"].decode("ascii").split("/")
    query = request.scope["query_string"].decode("ascii")
    path = "/".join([root, first, f"{tenant}.{asset}", *rest])
    return f"{path}?{query}" if query else path
