"""The tutor: what it quotes, and what it says while the model server is away."""

import pytest
from tests.edulearn.conftest import served

from edulearn.services.caller import Caller
from edulearn.services.tutor.answer import NOT_FOUND, Answer, Source, compose
from edulearn.services.tutor.app import make_app
from edulearn.services.tutor.leak import MOST_BYTES, PIECE_BYTES, Leak
from edulearn.services.tutor.speaking import spoken
from edulearn.settings import Settings
from eduscope.testing import Captured

RAIN = Source(
    1, "Weather", "Why it rains", "Warm air holds vapour. When air rises it cools. Then it rains.", 0.8
)
LAW = Source(2, "Motion", "Newton", "Force equals mass times acceleration.", 0.3)


def test_the_answer_quotes_what_fits_in_the_order_it_stands() -> None:
    answer = compose("When does air rise and cool, and does it rain?", [RAIN, LAW])
    assert answer.text == "Warm air holds vapour. When air rises it cools. Then it rains."
    assert answer.sources == (RAIN,)


@pytest.mark.parametrize("sources", [[], [Source(1, "Weather", "x", "Nothing in common.", 0.05)]])
def test_where_nothing_fits_nothing_is_quoted(sources: list[Source]) -> None:
    assert compose("What is love?", sources).text == NOT_FOUND


async def test_while_the_model_server_is_away_the_learner_is_told_and_the_log_says_which(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    async with served(make_app(settings)) as client:
        question = {"question": "Why does my friend Zebulon cry?"}
        answer = await client.post("/questions", json=question, headers=student.headers())
    assert answer.status_code == 503
    problem = next(line for line in seen.lines if line["message"] == "no answer for a learner")
    assert (problem["component"], problem["reason"]) == ("model-server", "unreachable")
    assert "Zebulon" not in str(seen.lines) + "".join(span.to_json() for span in seen.spans)


def test_an_answer_is_spoken_word_by_word_and_recorded_without_a_word_of_it(seen: Captured) -> None:
    answer = Answer("Warm air holds  vapour.\nIt rises.", (RAIN,))
    words = list(spoken("Why does Zebulon cry?", answer))
    assert words == ["Warm ", "air ", "holds  ", "vapour.\n", "It ", "rises."]
    line = next(line for line in seen.lines if line["message"] == "model answered")
    assert line["gen_ai.usage.output_tokens"] == len(words)
    assert line["ai.time_to_first_token_ms"] >= 0
    recorded = str(seen.lines) + "".join(span.to_json() for span in seen.spans)
    assert "Zebulon" not in recorded
    assert "vapour" not in recorded


@pytest.mark.parametrize(
    ("analytics", "persons"),
    [("granted", ["a token"]), ("granted-for-child", ["nobody"]), ("refused", []), ("", [])],
)
async def test_feedback_is_a_product_event_of_those_who_agreed_and_names_no_child(
    settings: Settings, student: Caller, seen: Captured, analytics: str, persons: list[str]
) -> None:
    caller = Caller(student.tenant_id, student.person_id, analytics=analytics)
    async with served(make_app(settings)) as client:
        body = {"answer_id": "0" * 32, "helpful": True}
        answer = await client.post("/feedback", json=body, headers=caller.headers())
    assert answer.status_code == 202
    told = [line for line in seen.lines if line["message"] == "product event"]
    assert ["a token" if line["user_id"].startswith("usr_") else "nobody" for line in told] == persons


def test_the_leak_grows_to_its_limit_and_lets_go(settings: Settings) -> None:
    leak = Leak()
    for _ in range(MOST_BYTES // PIECE_BYTES + 5):
        leak.follow(is_on=True)
    assert leak.kept_bytes == MOST_BYTES
    leak.follow(is_on=False)
    assert leak.kept_bytes == 0
