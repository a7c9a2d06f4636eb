"""How many bytes of bodies may be in the process at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from eduscope_server.ingest.errors import Overloaded


class Reservation:
    """The bytes one request holds; it grows as the body does and is given back whole."""

    def __init__(self, admission: "Admission") -> None:
        self._admission = admission
        self.held_bytes = 0

    def make_sure_of(self, body_bytes: int) -> None:
        """Raises `Overloaded` where so many would not fit now. Holds none: who announced them may be gone."""
        self._admission.make_sure_of(body_bytes - self.held_bytes)

    def grow_to(self, body_bytes: int) -> None:
        """Raises `Overloaded` where the process holds too much already; what is held stays held."""
        more = body_bytes - self.held_bytes
        if more > 0:
            self._admission.take(more)
            self.held_bytes = body_bytes


class Admission:
    """A bound on the memory that bodies use. Used from the event loop only."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.held_bytes = 0
        self.requests = 0
        """Requests that are being read, or wait for their commit."""

    @contextmanager
    def reservation(self) -> Iterator[Reservation]:
        """Holds bytes for one request, and gives them back however it ends."""
        held = Reservation(self)
        self.requests += 1
        try:
            yield held
        finally:
            self.requests -= 1
            self.held_bytes -= held.held_bytes

    def take(self, more_bytes: int) -> None:
        """Counts bytes in, or raises `Overloaded`."""
        self.make_sure_of(more_bytes)
        self.held_bytes += more_bytes

    def make_sure_of(self, more_bytes: int) -> None:
        """Raises `Overloaded` where so many more would be too many."""
        if self.held_bytes + more_bytes > self.limit_bytes:
            raise Overloaded(
                f"{self.held_bytes} bytes wait to be stored, of at most {self.limit_bytes}; try again after a pause"
            )
