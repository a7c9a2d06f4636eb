"""Says that what a service sends does not arrive: a key or an address may be wrong, and who set it looks first at the
lines of the service.
"""

from collections.abc import Callable
from typing import Final

from eduscope import logging
from eduscope.line import Lines

WARNING: Final = 30

WHY: Final = {
    "status_401": "the key is refused",
    "status_403": "the key is refused",
    "status_404": "there is nothing at this address",
    "timeout": "there is no answer in time",
    "unreachable": "the address, the network or its TLS certificate is not as expected",
}


def complaint(what: str, *, check: str, lines: Lines | None = None) -> Callable[[str], None]:
    """What an exporter calls with the reason why `what` does not arrive; `check` are the options to look at.

    Written where all lines go, or to `lines`: the line about the platform must not wait for the platform.
    """

    def complain(reason: str) -> None:
        target = logging.lines() if lines is None else lines
        message = f"{what}: {WHY.get(reason, 'they are not taken')}; check {check}"
        target.write(WARNING, message, {"error.type": reason, "log.logger": "eduscope.export"})

    return complain
