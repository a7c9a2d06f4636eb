r"""What may stand beside a value in the raw bytes of a batch, as fragments of byte patterns for the gate.

A detector guards its left and right side against letters and digits. In raw bytes such a neighbour can be framing
instead of text: in protobuf the byte before a string is its length (48 to 57 look like digits, 65 to 122 like
letters) and the byte behind it the next field's tag (attributes of a log record: 0x32, the digit 2); in JSON the
character before it can be the last one of an escape (`\n`, `\u00a0`). The fragments let these through, so that the
gate never misses what a detector finds in the decoded text.
"""

# Tags of the string fields in OTLP, 1, 2, 3, 5 and 12 (event_name: the letter b, behind a time or flags), or the
# first byte of a length of two.
_LENGTH = rb"(?:[\x0a\x12\x1a\x2a\x80-\xff]|[\x00-\x1f\x80-\xff]b)"
_ESCAPE = rb"\\[nrtbf]|\\u[0-9A-Fa-f]{4}"

START = rb"(?:^|[^0-9A-Za-z]|" + _ESCAPE + rb"|" + _LENGTH + rb"[0-9A-Za-z])"
"""In place of `(?<![A-Za-z0-9])`."""

START_UNJOINED = rb"(?:^|[^0-9A-Za-z_.-]|" + _ESCAPE + rb"|" + _LENGTH + rb"[0-9A-Za-z_.-])"
"""In place of a guard that also refuses `_ . -`, as between the groups of a UUID."""

START_OF_KEY = rb"(?:^|[^A-Za-z.]|" + _ESCAPE + rb"|" + _LENGTH + rb"[A-Za-z.])"
"""In place of `(?<![A-Za-z.])`."""

START_OF_GROUPS = rb"(?:^|[^0-9A-Za-z_.:]|" + _ESCAPE + rb"|" + _LENGTH + rb"[0-9A-Za-z_.:])"
"""In place of a guard that also refuses the colon."""

# The tag of the next field in a log record, a span, an event or a list of attributes, where it looks like a digit or a
# letter. What follows it is asked of the digits that are frequent: asked of all, the automaton of the numbers
# would be four times as large, and the gate slower by a seventh.
_NEXT_TAG = rb"[9EJPRYZ`jpz]|2[\x00-\xff]{1,2}\x0a|[08][\x00-\x1f]"
END = rb"(?:[^0-9A-Za-z_-]|$|" + _NEXT_TAG + rb")"
r"""In place of `(?![\w-])`."""

LETTER = rb"(?:[0-9A-Za-z_]|[\xc2-\xf4][\x80-\xbf]{1,3}|\\u[0-9A-Fa-f]{4})"
r"""In place of `\w`: ASCII, UTF-8 or escaped."""

ALPHABETIC = LETTER.replace(b"0-9A-Za-z_", b"A-Za-z", 1)
"""As `LETTER`, without digits."""

SPACE = rb"(?:[ \t]|\\t)"
# A text in JSON has a backslash before each quote and backslash: up to four of them become eight.
QUOTES = rb"(?:[\"'\\]|\\u002[27]){0,8}"
ASSIGN = QUOTES + SPACE + rb"{0,3}(?:[:=>]|\\u003[deDE]){1,2}" + SPACE + rb"{0,3}" + QUOTES
"""Between a key and its value: `password=`, `"token": "`, `{\"secret\":\"`, `<password>`."""


def _not_word(word: bytes, stop: bytes) -> bytes:
    """All that begins with a part of a word and then differs from it; `stop` is what must not follow the whole."""
    steps = [word[:i] + b"[^" + word[i : i + 1] + b"]" for i in range(1, len(word))]
    return b"|".join([*steps, word + b"[^" + stop + b"]"])


# Markers are in capitals, tokens in small letters, whatever the key is: hence (?-i:…).
_NOT_MARKER = (
    rb"\[(?:[^A-Z_w]|[A-Z_]{1,24}[^A-Z_\]]|[A-Z_]\]|[A-Z_]{25}|" + _not_word(b"withheld", rb":\]") + rb")"
)
_NOT_TOKEN = (
    rb"u(?:$|[^s])|us(?:$|[^r])|usr(?:$|[^_])|usr_[a-z0-9]{0,8}(?:$|[^a-z0-9_])|usr_[a-z0-9]{9}"
    rb"|usr_[a-z0-9]{1,8}_[a-z2-7]{0,25}(?:$|[^a-z2-7])|usr__"
)
VALUE = rb"(?-i:[^\s\[\"'\\,;&<>]|" + _NOT_MARKER + rb"|\\[^\"'])"
"""The beginning of a value that is not one of our markers."""

QUOTED_VALUE = rb"[\"'][\s,;&<>\\]"
"""The beginning of a value that only quotes can hold."""

_NO_NAME = rb"\s\[\]\"'\\,:;&<>(){}|="
NAME = rb"(?-i:[^" + _NO_NAME + rb"u]|\\[u/]|" + _NOT_TOKEN + rb")"
"""The beginning of a person's name that is not one of our tokens or markers."""


def name_or_number(digits: int) -> bytes:
    """As `NAME`, where a number of fewer digits is no name: nothing else of a name stands behind it."""
    more = rb"(?:[^" + _NO_NAME + rb"0-9]|\\[u/])"
    number = rb"[0-9](?:" + more + rb"|[0-9]{%d}|[0-9]{1,%d}" % (digits - 1, digits - 2) + more + rb")"
    return rb"(?-i:[^" + _NO_NAME + rb"u0-9]|\\[u/]|" + _NOT_TOKEN + rb"|" + number + rb")"
