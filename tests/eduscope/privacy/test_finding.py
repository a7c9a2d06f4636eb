"""Redaction never raises, settles in one call, leaves nothing of a value, and stays linear."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduscope.privacy import WITHHELD, Profile, Span, detectors, find, is_clean, redact
from eduscope.privacy.detector import Detector

PROFILES: tuple[Profile, ...] = ("message", "prose")
VALUES = [value for m in detectors.modules() for _, value in m.CATCHES]
TEXTS = [text for m in detectors.modules() for text, _ in m.CATCHES]
PIECES = st.sampled_from(
    [
        *VALUES,
        *TEXTS,
        "[EMAIL]",
        "[SECRET]",
        "password=",
        "user=",
        "for user ",
        "@",
        "::",
        "+1",
        "0",
        "-",
        " ",
        "\n",
        '"',
        "\\",
    ]
)
MIXED = st.lists(PIECES | st.text(max_size=12), max_size=8).map("".join)


@settings(max_examples=600)
@given(text=MIXED, profile=st.sampled_from(PROFILES))
def test_redacting_is_idempotent_bounded_and_leaves_no_value(text: str, profile: Profile) -> None:
    spans = find(text, profile)
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    once = redact(text, profile)
    assert redact(once, profile) == once
    assert find(once, profile) == []
    assert len(once) <= 6 * len(text) + len(WITHHELD)
    kept = "".join(p for p in _unmarked(once))
    for span in spans:
        value = text[span.start : span.end]
        assert once == WITHHELD or kept.count(value) <= _outside(text, spans).count(value)


def _unmarked(text: str) -> list[str]:
    return [part for piece in text.split("[") for part in piece.split("]")[-1:]]


def _outside(text: str, spans: list[Span]) -> str:
    at, pieces = 0, []
    for span in spans:
        pieces.append(text[at : span.start])
        at = span.end
    return "".join([*pieces, text[at:]])


@settings(max_examples=600)
@given(text=MIXED)
def test_is_clean_says_whether_redacting_would_change_anything(text: str) -> None:
    assert is_clean(text) == (redact(text) == text)
    assert is_clean(text, "prose") == (redact(text, "prose") == text)


def test_markers_name_the_type_and_never_the_value() -> None:
    assert redact("ada@example.com called from 203.0.113.7") == "[EMAIL] called from [IP]"


def test_overlapping_finds_are_one_span_over_both() -> None:
    text = "password=ada@example.com,x done"
    assert redact(text) == "password=[SECRET] done"


def test_a_neighbour_bared_by_a_marker_is_found_in_the_same_call() -> None:
    assert "555-2671" not in redact("ada@example.com415-555-2671") or "415-555-2671" not in redact(
        "x@y.io 415-555-2671"
    )


@pytest.mark.parametrize("broken", [ValueError("no"), RecursionError(), MemoryError()])
def test_a_detector_that_fails_withholds_the_whole_text(
    monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    def fail(*_: object) -> None:
        raise broken

    monkeypatch.setattr(Detector, "ranges", fail)
    assert redact("ada@example.com") == WITHHELD
    assert not is_clean("ada@example.com or not")


HOSTILE = [
    *(
        "a",
        "1",
        " ",
        "@",
        ":",
        "-",
        ".",
        "=",
        "a.",
        "1.",
        "1-",
        "1 ",
        "a@",
        "@a.",
        "::",
        "a:",
        "1:",
        "f:",
        "é",
        "漢",
    ),
    *(
        "password=",
        'password="',
        "password='\\",
        "token=a1",
        "user=",
        "for user ",
        "user ",
        "password for ",
        "bearer ",
    ),
    *(
        "+1",
        "+1 ",
        "0 0",
        "(1)",
        "00 1",
        "phone ",
        "call 1",
        "4111 ",
        "card ",
        "ssn ",
        "iban ",
        "GB29 ",
        "GB29NWBK",
    ),
    *(
        "eyJ",
        "eyJa.",
        "sk-",
        "xoxb-",
        "AKIA",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "://a:",
        "://:a",
        "%40a.",
    ),
    *("[", "[A]", "\\", '"', "born on ", "student id ", "1.1.1."),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_of_anything_is_read_in_seconds(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    started = time.process_time()
    redact(text, "prose")
    redact(text, "message")
    assert time.process_time() - started < 10
