import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope.database.statement import normalised, operation


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM t WHERE a = 'anna''s' AND b = 42", "SELECT * FROM t WHERE a = ? AND b = ?"),
        ("SELECT  a\n FROM t1 -- of anna@x.de\n WHERE x=-1.5e3", "SELECT a FROM t1 WHERE x=?"),
        ("SELECT /* anna */ 1", "SELECT ?"),
        ("SELECT * FROM t WHERE id IN (1, 2, 3)", "SELECT * FROM t WHERE id IN (…)"),
        ("SELECT * FROM t WHERE id IN (%(a)s, %(b)s)", "SELECT * FROM t WHERE id IN (…)"),
        ("INSERT INTO t VALUES ($1, $2), ($3, $4)", "INSERT INTO t VALUES (…)"),
        ('SELECT $1::int, :name, "a 1" FROM t2', 'SELECT $1::int, :name, "a 1" FROM t2'),
        ("DO $body$ SELECT 'anna' $body$", "DO ?"),
        ("SELECT 'never closed", "SELECT ?"),
        ("SELECT E'it\\'s anna'", "SELECT ?"),
        ("", ""),
    ],
)  # fmt: skip
def test_literals_and_comments_go_and_names_stay(statement: str, expected: str) -> None:
    assert normalised(statement) == expected


@given(st.text(alphabet=st.characters(exclude_characters="'\\"), min_size=4), st.text())
def test_no_text_literal_survives(secret: str, rest: str) -> None:
    marked = f"ZQ{secret}QZ"
    assert marked not in normalised(f"SELECT '{marked}'")
    normalised(rest)


@pytest.mark.parametrize(
    ("statement", "word"),
    [("select 1", "SELECT"), ("/* x */ update t", "UPDATE"), ("(select 1)", ""), ("", "")],
)
def test_the_operation_is_the_first_word(statement: str, word: str) -> None:
    assert operation(statement) == word
