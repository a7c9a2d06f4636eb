"""The contract as a documentation page (Markdown)."""

from collections.abc import Iterable
from itertools import groupby

from eduscope.contract.classes import FieldClass
from eduscope.contract.conventions import ATTRIBUTES
from eduscope.contract.events import EVENT_TYPES
from eduscope.contract.field import Field
from eduscope.contract.registry import LOG_FIELDS, SPAN_FIELDS
from eduscope.contract.volume import HIGH_VOLUME_EVENTS

_INTRODUCTION = """# The contract

Every record EduScope keeps is made of the fields below. A field's **class** decides how its values travel and
rest. A string field that is not declared here is stored as a token: it can be counted and joined, not read.

This page is written by `eduscope contract page`; change `src/eduscope/contract/`, not the page.
"""

_RULES = {
    FieldClass.IDENTIFIER: "opaque id of an allow-listed shape",
    FieldClass.TOKEN: "a person; stored as an HMAC token only",
    FieldClass.LABEL: "a word from a small set",
    FieldClass.MEASURE: "a number, a boolean or a time",
    FieldClass.PATH: "a template; the query string is dropped",
    FieldClass.MESSAGE: "operators' text; the strict profile redacts it",
    FieldClass.PROSE: "learners' text; withheld, never at rest in clear",
    FieldClass.NETWORK: "an IP address; the host part is hashed",
    FieldClass.SECRET: "a credential; never leaves the process",
}


_SAMPLED = """A service writes them for a share of the journeys, `high_volume_sample_rate`; the lines carry it as
`sample_rate`. From warning on, every line is written."""


_PRODUCT = """What people do with the product. Properties are attributes of the classes above; others may be added,
under the same rules."""


def _rows(fields: Iterable[Field]) -> str:
    head = "| field | class | type | meaning |\n|---|---|---|---|\n"
    return head + "".join(f"| `{f.name}` | {f.field_class} | {f.type} | {f.description} |\n" for f in fields)


def _events() -> str:
    rows = "".join(f"| `{message}` | {says} |\n" for message, says in HIGH_VOLUME_EVENTS.items())
    return f"| message | meaning |\n|---|---|\n{rows}"


def _product_events() -> str:
    rows = "".join(
        f"| `{kind.name}` | {kind.description} | {', '.join(f'`{f.name}`' for f in kind.properties)} |\n"
        for kind in EVENT_TYPES.values()
    )
    return f"| event | meaning | properties |\n|---|---|---|\n{rows}"


def markdown() -> str:
    """The whole page."""
    classes = "".join(f"| {c} | {_RULES[c]} |\n" for c in FieldClass)
    parts = [
        _INTRODUCTION,
        f"## Classes\n\n| class | rule |\n|---|---|\n{classes}",
        f"## A log line\n\n{_rows(LOG_FIELDS)}",
        f"## A span\n\n{_rows(SPAN_FIELDS)}",
        "## Declared attributes\n",
    ]
    for field_class, fields in groupby(ATTRIBUTES, key=lambda f: f.field_class):
        parts.append(f"### {field_class}\n\n{_rows(fields)}")
    parts.append(f"## Product events\n\n{_PRODUCT}\n\n{_product_events()}")
    parts.append(f"## Events of high volume\n\n{_SAMPLED}\n\n{_events()}")
    return "\n".join(parts)
