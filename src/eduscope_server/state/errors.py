"""What can go wrong with PostgreSQL, and what each case asks of the caller."""


class StateUnavailable(Exception):
    """PostgreSQL cannot answer now. Retry: the pool reconnects by itself (an API answers 503)."""

    retry_after_seconds = 2


class UnfitText(Exception):
    """A text that PostgreSQL can't keep: it holds the character NUL. Permanent for this text."""


class StateBroken(Exception):
    """Permanent until a person acts: a changed migration, another version's data, missing binaries."""
