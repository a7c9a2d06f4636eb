"""What a tenant adds to the detectors: patterns of its own numbers, and a roster of its own people."""

from collections.abc import Sequence
from typing import Protocol

from eduscope.privacy.plan import Profile

Found = tuple[int, int, int, str]
"""Start, end, rank and type of a value."""

OWN_NUMBER_RANK = 1000
PERSON_RANK = 1001
"""Behind all detectors: where one overlaps, its type is the more telling."""


class Finder(Protocol):
    """Finds a tenant's own values in text."""

    @property
    def gate(self) -> tuple[bytes, ...] | None:
        """Byte patterns that match in whatever holds such a value; None where there are none."""

    def ranges(self, text: str, profile: Profile) -> Sequence[Found]:
        """The ranges of all values in the text."""
