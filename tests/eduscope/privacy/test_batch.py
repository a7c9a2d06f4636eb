"""Many messages at once come out exactly as each by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduscope.privacy import WITHHELD, detectors, redact
from eduscope.privacy.batch import batch_redactor
from eduscope.privacy.detector import Detector
from eduscope.privacy.failures import failures
from eduscope.privacy.plan import plan, ranked

pytest.importorskip("hyperscan", reason="the platform's batches need the package hyperscan")

DETECTORS = [d for profile in ("message", "prose") for _, _, d in ranked(profile)]
EXAMPLES = [text for m in detectors.modules() for text in (*(t for t, _ in m.CATCHES), *m.SPARES)]
NEIGHBOURS = st.text(
    st.sampled_from("aZ09 .,:;-_/\\\"'=&<>()[]{}@+#$%~|\n\t\x00\ré漢\uff1a\u00a0—😀\u200b\ud800"), max_size=4
)
DRAWN = st.sampled_from([d.pattern for d in DETECTORS]).flatmap(st.from_regex)
TEXTS = st.tuples(NEIGHBOURS, DRAWN | st.sampled_from(EXAMPLES) | st.text(max_size=20), NEIGHBOURS).map(
    "".join
)


@settings(max_examples=400)
@given(texts=st.lists(TEXTS, max_size=8))
def test_a_batch_is_redacted_as_its_texts_are(texts: list[str]) -> None:
    assert batch_redactor().redact(texts) == [redact(text) for text in texts]


PIECES = st.sampled_from(
    [
        *("10.1.2.3", "52.80.34.196", "1.2.0.0", "8.8.8.8.", ".9", "1", "-", "/", ":22", "version ", "5.6.7."),
        *("for ", "invalid ", "user ", "user", "=", " = ", ": ", "uid", "euid=0", "login", '"', "\\", "root", "ada"),
        *("usr_k1_", "a" * 25, "a" * 26, "[USERNAME]", "[IP]", "Failed password ", " from ", "[preauth]"),
        *("authentication failures ", "illegal ", "logname=", "account_name", "x" * 40, "unknown ", "\ud800", "é"),
        *("\n", " " * 3, "password", "mail ada@example.com"),
    ]
)  # fmt: skip


@settings(max_examples=600)
@given(texts=st.lists(st.lists(PIECES, max_size=14).map("".join), min_size=2, max_size=6))
def test_names_and_addresses_are_found_where_the_scan_points_and_nowhere_else(texts: list[str]) -> None:
    assert batch_redactor().redact(texts) == [redact(text) for text in texts]


def test_all_examples_in_one_batch_come_out_as_each_alone() -> None:
    assert batch_redactor().redact(EXAMPLES) == [redact(text) for text in EXAMPLES]
    assert batch_redactor().redact([]) == []


@settings(max_examples=1500)
@given(text=TEXTS)
def test_looking_near_signs_finds_what_a_search_of_the_whole_text_finds(text: str) -> None:
    for profile in ("message", "prose"):
        near = {rank: d.ranges(text, signs) for rank, d, signs in plan(profile).candidates(text)}
        for _, rank, detector in ranked(profile):
            if rank in near:
                assert near[rank] == detector.ranges(text), detector.pattern.pattern


def test_where_one_detector_fails_its_text_is_withheld_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a broken detector")

    before = failures.counts.get("RuntimeError", 0)
    monkeypatch.setattr(Detector, "ranges", fail)
    texts = ["all is well", "mail ada@example.com", "quiz submitted"] * 9
    kept = batch_redactor().redact(texts)
    assert kept == ["all is well", WITHHELD, "quiz submitted"] * 9
    assert redact("mail ada@example.com") == WITHHELD
    assert failures.counts["RuntimeError"] == before + 10


@pytest.mark.parametrize("text", ["uid=0 user=ada", "euid=0 from logname=ada", "user=42 login=ada"])
def test_a_value_is_found_close_behind_one_that_is_spared(text: str) -> None:
    kept = text.replace("ada", "[USERNAME]")
    assert redact(text) == kept
    assert batch_redactor().redact([text, text]) == [kept, kept]
