"""Cuts a search query into tokens, each with the place it stands at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from eduscope_server.query.errors import QueryError

TokenKind = Literal["(", ")", "not", "and", "or", "text", "field", "end"]

_KEYWORDS: dict[str, TokenKind] = {"AND": "and", "OR": "or", "NOT": "not"}
_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_.\-]*):(>=|<=|>|<)?")
_BARE = re.compile(r'[^\s()"]+')
_ESCAPE = re.compile(r'\\(["\\])')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `position` counts characters from 0; `value_position` is where a field's value starts."""

    kind: TokenKind
    position: int
    text: str = ""
    field: str = ""
    operator: str = ""
    value_position: int = 0
    quoted: bool = False
    prefix: bool = False


def tokenize(query: str) -> Iterator[Token]:
    """The tokens of a query, closed by one of kind `end`. Raises `QueryError`."""
    position = 0
    while position < len(query):
        if space := _SPACE.match(query, position):
            position = space.end()
            continue
        token, position = _token(query, position)
        yield token
    yield Token("end", len(query))


def _token(query: str, position: int) -> tuple[Token, int]:
    """The token that starts here, and where the next may start."""
    here = query[position]
    if here == "(":
        return Token("(", position), position + 1
    if here == ")":
        return Token(")", position), position + 1
    if here == "-" and not _SPACE.match(query, position + 1) and position + 1 < len(query):
        return Token("not", position), position + 1
    if (field := _FIELD.match(query, position)) and not query.startswith("//", field.end()):
        return _field(query, field)
    text, quoted, prefix, end = _value(query, position)
    if not quoted and not prefix and text in _KEYWORDS:
        return Token(_KEYWORDS[text], position, text), end
    return Token("text", position, text, value_position=position, quoted=quoted, prefix=prefix), end


def _field(query: str, match: re.Match[str]) -> tuple[Token, int]:
    """A `field:value` token."""
    name, operator = match.group(1), match.group(2) or ""
    start = match.end()
    if start >= len(query) or query[start] in ")(" or query[start].isspace():
        raise QueryError(
            f"{name}:{operator} has no value",
            position=start,
            hint=_missing_value_hint(query, name=name, operator=operator, start=start),
        )
    text, quoted, prefix, end = _value(query, start)
    token = Token(
        "field",
        match.start(),
        text,
        field=name,
        operator=operator,
        value_position=start,
        quoted=quoted,
        prefix=prefix,
    )
    return token, end


def _missing_value_hint(query: str, *, name: str, operator: str, start: int) -> str:
    if query.startswith("(", start):
        return f"repeat the field inside the parentheses: ({name}:a OR {name}:b)"
    if operator:
        return f"write the number right after it: {name}:{operator}500"
    if query[start:].strip():
        return f"write the value right after the colon, without a space; {name}:* finds any value"
    return f'write {name}:value, {name}:"several words" or {name}:* for any value'


def _value(query: str, start: int) -> tuple[str, bool, bool, int]:
    """The value that starts here: its text, whether it was quoted, whether a `*` follows, and its end."""
    if query[start] != '"':
        match = _BARE.match(query, start)
        text = match.group() if match else ""
        end = start + len(text)
        if query.startswith('"', end):
            raise QueryError(
                "a quote stands in the middle of a word",
                position=end,
                hint='put the whole value in quotes, and write a quote inside them as \\"',
            )
        return (text[:-1], False, True, end) if text.endswith("*") else (text, False, False, end)
    quoted = _QUOTED.match(query, start)
    if quoted is None:
        raise QueryError("this quote is never closed", position=start, hint='add a closing " after the text')
    end = quoted.end()
    prefix = query.startswith("*", end)
    return _ESCAPE.sub(r"\1", quoted.group(1)), True, prefix, end + prefix
