"""Route templates of WSGI frameworks in one spelling: `/courses/{course}`, as ASGI's frameworks write them.

One search then finds a route in every service, whatever it is written with.
"""

import re
from collections.abc import Callable, Mapping
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
def of_django(route: str, simplified: Callable[[str], str]) -> str:
    """The route of a Django request. Where a regular expression is part of it, `simplified` gives it names."""
    return spelled(simplified(route) if "(" in route or "^" in route or "\\" in route else route)
