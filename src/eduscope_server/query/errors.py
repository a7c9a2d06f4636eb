"""What can be wrong with a question. The asker has to mend it: asking again unchanged is useless."""


class QueryError(ValueError):
    """A search query that cannot be read: what is wrong, at which character, and what to write instead."""

    def __init__(self, message: str, *, position: int, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.hint = hint


class ParameterError(ValueError):
    """A parameter of a question (`from`, `limit`, `cursor` …) that cannot be used."""

    def __init__(self, name: str, message: str, *, hint: str = "") -> None:
        super().__init__(f"{name} {message}")
        self.name = name
        self.message = f"{name} {message}"
        self.hint = hint
