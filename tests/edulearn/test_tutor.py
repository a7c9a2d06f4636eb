"""The tutor: what it quotes, and what it says while the model server is away."""

import pytest
from tests.edulearn.conftest import served

from edulearn.services.caller import Caller
from edulearn.services.tutor.answer import NOT_FOUND, Source, compose
from edulearn.services.tutor.app import make_app
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
