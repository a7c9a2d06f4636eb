"""Checks log lines against the contract, wherever they come from: for builds, and for whoever writes a new service."""

from eduscope_server.checking.declarations import read_declarations, use_declarations
from eduscope_server.checking.lines import Checker
from eduscope_server.checking.sources import Unreadable, batches
from eduscope_server.checking.tally import Tally, Violations

__all__ = [
    "Checker",
    "Tally",
    "Unreadable",
    "Violations",
    "batches",
    "read_declarations",
    "use_declarations",
]
