"""Retrieval, recommendation and the cache."""

import json
from typing import Any

import pytest

from edulearn.database.seed import SEED
from edulearn.model.cache import TtlCache
from edulearn.model.recommendation import Enrolment, Recommender
from edulearn.model.retrieval import Passage, Retriever
from edulearn.model.words import sentences, terms

CATALOGUE: list[dict[str, Any]] = json.loads((SEED / "catalogue.json").read_text())
PASSAGES = [
    Passage(number * 10 + i, course["slug"], "school", f"{p['heading']}. {p['body']}")
    for number, course in enumerate(CATALOGUE)
    for i, p in enumerate(course["passages"])
]


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    """A retriever over all seed courses, as if one school taught them all."""
    return Retriever(PASSAGES)


@pytest.mark.parametrize(
    ("question", "course_id"),
    [
        ("Why does it rain?", "weather-and-climate"),
        ("What is the difference between mitosis and meiosis?", "cell-biology"),
        ("How many lines does a sonnet have?", "reading-poetry"),
        ("when is a matrix invertible", "linear-algebra"),
        ("What happens to the log after a crash?", "databases"),
    ],
)
def test_a_question_finds_its_course(retriever: Retriever, question: str, course_id: str) -> None:
    assert retriever.search(question, tenant_id="school")[0].course_id == course_id


def test_nine_of_ten_quiz_questions_find_their_course(retriever: Retriever) -> None:
    asked = [(q["prompt"], course["slug"]) for course in CATALOGUE for q in course["questions"]]
    found = [retriever.search(q, tenant_id="school", limit=1)[0].course_id == slug for q, slug in asked]
    assert sum(found) / len(found) >= 0.9


def test_scores_fall_and_stay_between_0_and_1(retriever: Retriever) -> None:
    scores = [
        m.score for m in retriever.search("How does light become energy?", tenant_id="school", limit=20)
    ]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_another_tenants_passages_are_never_found(retriever: Retriever) -> None:
    assert retriever.search("Why does it rain?", tenant_id="university") == []


def test_a_search_can_stay_within_a_course(retriever: Retriever) -> None:
    matches = retriever.search("rain", tenant_id="school", course_ids=["algebra"], limit=20)
    assert {m.course_id for m in matches} == {"algebra"}


@pytest.mark.parametrize("question", ["", "???", "the of and", "zzzqqq"])
def test_a_question_without_a_known_word_finds_nothing(retriever: Retriever, question: str) -> None:
    assert retriever.search(question, tenant_id="school") == []


def test_the_version_changes_with_the_texts(retriever: Retriever) -> None:
    assert Retriever(PASSAGES).version == retriever.version
    assert Retriever(PASSAGES[1:]).version != retriever.version


def test_a_course_is_suggested_that_similar_learners_take() -> None:
    taken = {
        "a": "maths physics",
        "b": "maths physics",
        "c": "art music",
        "d": "art music",
        "e": "maths physics art",
    }
    recommender = Recommender(
        Enrolment(learner, course, "school")
        for learner, courses in taken.items()
        for course in courses.split()
    )
    suggested = recommender.suggest(tenant_id="school", enrolled=["maths"])
    assert suggested[0].course_id == "physics"
    assert "maths" not in {s.course_id for s in suggested}


def test_a_newcomer_gets_suggestions_too_and_an_unknown_tenant_none() -> None:
    recommender = Recommender([Enrolment("a", "maths", "school"), Enrolment("a", "art", "school")])
    assert len(recommender.suggest(tenant_id="school", enrolled=[])) == 2
    assert recommender.suggest(tenant_id="elsewhere", enrolled=[]) == []


def test_a_cached_value_grows_old_and_the_cache_stays_small() -> None:
    now = [0.0]
    cache: TtlCache[int] = TtlCache(capacity=2, ttl_seconds=10, clock=lambda: now[0])
    cache.put(b"a", 1)
    cache.put(b"b", 2)
    assert cache.get(b"a") == 1
    cache.put(b"c", 3)
    assert (cache.get(b"a"), cache.get(b"b"), cache.get(b"c")) == (1, None, 3)
    now[0] = 11
    assert cache.get(b"a") is None
    assert len(cache) == 1


def test_words_agree_across_their_endings() -> None:
    assert terms("Dividing divides divided") == ["divid"] * 3
    assert terms("What is the pH?") == ["ph"]


def test_a_passage_splits_into_sentences() -> None:
    assert sentences("One. Two! Three?") == ["One.", "Two!", "Three?"]
