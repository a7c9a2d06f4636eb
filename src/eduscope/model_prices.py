"""What a call of a model costs, from its tokens and a price per million of them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

MILLION = 1_000_000


class Price(NamedTuple):
    """Prices per million tokens, in whatever currency you count in.

    Providers read cached input for less and write it for more; where that is not said, it costs what input costs.
    """

    input: float
    output: float
    cached_input: float | None = None
    written_input: float | None = None


class Tokens(NamedTuple):
    """Tokens of one call. `input` has all that were read, the cached and the written ones too."""

    input: int = 0
    output: int = 0
    cached_input: int = 0
    written_input: int = 0


def cost(price: Price, tokens: Tokens) -> float:
    """The cost of one call."""
    plain = max(tokens.input - tokens.cached_input - tokens.written_input, 0)
    read = price.input if price.cached_input is None else price.cached_input
    written = price.input if price.written_input is None else price.written_input
    spent = plain * price.input + tokens.output * price.output
    return (spent + tokens.cached_input * read + tokens.written_input * written) / MILLION


@lru_cache(maxsize=8)
def price_table(text: str) -> Mapping[str, Price]:
    """The prices in the option `model_prices`: `model=input/output[/cached[/written]]`, commas between models."""
    table = {}
    for entry in filter(None, text.split(",")):
        model, _, numbers = entry.strip().rpartition("=")
        table[model] = Price(*(float(number) for number in numbers.split("/")))
    return table
