"""Texts of which somebody says what is personal in them: prose of presidio-research, and OpenSSH's lines by their
templates; and the same with other values.
"""

import csv
import json
import os
import re
import string
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from eduscope.privacy import Span
from eduscope.privacy.digits import luhn

LABELS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IP_ADDRESS": "IP",
    "CREDIT_CARD": "CARD",
    "US_SSN": "SSN",
    "IBAN_CODE": "IBAN",
}


_IP = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")


class Text(NamedTuple):
    """A text and the spans that a person (or a generator) says are in it."""

    text: str
    truth: list[Span]


def data_folder() -> Path | None:
    """Where the test data is, if it is there."""
    named = os.environ.get("EDUSCOPE_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


def labelled_prose(path: Path) -> list[Text]:
    """Texts of presidio-research's format, with the types that have a detector."""
    return [
        Text(
            entry["full_text"],
            [
                Span(s["start_position"], s["end_position"], LABELS[s["entity_type"]])
                for s in entry["spans"]
                if s["entity_type"] in LABELS
            ],
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def openssh_lines(path: Path) -> Iterator[Text]:
    """OpenSSH's messages with user names and addresses, as the lines' templates give them."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _openssh_truth(row["Content"], row["EventTemplate"])


_BEFORE_A_NAME = re.compile(r"(?:user[ =]|(?:password|none) for |failures for )\Z")


_LITERAL_NAME = re.compile(r"(?:user=|password for |failures for )(root|admin)\b")


def _openssh_truth(content: str, template: str) -> Text:
    """Slots behind `user` and `for` are names; slots that are addresses are addresses."""
    literals = template.split("<*>")
    match = re.fullmatch("(.*?)".join(re.escape(part) for part in literals) + r"\s*", content)
    truth = [Span(*m.span(1), "USERNAME") for m in _LITERAL_NAME.finditer(content) if m[0] in template]
    for slot in range(1, len(literals) if match else 0):
        assert match is not None
        start, end = match.span(slot)
        if start == end:
            continue
        if _BEFORE_A_NAME.search(literals[slot - 1]):
            truth.append(Span(start, end, "USERNAME"))
        else:
            truth += [Span(start + m.start(), start + m.end(), "IP") for m in _IP.finditer(match[slot])]
    return Text(content, sorted(truth))


def reshaped(texts: Iterable[Text], seed: int) -> Iterator[Text]:
    """The same texts with other values: the digits and letters of true spans drawn anew, check digits made right."""
    random = Random(seed)
    for text, truth in texts:
        pieces: list[str] = []
        spans: list[Span] = []
        at = length = 0
        for span in sorted(truth):
            value = _another(text[span.start : span.end], span.type, random)
            pieces += (text[at : span.start], value)
            length += span.start - at
            spans.append(Span(length, length + len(value), span.type))
            length += len(value)
            at = span.end
        yield Text("".join((*pieces, text[at:])), spans)


def _another(value: str, kind: str, random: Random) -> str:
    """Another value of the same type and shape."""
    if kind == "IP":
        return ".".join(str(random.randint(1, 254)) for _ in range(4))
    if kind == "SSN":
        return f"{random.randint(1, 665):03}-{random.randint(1, 99):02}-{random.randint(1, 9999):04}"
    if kind == "EMAIL":
        return (
            "".join(
                random.choice(string.ascii_letters) if c.isalpha() else c for c in value.rpartition(".")[0]
            )
            + ".org"
        )
    drawn = [str(random.randint(0, 9)) if c.isdigit() else c for c in value]
    if kind == "CARD":
        return _with_luhn(value[0] + "".join(drawn)[1:])
    if kind == "IBAN":
        account = "".join(random.choice(string.ascii_uppercase) for _ in range(4)) + "".join(drawn)[8:]
        rest = int("".join(str(int(c, 36)) for c in account + value[:2] + "00"))
        return f"{value[:2]}{98 - rest % 97:02}{account}"
    if kind == "PHONE":
        first = [i for i, c in enumerate(value) if c.isdigit()]
        for i in first[:3] if value.startswith(("+", "0")) else []:
            drawn[i] = value[i]
        if drawn[first[0]] in "01" and value[first[0]] not in "01":
            drawn[first[0]] = str(random.randint(2, 9))
    return "".join(drawn)


def _with_luhn(digits: str) -> str:
    """The digits with the last one made the check digit."""
    return next(d for d in (digits[:-1] + str(n) for n in range(10)) if luhn(d))
