"""The console's files, as the build left them. Every other path is one of its views."""

import mimetypes
from hashlib import blake2b
from pathlib import Path
from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from eduscope_server.api.pages import page

CONSOLE_FOLDER = Path(__file__).parent.parent / "console"
"""Where `make setup` puts the built console."""

_NOT_VIEWS = ("api", "v1", "contract", "prometheus", "healthz", "readyz", "metrics", "login")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@get(["/", "/{path:path}"], include_in_schema=False)
async def serve_console(
    request: Request[Any, Any, Any], console_folder: NamedDependency[Path]
) -> Response[Any]:
    """A file of the console; its page for any path that is a view.

    Files under `assets/` have their content's hash in their name, so they may be kept for ever.
    """
    name = str(request.scope["path"]).strip("/")
    if name.split("/")[0] in _NOT_VIEWS:
        raise NotFoundException
    body = await to_thread.run_sync(_read, console_folder, name)
    if body is None:
        # A view has no extension; a missing file must not be answered with a page.
        if "." in name.rsplit("/", 1)[-1]:
            raise NotFoundException
        name = "index.html"
        body = await to_thread.run_sync(_read, console_folder, name)
    if body is None:
        return page(
            200,
            title="The console is not built yet",
            lines=["Run “make setup” in the folder of EduScope, then load this page again."],
        )
    return _file(request, name, body)


def _file(request: Request[Any, Any, Any], name: str, body: bytes) -> Response[Any]:
    kept = _FOR_EVER if name.startswith("assets/") else _ASK_AGAIN
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"cache-control": kept, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(
        body, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream", headers=headers
    )


def _read(folder: Path, name: str) -> bytes | None:
    """A file of the folder; None where there is none of this name in it."""
    root = folder.resolve()
    try:
        file = (root / name).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
        return file.read_bytes()
    except (OSError, ValueError):
        return None
