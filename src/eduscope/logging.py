"""The logger: five levels, fields as keywords, one JSON line each.

>>> log = eduscope.get_logger()
>>> log.info("quiz graded", course_id="c-101", count=12, duration_ms=3.4)

A field is named as the contract names it, with `_` for `.`, or in full: `**{"http.route":
"/courses/{id}"}`. A string under a name the contract does not know is written as a token. A callable is
asked for its value only where the line is written.
"""

import sys
from collections.abc import Mapping
from typing import Any

from eduscope.fields import plan, spellings
from eduscope.line import Lines
from eduscope.output import stdout_writer
from eduscope.privacy import tenants


def _write_to_current_stdout(line: bytes) -> None:
    """Before `init`: wherever standard output is at that moment."""
    stdout_writer()(line)


_lines = Lines(
    service="unset",
    environment="production",
    release="",
    level="info",
    write=_write_to_current_stdout,
)


def use(lines: Lines) -> Lines:
    """Makes every logger write these lines; gives what they wrote before. `eduscope.init` calls it."""
    global _lines
    lines.forget()  # set aside, they may have missed a change
    before, _lines = _lines, lines
    return before


def lines() -> Lines:
    """What loggers write now."""
    return _lines


def _forget() -> None:
    _lines.forget()


tenants.on_change(_forget)  # behind that of `fields`, from which the lines make their texts


class Logger:
    """Writes lines. Made by `get_logger`; may be kept in a module, before `init` and across it."""

    __slots__ = ("_bound", "_each_line", "_fields", "_names")

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = dict(fields)
        self._names = spellings(self._fields)
        self._bound: tuple[object, str] = (None, "")
        self._each_line = any(plan(name).special or callable(value) for name, value in fields.items())
        """Whether the bound fields are read anew for each line: an id for it, or a value that is asked for."""

    def debug(self, message: object, /, **fields: Any) -> None:
        """What only a developer wants to see; written in development alone."""
        if _lines.threshold <= 10:
            self._write(10, message, fields)

    def info(self, message: object, /, **fields: Any) -> None:
        """Something happened as it should."""
        if _lines.threshold <= 20:
            if self._names:
                self._write(20, message, fields)
            else:
                _lines.write(20, message, fields)

    def warning(self, message: object, /, **fields: Any) -> None:
        """Something is odd, and the work went on."""
        if _lines.threshold <= 30:
            self._write(30, message, fields)

    def error(self, message: object, /, **fields: Any) -> None:
        """Something failed. `exc_info=True` (or an exception) adds the exception."""
        if _lines.threshold <= 40:
            self._write(40, message, fields)

    def critical(self, message: object, /, **fields: Any) -> None:
        """The service cannot go on, or data is at risk."""
        self._write(50, message, fields)

    def exception(self, message: object, /, **fields: Any) -> None:
        """An error with the exception being handled."""
        fields.setdefault("exc_info", True)
        self._write(40, message, fields)

    def bind(self, **fields: Any) -> "Logger":
        """A logger whose every line has these fields too; a call's own field of the same name wins.

        `tenant_id`, `user_id`, `correlation_id` and `request_id` may be bound too; they hold for its lines alone.
        """
        return Logger(self._with(fields))

    def _write(self, level: int, message: object, fields: dict[str, Any]) -> None:
        target = _lines
        if fields.get("exc_info") is True:
            fields["exc_info"] = sys.exception()
        if not self._names:
            target.write(level, message, fields)
        elif not self._each_line and self._names.isdisjoint(fields):
            target.write(level, message, fields, self._bound_text(target))
        else:
            target.write(level, message, self._with(fields))

    def _with(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The bound fields and these, which win, however they are spelled."""
        if self._names.isdisjoint(fields):
            return self._fields | fields
        own = spellings(fields)
        return {name: value for name, value in self._fields.items() if name not in own} | fields

    def _bound_text(self, target: Lines) -> str:
        """The bound fields' JSON, made once for as long as the lines remember verdicts."""
        epoch, text = self._bound
        if epoch is not target.epoch:
            epoch = target.epoch
            text = target.fields_text(self._fields)
            self._bound = (epoch, text)
        return text


def get_logger(name: str | None = None) -> Logger:
    """A logger; its name, if it has one, is on every line as `log.logger`."""
    return Logger({"log.logger": name} if name else {})
