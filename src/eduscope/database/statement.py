"""A SQL statement without its literals: safe to keep, and the same text for the same question."""

import re
from functools import lru_cache

STATEMENT_MAX_CHARS = 4096
"""Longer statements are cut; their beginning says which they are."""

_CACHED = 1024

_LITERALS = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    | (?P<text>(?:[eEnNbBxX]|[uU]&)?'(?:[^'\\]|''|\\.)*(?:'|$))
    | (?P<name>"(?:[^"]|"")*"|`[^`]*`)
    | (?P<number>(?<![\w$:@%.])[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w]))
    """,
    re.VERBOSE | re.DOTALL,
)
_LIST = re.compile(r"\(\s*(?:\?|%s|\$\d+|:\w+|%\(\w+\)s)(?:\s*,\s*(?:\?|%s|\$\d+|:\w+|%\(\w+\)s))+\s*\)")
_ROWS = re.compile(r"(\(…\))(?:\s*,\s*\(…\))+")
_SPACE = re.compile(r"\s+")
_OPERATION = re.compile(r"\s*([A-Za-z]+)")


@lru_cache(maxsize=_CACHED)
def normalised(statement: str) -> str:
    """The statement with every literal as `?`, lists as `(…)`, without comments, on one line."""
    text = _LITERALS.sub(_placeholder, statement[: 2 * STATEMENT_MAX_CHARS])
    text = _LIST.sub("(…)", _SPACE.sub(" ", text).strip())
    return _ROWS.sub(r"\1", text)[:STATEMENT_MAX_CHARS]


@lru_cache(maxsize=_CACHED)
def operation(statement: str) -> str:
    """The first word in capitals (`SELECT`), or nothing where there is none."""
    found = _OPERATION.match(_LITERALS.sub(_placeholder, statement[:STATEMENT_MAX_CHARS]))
    return found[1].upper()[:32] if found else ""


def _placeholder(found: re.Match[str]) -> str:
    if found["comment"]:
        return " "
    return found["name"] or "?"
