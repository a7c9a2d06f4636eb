"""Usual log lines, written straight to JSON: some 5 µs each, where making a row and encoding it takes 9.

A program writes the same fields over and over, most of them with values that were seen before: those stand ready as
JSON. A line in which anything is odd is left to `ndjson`, which treats every line; both keep the same of it.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any

from eduscope_server.ingest.inspection.fields import as_json, people, person
from eduscope_server.ingest.inspection.shapes import Shape, are_drawn_ids, memory
from eduscope_server.ingest.inspection.sheet import Sheet
from eduscope_server.ingest.inspection.texts import Texts
from eduscope_server.ingest.inspection.times import Clock

_EXACT_MAX = 2**53
"""Up to here a whole number is a measure as it is written."""


class _Attributes:
    """A line's attributes on their way to JSON, each written with a comma before it."""

    __slots__ = ("measures", "numbers", "said", "texts")

    def __init__(self) -> None:
        self.texts = self.measures = ""
        self.said: list[tuple[str, str]] = []
        """Names and free texts."""
        self.numbers: list[tuple[str, float]] = []

    def take(self, shape: Shape, values: tuple[Any, ...]) -> bool:
        """Takes what a line has beside its columns; False where a value is of no usual type."""
        written = ""
        for at, plan in shape.attributes:
            value = values[at]
            kind = value.__class__
            if kind is str:
                pair = plan.pairs.get(value)
                if pair is None:
                    pair = plan.pair(value)
                if pair is None:
                    self.said.append((plan.name, value))
                else:
                    written += pair
            elif value is None:
                continue
            elif plan.is_guarded:
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


def writer(
    sheet: Sheet, texts: Texts, clock: Clock, tenant_id: str | None
) -> Callable[[dict[str, Any]], bool]:
    """A function that writes a line to the sheet and says whether it did; where not, it left nothing there."""
    known = memory()
    shapes, heads = known.shapes, known.heads
    bound = as_json(tenant_id) if tenant_id else ""

    def write(line: dict[str, Any]) -> bool:
        values = (*line.values(), "", None)
        try:
            shape = shapes[tuple(line)]
            if shape is None:
                return False
            head = heads[shape.heading(values)]
            user, message, duration = shape.rest(values)
            token = people.get(user)
        except TypeError:  # a list or a map in the place of a text
            return False
        time, correlation, request, trace, span = shape.ids(values)
        if not (
            head.written
            and user.__class__ is str
            and message.__class__ is str
            and (duration is None or (duration.__class__ is float and isfinite(duration)))
            and are_drawn_ids(f"{time} {correlation} {request} {trace} {span}")
            and (when := clock.of_usual_text(time))
        ):
            return False
        attributes = _Attributes()
        if not attributes.take(shape, values):
            return False
        lead = (
            f'{sheet.open_end}\n{{"timestamp":"{when}",{head.written},"tenant_id":{bound or head.tenant},'
            f'"correlation_id":"{correlation}","user_id":"{token or person(user)}","request_id":"{request}",'
            f'"trace_id":"{trace}","span_id":"{span}","marks":["inspected"],"attributes":{{'
        )
        texts.tenant_id = tenant_id or head.tenant_id
        sheet.add(f'{attributes.write(lead, sheet, texts)},"duration_ms":', duration)
        texts.add(sheet.values, sheet.add(',"message":', ""), message)
        sheet.open_end = "}"
        return True

    return write
