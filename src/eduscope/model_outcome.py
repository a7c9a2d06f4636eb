"""How a model call ended, in one word."""

OK, ERROR, TIMEOUT, CANCELLED, REFUSED = "ok", "error", "timeout", "cancelled", "refused"

_CANCELLING = frozenset({"CancelledError", "Cancelled", "GeneratorExit", "KeyboardInterrupt", "SystemExit"})
"""asyncio's and concurrent.futures', trio's, a closed generator's, and the end of the process."""


def outcome_of(error: BaseException | None) -> str:
    """One word for how it ended. Libraries have timeouts of their own, which all have the word in their name."""
    if error is None:
        return OK
    names = [kind.__name__ for kind in type(error).__mro__]
    if not _CANCELLING.isdisjoint(names):
        return CANCELLED
    return TIMEOUT if any("Timeout" in name for name in names) else ERROR
