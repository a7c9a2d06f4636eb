"""Small pages of our own, for people who see one before (or instead of) the console."""

from collections.abc import Sequence
from html import escape

from litestar import MediaType, Response

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title} - EduScope</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml"><style>{style}</style></head>
<body><main><h1>{title}</h1>{body}</main></body>
</html>
"""


# In the page itself: the console, whose stylesheet it would be, may not be built. Colours follow the system.
_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; font: 14px/22px system-ui, sans-serif }
main { max-width: 860px; margin: 0 auto; padding: 48px 16px }
h1 { font-size: 20px; line-height: 28px }
code, pre { font: 13px/20px ui-monospace, monospace; overflow-wrap: anywhere }
"""


def html(title: str, body: str) -> str:
    """A document around a body that is HTML already."""
    return _PAGE.format(title=escape(title), body=body, style=_STYLE)


def page(status: int, *, title: str, lines: Sequence[str]) -> Response[str]:
    """A page that says one thing. Text is escaped; a line begins as a sentence does."""
    body = "".join(f"<p>{escape(line[0].upper() + line[1:])}</p>" for line in lines if line)
    return Response(
        html(title, body),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"cache-control": "no-store"},
    )
