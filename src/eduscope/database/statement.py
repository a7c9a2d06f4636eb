"""A SQL statement as it may be kept: without its values, and the same text for the same question."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from eduscope.database.literals import WITHHELD, without_literals
from eduscope.database.tokens import without_literal_tokens

STATEMENT_MAX_CHARS = 4096
"""Longer statements are cut; their beginning says which they are."""

CACHED_MAX = 1024

OTHER = "OTHER"
"""The operation of a text that begins with no word of SQL: what a user typed must not become a label."""

NOT_SQL = "(statement withheld: it begins with no word of SQL)"
"""Stands for such a text, in which nothing says what is a value."""

OPERATIONS = frozenset(
    {
        "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "CHECKPOINT", "CLOSE", "CLUSTER", "COMMENT",
        "COMMIT", "COPY", "CREATE", "DEALLOCATE", "DECLARE", "DELETE", "DESCRIBE", "DETACH", "DISCARD",
        "DO", "DROP", "END", "EXEC", "EXECUTE", "EXPLAIN", "FETCH", "GRANT", "INSERT", "KILL", "LISTEN",
        "LOAD", "LOCK", "MERGE", "MOVE", "NOTIFY", "OPTIMIZE", "PRAGMA", "PREPARE", "REFRESH",
        "REINDEX", "RELEASE", "RENAME", "REPLACE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SELECT",
        "SET", "SHOW", "START", "SYSTEM", "TABLE", "TRUNCATE", "UNLISTEN", "UNLOCK", "UPDATE", "UPSERT",
        "USE", "VACUUM", "VALUES", "WITH",
    }
)  # fmt: skip

_ITEM = r"(?:\?|%s|\$\d+|:\w+|%\(\w+\)s)(?:::[\w ]+(?:\(\d+\))?(?:\[\])?)?"
_LIST = re.compile(rf"\(\s*{_ITEM}(?:\s*,\s*{_ITEM})+\s*\)|(?<=\bIN )\(\s*{_ITEM}\s*\)", re.IGNORECASE)
_ROWS = re.compile(r"\(…\)(?:\s*,\s*\(…\))+")
_NUMBERED = re.compile(r"\$\d+")
_SPACE = re.compile(r"\s+")
_OPERATION = re.compile(r"[\s(]*([A-Za-z]+)")
_AFTER_WITH = re.compile(r"\)\s*(SELECT|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_NAME = r'((?:"[\w$]++"|[A-Za-z_][\w$]*+)(?:\.(?:"[\w$]++"|[A-Za-z_][\w$]*+))?+)'
_TABLE = re.compile(
    rf"\b(?:(?:INTO|UPDATE)\s+(?:ONLY\s+)?{_NAME}|(?:FROM|JOIN)\s+(?:ONLY\s+)?{_NAME}(?!\())", re.IGNORECASE
)
"""The names after these words; one with its bracket right behind it is a function."""

_SAVEPOINT = re.compile(r'(\bSAVEPOINT )"?\w+"?', re.IGNORECASE)
_NO_TABLES = frozenset({"SELECT", "SET", "LATERAL", "UNNEST", "VALUES"})


@dataclass(frozen=True, slots=True)
class Statement:
    """What is kept of a statement."""

    text: str
    """Literals as `?`, lists as `(…)`, no comments, on one line; at most `STATEMENT_MAX_CHARS`."""
    operation: str
    """The operation in capitals (`SELECT`), `OTHER`, or nothing where there is no text."""
    table: str
    """The table, where it is about one."""

    def hash(self) -> str:
        """The text as 16 hex digits, for counting without the text."""
        return hashlib.blake2b(self.text.encode("utf-8", "replace"), digest_size=8).hexdigest()


@lru_cache(maxsize=CACHED_MAX)
def read(statement: str, system: str = "") -> Statement:
    """The statement as it may be kept. `system` is OpenTelemetry's name of the product."""
    text = _folded(without_literals(statement[: 2 * STATEMENT_MAX_CHARS], system))
    word = _word(statement[:STATEMENT_MAX_CHARS] if text == WITHHELD else text)
    if word == OTHER:
        text = NOT_SQL
    return Statement(text[:STATEMENT_MAX_CHARS], word, _table(text))


def normalised(statement: str, system: str = "") -> str:
    """The statement with every literal as `?`, lists as `(…)`, without comments, on one line."""
    return read(statement, system).text


@lru_cache(maxsize=CACHED_MAX)
def reported(text: str, system: str = "") -> str:
    """A normalised text as people will read it: sqlglot's reader of the product's own dialect looks at it too.

    What either reader takes for a literal is gone.
    """
    return text if text in {WITHHELD, NOT_SQL} else _folded(without_literal_tokens(text, system))


def _folded(text: str) -> str:
    text = _SPACE.sub(" ", text).strip()
    listless = _ROWS.sub("(…)", _LIST.sub("(…)", text))
    if listless != text:
        # After a folded list the numbers of the others say how long it was.
        listless = _NUMBERED.sub("$n", listless)
    return _SAVEPOINT.sub(r"\1?", listless)


def _word(text: str) -> str:
    """The first word of SQL; of a `WITH`, that of its main statement."""
    found = _OPERATION.match(text)
    word = found[1].upper() if found else ""
    if word == "WITH":
        main = _AFTER_WITH.findall(text)
        word = main[-1].upper() if main else word
    if word in OPERATIONS:
        return word
    return OTHER if text else ""


def _table(text: str) -> str:
    """The one table of the statement, or nothing where it is about none or several."""
    names = (into or read_from for into, read_from in _TABLE.findall(text))
    tables = {name.replace('"', "") for name in names if name.upper() not in _NO_TABLES}
    return tables.pop()[:128] if len(tables) == 1 else ""
