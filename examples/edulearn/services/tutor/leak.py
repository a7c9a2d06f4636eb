"""A memory leak on a switch, which ends by itself."""

# What a careless cache of questions and answers would keep of each.
PIECE_BYTES = 512 * 1024
# Enough to be seen in any graph, too little to hurt the machine.
MOST_BYTES = 96 * 1024 * 1024


class Leak:
    """Keeps a piece of memory for each call, up to a limit, until it is told to let go."""

    def __init__(self) -> None:
        self._kept: list[bytearray] = []

    @property
    def kept_bytes(self) -> int:
        """How much is kept."""
        return len(self._kept) * PIECE_BYTES

    def follow(self, *, is_on: bool) -> None:
        """One more call: keeps a piece while it is on, lets everything go when it is not."""
        if not is_on:
            self._kept.clear()
        elif self.kept_bytes + PIECE_BYTES <= MOST_BYTES:
            # Written to, so that the kernel really gives the pages.
            self._kept.append(bytearray(b"\1") * PIECE_BYTES)
