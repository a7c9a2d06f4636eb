"""Halves of characters in JSON, as producers leave them that cut texts by UTF-16 units."""

import re

# A backslash that is escaped, a pair of escapes that make one character, or half of such a pair.
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
_HALF_BYTES = 6


def whole_characters(body: bytes) -> bytes:
    """The JSON with the replacement character in place of each half of a character (RFC 8259, section 8.2)."""
    return _SURROGATES.sub(_whole, body)


def _whole(found: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if len(found[0]) == _HALF_BYTES else found[0]
