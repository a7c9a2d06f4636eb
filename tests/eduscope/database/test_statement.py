import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope.database.literals import WITHHELD
from eduscope.database.statement import NOT_SQL, STATEMENT_MAX_CHARS, normalised, read, reported
from eduscope.database.tokens import _tokenizer, without_literal_tokens


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
        ("SELECT * FROM t WHERE id IN ($1::INTEGER, $2::INTEGER) LIMIT $3", "SELECT * FROM t WHERE id IN (…) LIMIT $n"),
        ("SELECT * FROM t WHERE id IN (7)", "SELECT * FROM t WHERE id IN (…)"),
        ("SELECT .5, 0x1F, 1_000, 1e5, a-1, t1.c2", "SELECT ?, ?, ?, ?, a-?, t1.c2"),
        ("SELECT $tag$ anna $tag$, $1, U&'a', X'ab'", "SELECT ?, $1, ?, ?"),
        ("SELECT 1 /* never closed anna", "SELECT ?"),
        ("SELECT $x$ never closed anna", "SELECT ?"),
        ('SELECT "anna@x.de"', 'SELECT "?"'),
        ("SAVEPOINT sa_savepoint_12", "SAVEPOINT ?"),
        ("anna schmidt", NOT_SQL),
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
    ("statement", "word", "table"),
    [
        ("select 1", "SELECT", ""),
        ("/* x */ update t set a = 1", "UPDATE", "t"),
        ("(select 1)", "SELECT", ""),
        ("WITH x AS (SELECT 1) DELETE FROM b WHERE c", "DELETE", "b"),
        ("SELECT a FROM s.t JOIN u USING (b)", "SELECT", ""),
        ("INSERT INTO t(a) SELECT 1", "INSERT", "t"),
        ('SELECT a FROM "t"', "SELECT", "t"),
        ("SELECT generate_series(1, 3) FROM unnest(x)", "SELECT", ""),
        ("anna", "OTHER", ""),
        ("", "", ""),
    ],
)
def test_the_operation_is_the_word_of_the_main_statement_and_the_table_the_only_one(
    statement: str, word: str, table: str
) -> None:
    found = read(statement)
    assert (found.operation, found.table) == (word, table)


@pytest.mark.parametrize(
    "statement",
    [
        r"SELECT * FROM t WHERE a = 'C:\' AND b = 'anna' OR c = ' anna '",
        r"SELECT 'it\'s', 'anna' -- anna's",
        "SELECT /* a /* b */ anna */ 1",
    ],
)
@pytest.mark.parametrize("system", ["postgresql", "mysql", "sqlite", ""])
def test_a_text_that_can_be_read_in_two_ways_is_withheld(statement: str, system: str) -> None:
    found = read(statement, system)
    assert found.text == WITHHELD
    assert found.operation == "SELECT"
    assert reported(found.text, system) == WITHHELD


@pytest.mark.parametrize(
    ("system", "statement", "expected"),
    [
        ("mysql", 'SELECT "anna", `a b` # anna\n, 2', "SELECT ?, `a b` , ?"),
        ("mysql", "SELECT 5--3", "SELECT ?-?"),
        ("sqlite", 'SELECT "name", "Anna Schmidt"', 'SELECT "name", "?"'),
        ("postgresql", 'SELECT "My Column"', 'SELECT "My Column"'),
    ],
)
def test_each_product_quotes_in_its_own_way(system: str, statement: str, expected: str) -> None:
    assert normalised(statement, system) == expected


def test_sqlglot_sees_what_the_first_reader_did_not() -> None:
    assert without_literal_tokens("SELECT 'anna', $1, %(a)s, N'x'", "postgresql") == "SELECT ?, $1, %(a)s, ?"
    assert without_literal_tokens("SELECT 'never closed", "postgresql") == "SELECT 'never closed"


def test_without_sqlglot_the_first_reader_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("eduscope.database.tokens.importlib.import_module", missing)
    _tokenizer.cache_clear()
    assert reported("SELECT a FROM without_sqlglot WHERE b = ?", "oracle.db").endswith("b = ?")
    _tokenizer.cache_clear()


def test_a_long_statement_is_cut() -> None:
    found = read("SELECT " + ", ".join(f"column_{n}" for n in range(5_000)))
    assert len(found.text) == STATEMENT_MAX_CHARS
    assert len(found.hash()) == 16


@given(st.text(max_size=300), st.sampled_from(["postgresql", "mysql", "sqlite", ""]))
def test_any_text_can_be_read(statement: str, system: str) -> None:
    found = read(f"SELECT {statement}", system)
    assert reported(found.text, system) is not None
