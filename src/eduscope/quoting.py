"""Exceptions that quote what they were given: a provider's error repeats the prompt, a validation error its input.

Of these, only what a machine wrote for machines is recorded: codes, and how many faults there are.
"""

QUOTING = frozenset({"anthropic", "instructor", "openai", "pydantic", "pydantic_core"})
"""The packages, by their first name."""

CODES = ("status_code", "code", "type", "title")
"""Attributes of such exceptions that are words of a small set."""

CODE_MAX_CHARS = 64


def quotes(error: BaseException) -> bool:
    """Whether an exception quotes what it was given: it is of such a package, or made on top of one that is."""
    return any(of_quoting_package(kind.__module__) for kind in type(error).__mro__)


def of_quoting_package(module: str) -> bool:
    """Whether exceptions of a module quote what they were given."""
    return module.partition(".")[0] in QUOTING


def summary(error: BaseException) -> str:
    """What may be told of such an exception: `status_code 429, code rate_limit_exceeded`."""
    parts = {name: getattr(error, name, None) for name in CODES}
    known = [
        f"{name} {str(value)[:CODE_MAX_CHARS]}"
        for name, value in parts.items()
        if value and isinstance(value, (int, str))
    ]
    return ", ".join(known) or "its words quote what it was given and are withheld"
