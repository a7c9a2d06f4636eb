"""Reads a search query: `level:error service:courses "exact words" duration_ms:>500 (a OR b) -c`.

    query   = any
    any     = every ("OR" every)*
    every   = part ("AND"? part)*
    part    = ("NOT" | "-") part | "(" any ")" | term
    term    = word | word* | "phrase" | field:value

A recursive descent that looks one token ahead; what a field's value may be is in `values.py`.
"""

from collections.abc import Iterator

from eduscope_server.query import words
from eduscope_server.query.errors import QueryError
from eduscope_server.query.expression import (
    EVERYTHING,
    All,
    AnyOf,
    Expression,
    Not,
    Phrase,
    WordPrefix,
    Words,
)
from eduscope_server.query.fields import Schema
from eduscope_server.query.tokens import Token, TokenKind, tokenize
from eduscope_server.query.values import condition

MAX_QUERY_CHARACTERS = 4_000
"""Far above what a person types; keeps one question from making a statement of megabytes."""
MAX_TERMS = 200
"""Each term is a condition the engine evaluates on every row it reads."""
MAX_DEPTH = 40
"""Parentheses and negations inside each other: each level is a frame of Python's stack."""


def parse(query: str, schema: Schema) -> Expression:
    """The query as a typed expression over the fields of `schema`. Raises `QueryError`.

    >>> parse("level:error timeout", LOGS)
    All(parts=(Compare(Column("log_level", "level"), "=", 4), Words(("timeout",))))
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryError(
            f"the query has {len(query)} characters; at most {MAX_QUERY_CHARACTERS} are read",
            position=MAX_QUERY_CHARACTERS,
            hint="search for fewer things at once",
        )
    for position, character in enumerate(query):
        if "\ud800" <= character <= "\udfff" or character == "\0":
            raise QueryError("this character cannot be stored", position=position, hint="remove it")
    parser = _Parser(tokenize(query), schema)
    return parser.read()


class _Parser:
    def __init__(self, tokens: Iterator[Token], schema: Schema) -> None:
        self._tokens = tokens
        self._schema = schema
        self._now = next(tokens)
        self._terms = 0

    def read(self) -> Expression:
        if self._at("end"):
            return EVERYTHING
        expression = self._any(depth=0)
        if self._at(")"):
            raise QueryError(
                "this ) closes nothing", position=self._now.position, hint="remove it, or put it in quotes"
            )
        return expression

    def _at(self, *kinds: TokenKind) -> bool:
        return self._now.kind in kinds

    def _advance(self) -> Token:
        token = self._now
        if token.kind != "end":
            self._now = next(self._tokens)
        return token

    def _any(self, *, depth: int) -> Expression:
        parts = [self._every(depth=depth)]
        while self._at("or"):
            keyword = self._advance()
            if self._at("end", ")", "or", "and"):
                raise _nothing_after(keyword)
            parts.append(self._every(depth=depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _every(self, *, depth: int) -> Expression:
        parts = [self._part(depth=depth)]
        while not self._at("end", ")", "or"):
            if self._at("and"):
                keyword = self._advance()
                if self._at("end", ")", "or", "and"):
                    raise _nothing_after(keyword)
            parts.append(self._part(depth=depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _part(self, *, depth: int) -> Expression:
        token = self._advance()
        if depth > MAX_DEPTH:
            raise QueryError(
                f"the query is nested more than {MAX_DEPTH} deep",
                position=token.position,
                hint="use fewer parentheses and negations",
            )
        match token.kind:
            case "not":
                if self._at("end", ")", "or", "and"):
                    raise _nothing_after(token)
                return Not(self._part(depth=depth + 1))
            case "(":
                return self._group(token, depth=depth + 1)
            case "text" | "field":
                return self._term(token)
            case _:
                raise _unexpected(token)

    def _group(self, opened: Token, *, depth: int) -> Expression:
        if self._at(")"):
            raise QueryError(
                "there is nothing between these parentheses",
                position=opened.position,
                hint='write a term inside, or put "()" in quotes',
            )
        expression = self._any(depth=depth)
        if not self._at(")"):
            raise QueryError(
                "this ( is never closed",
                position=opened.position,
                hint="add a ), or put the text in quotes",
            )
        self._advance()
        return expression

    def _term(self, token: Token) -> Expression:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryError(
                f"the query has more than {MAX_TERMS} terms",
                position=token.position,
                hint="search for fewer things at once",
            )
        return condition(token, self._schema) if token.kind == "field" else _text(token)


def _text(token: Token) -> Expression:
    """A word or phrase that is looked for in the record's text."""
    if token.quoted and not token.prefix:
        return Phrase(token.text) if token.text else EVERYTHING
    if not token.quoted and "*" in token.text:
        raise QueryError(
            "a * can only stand at the end of a word",
            position=token.position + token.text.index("*"),
            hint=f'to look for the star itself, write "{token.text}"',
        )
    found = words.split(token.text)
    if token.prefix:
        return _prefix(token.text, found)
    if not found:
        return Phrase(token.text)
    # `time-out` is looked for as two words that stand together just so.
    return Words(found) if found == (words.lower(token.text),) else All((Words(found), Phrase(token.text)))


def _prefix(text: str, found: tuple[str, ...]) -> Expression:
    if not found:
        return Phrase(text) if text else EVERYTHING
    if found == (words.lower(text),):
        return WordPrefix(found[0])
    return All((WordPrefix(found[-1]), Phrase(text)))


def _nothing_after(keyword: Token) -> QueryError:
    name = keyword.text or "-"
    return QueryError(
        f"{name} has nothing after it",
        position=keyword.position,
        hint=f'write a term after {name}, or "{name}" in quotes to look for the word',
    )


def _unexpected(token: Token) -> QueryError:
    if token.kind in {"and", "or"}:
        return QueryError(
            f"{token.text} has nothing before it",
            position=token.position,
            hint=f'write a term before {token.text}, or "{token.text}" in quotes to look for the word',
        )
    if token.kind == ")":
        return QueryError(
            "this ) closes nothing", position=token.position, hint="remove it, or put it in quotes"
        )
    return QueryError("the query ends too early", position=token.position, hint="write a term")
