"""SQL files: every query named, every name once."""

import pytest

from eduscope_server.state import load_queries, parse_queries


def test_queries_are_found_by_name_without_their_semicolon() -> None:
    text = "-- People.\n\n-- name: one\n-- What it is for.\nSELECT 1;\n\n-- name: two\nSELECT 2"
    assert parse_queries(text, "x.sql") == {"one": "-- What it is for.\nSELECT 1", "two": "SELECT 2"}


def test_sql_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.sql has SQL before the first"):
        parse_queries("SELECT 1;\n-- name: two\nSELECT 2", "x.sql")


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match='names two queries "one"'):
        parse_queries("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2", "x.sql")


def test_the_packages_own_file_is_read() -> None:
    assert "working_keys" in load_queries("eduscope_server.access", "queries.sql")
