"""What happens to a value, by the class of its field. The SDK and the platform both ask here."""

import re
from collections.abc import Callable

from eduscope.contract import Field, FieldClass
from eduscope.privacy.addresses import network
from eduscope.privacy.finding import redact
from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.marker import is_marker, withheld
from eduscope.privacy.screen import is_clean
from eduscope.privacy.tokens import is_token, tokenize

# Digits alone are no drawn id: sixteen of them may be a card.
_OPAQUE_ID = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
IDENTIFIER_FORM = r"(?:[A-Za-z0-9._:/@-]|\[[A-Z_][A-Z_]+\]|\[withheld(?::[a-z_]+)?\]){0,200}"
"""Ids as systems make them, and what is left of one in which something was found. For ClickHouse, too."""
_IDENTIFIER = re.compile(IDENTIFIER_FORM)
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
MEASURE_FORM = (
    r"[+-]?[0-9]{1,30}(?:[.][0-9]{0,30})?(?:[eE][+-]?[0-9]{1,3})?|true|false|NaN|[+-]?Infinity"
    rf"|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[T ]{_TIME})?|{_TIME}"
)
"""Numbers, booleans and times written as text. For ClickHouse, too."""
_MEASURE = re.compile(MEASURE_FORM)
_MAX_LABEL_CHARACTERS = 200
_SEGMENT = re.compile(
    r"[0-9]+|[0-9a-fA-F-]{16,}|[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}|(?=[^/]*[0-9].*[0-9].*[0-9].*[0-9])[A-Za-z0-9_~=-]{6,}|[^/]*(?:@|%40)[^/]*"
)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]{1,20}://)(?:[^/@\s]*@)?([^/?#]*)", re.IGNORECASE)


def apply(field: Field | None, value: str, ring: KeyRing | None = None) -> str:
    """The value as it may be kept. `field` is its declaration; None where it has none.

    An undeclared value becomes a token (joinable, unreadable); learners' text and secrets become markers.
    Applying it twice changes nothing.
    """
    if not value:
        return value
    if field is None:
        return value if is_token(value) or is_marker(value) else tokenize(value, "und", ring)
    return _BY_CLASS[field.field_class](value, ring)


def _identifier(value: str, ring: KeyRing | None) -> str:
    """Ids in hexadecimal pass at once; others must have an id's shape and hold nothing personal."""
    if _OPAQUE_ID.fullmatch(value):
        return value
    if _IDENTIFIER.fullmatch(value):
        return value if is_clean(value) else redact(value)
    return tokenize(value, "und", ring)


def _token(value: str, ring: KeyRing | None) -> str:
    return value if is_token(value) else tokenize(value, "usr", ring)


def _label(value: str, _ring: KeyRing | None) -> str:
    return _message(value[:_MAX_LABEL_CHARACTERS], _ring)


def _measure(value: str, ring: KeyRing | None) -> str:
    """Numbers and times written as text; an address or a card is written with the same characters."""
    return value if _MEASURE.fullmatch(value) and is_clean(value) else _undeclared(value, ring)


def _undeclared(value: str, ring: KeyRing | None) -> str:
    return value if is_token(value) or is_marker(value) else tokenize(value, "und", ring)


def _path(value: str, _ring: KeyRing | None) -> str:
    """Without query, fragment and user; each segment that looks like an id becomes `{id}`."""
    value = value.partition("?")[0].partition("#")[0]
    origin = _ORIGIN.match(value)
    head, rest = (origin[1] + origin[2], value[origin.end() :]) if origin else ("", value)
    segments = ("{id}" if _SEGMENT.fullmatch(s) else s for s in rest.split("/"))
    return _message(head + "/".join(segments), None)


def _message(value: str, _ring: KeyRing | None) -> str:
    return value if is_clean(value) else redact(value)


def _network(value: str, ring: KeyRing | None) -> str:
    return network(value, ring) or withheld("network")


_BY_CLASS: dict[FieldClass, Callable[[str, KeyRing | None], str]] = {
    FieldClass.IDENTIFIER: _identifier,
    FieldClass.TOKEN: _token,
    FieldClass.LABEL: _label,
    FieldClass.MEASURE: _measure,
    FieldClass.PATH: _path,
    FieldClass.MESSAGE: _message,
    FieldClass.PROSE: lambda _value, _ring: withheld("prose"),
    FieldClass.SECRET: lambda _value, _ring: withheld("secret"),
    FieldClass.NETWORK: _network,
}
