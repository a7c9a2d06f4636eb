"""Composes an answer by quoting: the sentences of the best passages that share most with the question."""

from collections.abc import Sequence

import msgspec

from edulearn.model.words import sentences, terms

MOST_SENTENCES = 3
# Below this the best passage shares hardly a word with the question, and quoting it would mislead.
LEAST_SCORE = 0.12
# Nor is a passage quoted that fits much worse than the best.
LEAST_SHARE = 0.6
NOT_FOUND = "I could not find this in your courses. Try other words, or ask your teacher."


class Source(msgspec.Struct, frozen=True):
    """A passage, and how well it fits."""

    passage_id: int
    course_title: str
    heading: str
    body: str
    score: float


class Answer(msgspec.Struct, frozen=True):
    """What the tutor says, and the passages it quotes."""

    text: str
    sources: tuple[Source, ...]


def compose(question: str, sources: Sequence[Source]) -> Answer:
    """The answer: up to three sentences, those of the best passage first, in the order they stand there."""
    best = max((s.score for s in sources), default=0.0)
    fitting = [s for s in sources if s.score >= max(LEAST_SCORE, best * LEAST_SHARE)]
    if not fitting:
        return Answer(NOT_FOUND, ())
    asked = set(terms(question))
    ranked = sorted(
        (-len(asked & set(terms(sentence))) * source.score, rank, place, sentence)
        for rank, source in enumerate(fitting)
        for place, sentence in enumerate(sentences(source.body))
    )
    chosen = sorted(ranked[:MOST_SENTENCES], key=lambda entry: entry[1:3])
    quoted = sorted({rank for _, rank, _, _ in chosen})
    return Answer(" ".join(sentence for *_, sentence in chosen), tuple(fitting[rank] for rank in quoted))
