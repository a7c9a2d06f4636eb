"""What can go wrong with the store, and what the caller should do about it."""


class StoreError(Exception):
    """Anything the store says no to."""


class StoreUnavailable(StoreError):
    """The store can't take or give records now: away, full or overloaded. Try again after a pause."""

    retry_after_seconds = 5


class QueryTimeout(StoreError):
    """A question took longer than it may. Narrow its time range."""


class UnreadableBlock(StoreError):
    """The engine could not read a block of records. Sending it again won't help."""


class NotPlain(StoreError):
    """A plain inlet met a field that may not stay as it is; nothing is stored. The full inlet takes the block."""


class NeedsInspection(StoreError):
    """An inlet met a field whose name or value has a shape that it must not; nothing is stored. Python treats it."""


class SchemaError(StoreError):
    """The stored schema and this version disagree. The platform must not start."""
