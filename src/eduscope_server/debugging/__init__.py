"""Debug windows: the only way to debug lines outside of development, for a while, and on record."""

from eduscope_server.debugging.records import MINUTES_MAX, DebugWindow, Opening
from eduscope_server.debugging.windows import DebugWindows

__all__ = ["MINUTES_MAX", "DebugWindow", "DebugWindows", "Opening"]
