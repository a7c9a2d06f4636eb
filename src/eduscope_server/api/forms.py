"""Forms of texts that requests must have, and the words in which an answer asks for them."""

from typing import Annotated

import msgspec

NAME = r"^[A-Za-z0-9._-]{1,64}$(?!\n)"
"""Of a tenant, a service, an environment, a project. Python's `$` lets a line break stand behind it."""
ORIGIN = r"^https?://[A-Za-z0-9.\-\[\]:]{1,253}$(?!\n)"
SAID = r"\S"
SAID_AT_LENGTH = r"^\s*(\S\s*){10,}$"

_IN_WORDS = {
    NAME: "1 to 64 of A-Z a-z 0-9 . _ -",
    ORIGIN: "an origin such as https://learn.example",
    SAID: "more than spaces",
    SAID_AT_LENGTH: "at least ten characters beside spaces",
}

Name = Annotated[str, msgspec.Meta(pattern=NAME)]
TenantId = Name
Origin = Annotated[str, msgspec.Meta(pattern=ORIGIN)]
Reason = Annotated[
    str, msgspec.Meta(min_length=4, max_length=500, pattern=SAID, description="Why; kept, redacted.")
]
Purpose = Annotated[
    str,
    msgspec.Meta(
        min_length=10, max_length=500, pattern=SAID_AT_LENGTH, description="Kept, redacted, for ever."
    ),
]


def in_words(said: str) -> str:
    """What is wrong with a value, with the form it should have in words in place of its pattern."""
    for pattern, words in _IN_WORDS.items():
        said = said.replace(f"`str` matching regex {pattern!r}", words)
    return said
