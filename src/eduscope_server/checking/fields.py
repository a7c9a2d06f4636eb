"""One field of a line: is its value of the shape that the contract gives it?

Verdicts on texts are remembered, for programs say the same words over and over.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from eduscope.contract import LEVELS, LOG_FIELDS, Field, FieldClass, attribute
from eduscope.privacy import find, is_token, network, policy, redact
from eduscope.privacy.field_names import field_name
from eduscope.privacy.marker import is_marker
from eduscope_server.checking.tally import IN_CLEAR, NOT_A_TOKEN, ODD_NAME, SHAPE, UNDECLARED

KNOWN_MAX = 4096
KNOWN_CHARS_MAX = 200
NAMES_MAX = 4096
UNNAMED = "(a name that is none)"
"""Stands for a name that the platform would replace: it may hold personal data itself."""

_COLUMNS = {f.name: f for f in LOG_FIELDS}
_NULLABLE = frozenset({"duration_ms"})
_GUARDED = {
    FieldClass.TOKEN: NOT_A_TOKEN,
    FieldClass.NETWORK: IN_CLEAR,
    FieldClass.PROSE: IN_CLEAR,
    FieldClass.SECRET: IN_CLEAR,
}
_SCANNED = frozenset(
    {None, FieldClass.LABEL, FieldClass.MESSAGE, FieldClass.PATH, FieldClass.IDENTIFIER, FieldClass.MEASURE}
)

_is_time = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|\+00:00)").fullmatch
_is_id = re.compile(r"(?:[A-Za-z0-9._-]{8,64})?").fullmatch
_is_trace = re.compile(r"(?:[0-9a-f]{32})?").fullmatch
_is_span = re.compile(r"(?:[0-9a-f]{16})?").fullmatch
_is_label = re.compile(r"[A-Za-z0-9._:/@+ -]{0,128}").fullmatch
_is_identifier = re.compile(r"[A-Za-z0-9._:/@-]{0,200}").fullmatch
_is_measure = re.compile(r"[+-]?[0-9][0-9TZ:.+eE-]{0,39}|true|false|NaN|[+-]?Infinity|").fullmatch
_is_kept_prose = re.compile(r"\[prose:[A-Za-z0-9._-]{1,64}\]").fullmatch
_LABEL_CHARS_MAX = 200


class FieldCheck:
    """What a name's values have to be. `scanned` says whether a text may hold personal data by mistake."""

    __slots__ = (
        "_declared",
        "_is_column",
        "_is_good",
        "_kind",
        "_name",
        "known",
        "numbers",
        "scanned",
        "shown",
    )

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_column = name in _COLUMNS
        self._declared: Field | None = _COLUMNS.get(name) or attribute(name)
        field_class = self._declared.field_class if self._declared else None
        is_odd = self._declared is None and field_name(name) != name
        self.shown = UNNAMED if is_odd else name
        self.scanned = field_class in _SCANNED
        self.numbers = not self._is_column and not is_odd and field_class in {None, FieldClass.MEASURE}
        """Whether a number may stand there as it is."""
        self.known: dict[str, str] = {}
        undeclared = ODD_NAME if is_odd else UNDECLARED
        self._kind = undeclared if field_class is None else _GUARDED.get(field_class, SHAPE)
        self._is_good = _BY_NAME.get(name) or (_BY_CLASS[field_class] if field_class else _never)

    def learn(self, text: str) -> str:
        """The kind of violation that a text is, "" for none; remembered where it is short."""
        kind = "" if self._is_good(text) else self._kind
        if len(text) <= KNOWN_CHARS_MAX:
            if len(self.known) >= KNOWN_MAX:
                self.known.clear()
            self.known[text] = kind
        return kind

    def other(self, value: Any) -> str:
        """The same for a value that is no text."""
        if value is None:
            return SHAPE if self._is_column and self._name not in _NULLABLE else ""
        if self._is_column:
            return "" if self._name in _NULLABLE and type(value) in {int, float} else SHAPE
        if isinstance(value, bool | int | float):
            return "" if self.numbers else self._kind
        return self.learn(text_of(value))

    def personal(self, text: str) -> list[str]:
        """The types of personal data in a text that the platform would not keep as it is."""
        kept = redact(text) if self._declared is None else policy.apply(self._declared, text)
        if kept == text:
            return []
        return sorted({span.type for span in find(text, "message")})


class Checks(dict[str, FieldCheck]):
    """Checks by name, made on first sight."""

    def __missing__(self, name: str) -> FieldCheck:
        if len(self) >= NAMES_MAX:
            self.clear()
        made = self[name] = FieldCheck(name)
        return made


def text_of(value: Any) -> str:
    """A value as text: JSON, where it is none."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _never(_text: str) -> bool:
    return False


def _is_moment(text: str) -> bool:
    if not _is_time(text):
        return False
    try:
        datetime.fromisoformat(f"{text[:19]}+00:00")
    except ValueError:
        return False
    return True


def _is_path(text: str) -> bool:
    """A template without query, fragment and ids. Personal data in it is told by its type instead."""
    return policy.apply(_PATH, text) == text or bool(find(text, "message"))


_PATH = Field("path", FieldClass.PATH, "string", "")

_BY_NAME: dict[str, Callable[[str], object]] = {
    "timestamp": _is_moment,
    "log_level": frozenset(LEVELS).__contains__,
    "service_name": lambda text: text != "" and _is_label(text),
    "tenant_id": _is_label,
    "environment": _is_label,
    "release": _is_label,
    "correlation_id": _is_id,
    "request_id": _is_id,
    "trace_id": _is_trace,
    "span_id": _is_span,
    "duration_ms": _never,
}
_BY_CLASS: dict[FieldClass, Callable[[str], object]] = {
    FieldClass.IDENTIFIER: lambda text: _is_identifier(text) or is_token(text) or is_marker(text),
    FieldClass.TOKEN: lambda text: not text or is_token(text) or is_marker(text),
    FieldClass.LABEL: lambda text: len(text) <= _LABEL_CHARS_MAX,
    FieldClass.MESSAGE: lambda _text: True,
    FieldClass.MEASURE: lambda text: _is_measure(text) or is_token(text) or is_marker(text),
    FieldClass.PATH: _is_path,
    FieldClass.NETWORK: lambda text: not text or is_marker(text) or network(text) == text,
    FieldClass.PROSE: lambda text: not text or is_marker(text) or _is_kept_prose(text),
    FieldClass.SECRET: lambda text: not text or is_marker(text),
}
