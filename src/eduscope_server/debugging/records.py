"""What is known of a debug window."""

from dataclasses import dataclass
from datetime import datetime

MINUTES_MAX = 60
"""The longest a window stays open. Who needs longer opens another, and says why again."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A window to open: where, for how long, and why. The reason is kept; it has been redacted."""

    service_name: str
    environment: str
    minutes: int
    reason: str


@dataclass(frozen=True)
class DebugWindow:
    """A window, open or over. `closed_at` is null where it runs, or ran, to its end."""

    window_id: int
    service_name: str
    environment: str
    reason: str
    opened_by: str
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    seconds_left: float
    """0 where it is over."""
