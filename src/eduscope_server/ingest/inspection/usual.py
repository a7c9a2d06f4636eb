"""Usual records, written straight to JSON: some 5 µs each, where making a row and encoding it takes 9.

A program writes the same fields over and over, most of them with values that were seen before: those stand ready as
JSON. A record in which anything is odd is left to who treats every record; both keep the same of it.
"""

from collections.abc import Iterable
from math import isfinite
from typing import Any

from eduscope_server.ingest.inspection.fields import Plan, as_json, people, person
from eduscope_server.ingest.inspection.shapes import are_drawn, memory
from eduscope_server.ingest.inspection.sheet import Sheet
from eduscope_server.ingest.inspection.texts import Texts
from eduscope_server.ingest.inspection.times import Clock

_EXACT_MAX = 2**53
"""Up to here a whole number is a measure as it is written."""


class Writer:
    """Writes the usual records of one batch to its sheet."""

    __slots__ = ("_bound", "_clock", "_heads", "_shapes", "_sheet", "_tenant_id", "_texts")

    def __init__(self, sheet: Sheet, texts: Texts, clock: Clock, tenant_id: str | None) -> None:
        """Take what the batch shares. `tenant_id` overrides what the records say."""
        known = memory()
        self._shapes, self._heads = known.shapes, known.heads
        self._sheet, self._texts, self._clock = sheet, texts, clock
        self._tenant_id = tenant_id
        self._bound = as_json(tenant_id) if tenant_id else ""

    def write_line(self, line: dict[str, Any]) -> bool:
        """Writes a line of ours, and says whether it did; where not, it left no trace."""
        values = (*line.values(), "", None)
        shape = self._shapes[tuple(line)]
        if shape is None:
            return False
        attributes = zip(shape.plans, map(values.__getitem__, shape.places), strict=True)
        return self.write(shape.own(values), shape.heading(values), attributes)

    def write(
        self, own: tuple[Any, ...], words: tuple[Any, ...], attributes: Iterable[tuple[Plan, Any]]
    ) -> bool:
        """The same for any record: the values of `shapes.OWN`, those of `shapes.HEADING`, and its attributes."""
        time, correlation, request, trace, span, user, message, duration = own
        try:
            head = self._heads[words]
            token = people.get(user)
        except TypeError:  # a list or a map in the place of a text
            return False
        if not (
            head.written
            and user.__class__ is str
            and message.__class__ is str
            and (duration is None or _is_usual_number(duration))
            and are_drawn(f"{correlation} {request} {trace} {span}")
            and (when := self._clock.of_usual_text(time))
        ):
            return False
        kept = _Attributes()
        if not kept.take(attributes):
            return False
        sheet, texts = self._sheet, self._texts
        lead = (
            f'{sheet.open_end}\n{{"timestamp":"{when}",{head.written},"tenant_id":{self._bound or head.tenant},'
            f'"correlation_id":"{correlation}","user_id":"{token or person(user)}","request_id":"{request}",'
            f'"trace_id":"{trace}","span_id":"{span}","marks":["inspected"],"attributes":{{'
        )
        texts.tenant_id = self._tenant_id or head.tenant_id
        if kept.said or kept.numbers:
            lead = kept.write(lead, sheet, texts)
        else:
            lead = f'{lead}{kept.texts[1:]}}},"measures":{{{kept.measures[1:]}}}'
        sheet.literals += (f'{lead},"duration_ms":', ',"message":')
        sheet.values += (duration, "")
        if message:
            texts.add(sheet.values, len(sheet.values) - 1, message)
        sheet.open_end = "}"
        return True


def _is_usual_number(value: Any) -> bool:
    kind = value.__class__
    return (kind is float and isfinite(value)) or (kind is int and -_EXACT_MAX < value < _EXACT_MAX)


class _Attributes:
    """A record's attributes on their way to JSON, each written with a comma before it."""

    __slots__ = ("measures", "numbers", "said", "texts")

    def __init__(self) -> None:
        self.texts = self.measures = ""
        self.said: list[tuple[str, str]] = []
        """Names and free texts."""
        self.numbers: list[tuple[str, float]] = []

    def take(self, attributes: Iterable[tuple[Plan, Any]]) -> bool:
        """Takes what a record has beside its columns; False where a value is of no usual type."""
        written = ""
        for plan, value in attributes:
            kind = value.__class__
            if kind is str:
                pair = plan.pairs.get(value)
                if pair is None:
                    if plan.is_renamed:
                        return False  # perhaps to the name of another one
                    pair = plan.pair(value)
                if pair is None:
                    self.said.append((plan.name, value))
                else:
                    written += pair
            elif value is None:
                continue
            elif plan.is_guarded or plan.is_renamed:
                return False
            elif kind is float and isfinite(value):
                self.numbers.append((plan.name, value))
            elif kind is int and -_EXACT_MAX < value < _EXACT_MAX:
                self.measures += f",{plan.name}:{value}"
            else:
                return False
        self.texts = written
        return True

    def write(self, lead: str, sheet: Sheet, texts: Texts) -> str:
        """Writes what was taken behind `lead`, to the sheet as far as values have to be encoded; gives the rest."""
        literal, comma = lead + self.texts[1:], "," if self.texts else ""
        for name, text in self.said:
            texts.add(sheet.values, sheet.add(f"{literal}{comma}{name}:", ""), text)
            literal, comma = "", ","
        literal, comma = f'{literal}}},"measures":{{{self.measures[1:]}', "," if self.measures else ""
        for name, number in self.numbers:
            sheet.add(f"{literal}{comma}{name}:", number)
            literal, comma = "", ","
        return literal + "}"
