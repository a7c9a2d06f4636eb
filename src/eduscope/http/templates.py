"""Route templates of WSGI frameworks in one spelling: `/courses/{course}`, as ASGI's frameworks write them.

One search then finds a route in every service, whatever it is written with.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_converter = re.compile(r"<(?:[^<>]*:)?\s*([A-Za-z_]\w*)\s*>")
"""`<course>`, `<int:course>`, `<any("a:b"):kind>` of Werkzeug; `<uuid:course>` of Django."""


def of_werkzeug(environ: Mapping[str, Any]) -> str:
    """The rule that took a request of Flask, or of Werkzeug's own routing; nothing where none did."""
    rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
    template = getattr(rule, "rule", None)
    return spelled(template) if isinstance(template, str) else ""


@lru_cache(maxsize=4096)
def spelled(template: str) -> str:
    """A template of Werkzeug, or of Django's `path`, with its parameters in braces and a slash in front."""
    found = _converter.sub(r"{\1}", template)
    return found if found.startswith("/") else f"/{found}"


@lru_cache(maxsize=4096)
def of_django(route: str) -> str:
    """The route of a Django request, also where a regular expression (`re_path`) is a part of it."""
    return spelled(_without_expressions(route) if _expression.search(route) else route)


_expression = re.compile(r"[\\^$(\[]")
_piece = re.compile(
    r"(?P<opens>\((?:\?P<(?P<name>\w+)>|(?P<plain>\?:)|(?P<looks>\?<?[=!])|(?P<flags>\?[aiLmsux-]+[:)]))?)"
    r"|(?P<closes>\))|\\(?P<class>[dDsSwWbBAZ])|\\(?P<escaped>.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<mark>[\^$?*+|]|\{\d*,?\d*\})|(?P<text>.)",
    re.DOTALL,
)
"""The pieces of a regular expression, as far as addresses have them."""


def _without_expressions(route: str) -> str:
    """A regular expression as a template: `^articles/(?P<year>[0-9]{4})/$` is `articles/{year}/`.

    A group without a name is `{var}`, and so is what matches many things outside of groups. Groups that only hold
    together are read as what is in them.
    """
    written: list[str] = []
    held: list[bool] = []
    """For each group that is open, whether its inside is left out."""
    for piece in _piece.finditer(route):
        silent = any(held)
        if piece["opens"] is not None:
            if not silent and not (piece["plain"] or piece["looks"] or piece["flags"]):
                written.append(f"{{{piece['name'] or 'var'}}}")
            if not (piece["flags"] or "").endswith(")"):
                held.append(not (piece["plain"] or piece["flags"]))
        elif piece["closes"]:
            held[-1:] = []
        elif silent:
            continue
        elif piece["set"] or (piece["class"] or "b") in "dDsSwW":
            written.append("{var}")
        else:
            written.append(piece["escaped"] or piece["text"] or "")
    return "".join(written)
