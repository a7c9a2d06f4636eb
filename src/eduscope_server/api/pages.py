"""Small pages of our own, for people who see one before (or instead of) the console."""

from collections.abc import Sequence
from html import escape

from litestar import MediaType, Response

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title} - EduScope</title></head>
<body><main><h1>{title}</h1>{body}</main></body>
</html>
"""


def html(title: str, body: str) -> str:
    """A document around a body that is HTML already."""
    return _PAGE.format(title=escape(title), body=body)


def page(status: int, *, title: str, lines: Sequence[str]) -> Response[str]:
    """A page that says one thing. Text is escaped."""
    body = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return Response(
        html(title, body),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"cache-control": "no-store"},
    )
