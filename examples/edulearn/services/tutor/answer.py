"""Composes an answer by quoting: the sentences of the best passages that share most with the question."""

from collections.abc import Sequence

import msgspec

from edulearn.model.words import sentences, terms

MOST_SENTENCES = 3
# Below this the best passage shares hardly a word with the question, and quoting it would mislead.
LEAST_SCORE = 0.12
NOT_FOUND = "I could not find this in your courses. Try other words, or ask your teacher."


class Source(msgspec.Struct, frozen=True):
    """A passage, and how well it fits."""

    passage_id: int
    course_title: str
    heading: str
    body: str
    score: float


def compose(question: str, sources: Sequence[Source]) -> str:
    """The answer: up to three sentences, those of the best passage first, in the order they stand there."""
    fitting = [s for s in sources if s.score >= LEAST_SCORE]
    if not fitting:
        return NOT_FOUND
    asked = set(terms(question))
    ranked = sorted(
        (
            (-len(asked & set(terms(sentence))) * source.score, rank, place, sentence)
            for rank, source in enumerate(fitting)
            for place, sentence in enumerate(sentences(source.body))
        ),
    )
    chosen = sorted(ranked[:MOST_SENTENCES], key=lambda entry: entry[1:3])
    return " ".join(sentence for *_, sentence in chosen)
