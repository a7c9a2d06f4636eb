"""What a SQL text would give away: its literals and comments, found and removed in one pass over the text.

Products read quotes differently, and a reader that is wrong about one quote takes text for literals and literals
for text from there on. So where a text can be read in two ways, it is read in both, and withheld where they differ.
"""

import re

WITHHELD = "(statement withheld: its quotes can be read in two ways)"

_BACKSLASHED = r"'(?:[^'\\]|''|\\.)*(?:'|\\?\Z)"
_PLAIN = r"'(?:[^']|'')*(?:'|\Z)"
_TOKENS = r"""
      (?P<comment>{line_comment}|/\*.*?(?:\*/|\Z))
    | (?P<dollar>\$(?P<tag>(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?)\$.*?(?:\$(?P=tag)\$|\Z))
    | (?P<text>[eE]{backslashed}|(?:[nNbBxX]|[uU]&|_[a-z0-9]+\s?)?{plain})
    | (?P<name>"(?:[^"]|"")*(?:"|\Z)|`(?:[^`]|``)*(?:`|\Z))
    | (?P<number>(?<![\w$:@%])[+-]?
        (?:0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|(?<!\w)\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?!\w))
"""


def _tokens(*, line_comment: str, plain: str) -> re.Pattern[str]:
    pattern = _TOKENS.format(line_comment=line_comment, plain=plain, backslashed=_BACKSLASHED)
    return re.compile(pattern, re.VERBOSE | re.DOTALL)


_STANDARD = _tokens(line_comment=r"--[^\n]*", plain=_PLAIN)
_STANDARD_ESCAPED = _tokens(line_comment=r"--[^\n]*", plain=_BACKSLASHED)
_MYSQL = _tokens(line_comment=r"--(?=\s|\Z)[^\n]*|[#][^\n]*", plain=_PLAIN)
_MYSQL_ESCAPED = _tokens(line_comment=r"--(?=\s|\Z)[^\n]*|[#][^\n]*", plain=_BACKSLASHED)

MYSQL_LIKE = frozenset({"mysql", "mariadb"})

_is_identifier = re.compile(r"""["`][\w$][\w$ .:-]{0,62}["`]""").fullmatch
_is_one_word = re.compile(r'"[A-Za-z_][A-Za-z0-9_$]{0,62}"').fullmatch


def without_literals(statement: str, system: str = "") -> str:
    """The statement with `?` for every literal and a space for every comment, or `WITHHELD`.

    `system` is OpenTelemetry's name of the product. Quoted names stay where they have a name's shape.
    """
    mysql = system in MYSQL_LIKE
    pattern, escaped = (_MYSQL, _MYSQL_ESCAPED) if mysql else (_STANDARD, _STANDARD_ESCAPED)
    replace = _REPLACEMENTS.get(system, _replaced)
    text = pattern.sub(replace, statement)
    if "\\'" in statement and escaped.sub(replace, statement) != text:
        return WITHHELD
    if _nested_comment(pattern, statement):
        return WITHHELD
    return text


def _nested_comment(pattern: re.Pattern[str], statement: str) -> bool:
    """Whether a comment opens inside a comment: PostgreSQL waits for both ends, others for one."""
    if statement.count("/*") < 2:
        return False
    comments = (found["comment"] for found in pattern.finditer(statement))
    return any(c is not None and c.startswith("/*") and "/*" in c[2:] for c in comments)


def _replaced(found: re.Match[str]) -> str:
    if found["comment"] is not None:
        return " "
    name = found["name"]
    if name is None:
        return "?"
    return name if _is_identifier(name) else '"?"'


def _replaced_for_mysql(found: re.Match[str]) -> str:
    """MySQL reads double quotes as a string, unless it is told otherwise."""
    name = found["name"]
    return "?" if name is not None and name[0] == '"' else _replaced(found)


def _replaced_for_sqlite(found: re.Match[str]) -> str:
    """SQLite takes a double-quoted word that is no column for a string."""
    name = found["name"]
    return '"?"' if name is not None and name[0] == '"' and not _is_one_word(name) else _replaced(found)


_REPLACEMENTS = {
    "mysql": _replaced_for_mysql,
    "mariadb": _replaced_for_mysql,
    "sqlite": _replaced_for_sqlite,
}
