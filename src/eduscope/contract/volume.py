"""The events of high volume: each says little alone, and there are millions. A service writes a share of them.

An event is its message, in lower case. A service adds its own by `high_volume_events`.
"""

from typing import Final

HIGH_VOLUME_EVENTS: Final[dict[str, str]] = {
    "answer autosaved": "A draft of an answer was kept while the student types",
    "cache looked up": "A cache was asked, whatever it said",
    "heartbeat": "A part says that it lives",
    "page scrolled": "How far a student has read",
    "presence reported": "A student's browser says that it is there",
    "proctoring frame taken": "One picture of an exam was taken in",
    "video position reported": "How far a student has watched",
}
"""Message to what it says. Kept at `high_volume_sample_rate` below warning; from warning on, always."""
