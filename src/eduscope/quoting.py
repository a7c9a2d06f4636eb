"""Exceptions that quote what they were given: a provider's error repeats the prompt, a validation error its input,
a database's the row that it refuses.

Of these, only what a machine wrote for machines is recorded: codes, and how many faults there are.
"""

from eduscope.driver_codes import constraint_name, status_code

QUOTING = frozenset(
    {
        "aiosqlite", "anthropic", "asyncpg", "instructor", "MySQLdb", "openai", "oracledb", "psycopg", "psycopg2",
        "pydantic", "pydantic_core", "pymssql", "pymysql", "pyodbc", "redis", "sqlite3",
    }
)  # fmt: skip
"""The packages, by their first name."""

QUOTING_MODULES = ("django.db.utils", "sqlalchemy.dialects", "sqlalchemy.exc")
"""Modules of packages whose other exceptions say what is useful and quote nothing."""

STATEMENTS_ERROR = "StatementError"
"""Of SQLAlchemy's own exceptions, those of this class quote statement and parameters; others tell of its pool."""

CODES = ("status_code", "code", "type", "title")
"""Attributes of such exceptions that are words of a small set."""

CODE_MAX_CHARS = 64


def quotes(error: BaseException) -> bool:
    """Whether an exception quotes what it was given: it is of such a package, or made on top of one that is."""
    return any(_is_quoting(kind) for kind in type(error).__mro__)


def of_quoting_package(module: str) -> bool:
    """Whether exceptions of a module quote what they were given."""
    return module.partition(".")[0] in QUOTING or module.startswith(QUOTING_MODULES)


def _is_quoting(kind: type) -> bool:
    if kind.__module__ == "sqlalchemy.exc":
        return kind.__name__ == STATEMENTS_ERROR
    return of_quoting_package(kind.__module__)


def summary(error: BaseException) -> str:
    """What may be told of such an exception: `status_code 429, code rate_limit_exceeded`."""
    database = {"status": status_code(error), "constraint": constraint_name(error)}
    parts = database if any(database.values()) else {name: getattr(error, name, None) for name in CODES}
    known = [
        f"{name} {str(value)[:CODE_MAX_CHARS]}"
        for name, value in parts.items()
        if value and isinstance(value, (int, str))
    ]
    return ", ".join(known) or "its words quote what it was given and are withheld"
