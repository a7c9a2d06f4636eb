"""The tutor's voice: an answer word by word, as one observed call of a model."""

import re
from collections.abc import Iterator

import eduscope
from edulearn.model.words import terms
from edulearn.services.tutor.answer import Answer

MODEL = "tutor-quotes"
VERSION = "quotes-1"
PROVIDER = "edulearn"
_WORD = re.compile(r"\S+\s*")


def spoken(question: str, answer: Answer) -> Iterator[str]:
    """The words of an answer with the white space after each: joined they are its text.

    The call lasts until the last word is taken. Neither question nor answer is recorded.
    """
    with eduscope.inference(
        model=MODEL, model_version=VERSION, provider=PROVIDER, input_size=len(question.encode())
    ) as call:
        call.tokens(input=len(terms(question)))
        words: Iterator[str] = call.stream(_WORD.findall(answer.text), each_is_a_token=True)
        return words
