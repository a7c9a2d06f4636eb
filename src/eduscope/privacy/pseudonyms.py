"""Codes for research exports: drawn, not derived, so that without their table nobody can lead them back. Not even we.

A token joins a person's records everywhere and for as long as its key lives. An export for research must not join
with anything, and its table must be something that can be destroyed: then what was exported is anonymous for good.
"""

import base64
import json
import secrets
from pathlib import Path

from eduscope.privacy.errors import PrivacyError
from eduscope.privacy.keyring import write_private

CODE_CHARACTERS = 16
"""80 bits: no two people of an export share a code."""
FORMAT = "eduscope-pseudonyms/1"


class PseudonymsDestroyed(PrivacyError):
    """The table was destroyed: its codes lead to nobody any more."""


class Pseudonyms:
    """The codes of one export, by what they stand for. Kept in memory until `write`."""

    def __init__(self, export: str, codes: dict[str, str] | None = None) -> None:
        """Take the export's name, and the codes of an earlier part of it."""
        self.export = export
        self._codes: dict[str, str] | None = dict(codes or {})

    @classmethod
    def read(cls, path: Path) -> "Pseudonyms":
        """The table of an export that goes on. Raises PrivacyError where the file is none."""
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            is_table = table["format"] == FORMAT
        except (ValueError, KeyError, TypeError):
            is_table = False
        if not is_table:
            raise PrivacyError(f"{path.name} is no table of pseudonyms of the format {FORMAT}")
        return cls(table["export"], table["codes"])

    def __len__(self) -> int:
        return len(self._codes or ())

    def code(self, value: str) -> str:
        """The code of a value (give it tokens, not names): always the same within this export."""
        codes = self._table()
        if value not in codes:
            codes[value] = f"p_{_drawn()}"
        return codes[value]

    def write(self, path: Path) -> None:
        """Write the table to a file that only its owner may read, for the export's next part."""
        table = {"format": FORMAT, "export": self.export, "codes": self._table()}
        write_private(path, json.dumps(table).encode("utf-8"))

    def destroy(self, path: Path | None = None) -> None:
        """Forget the table, and overwrite and delete its file. What was exported now stands for nobody."""
        if self._codes is not None:
            self._codes.clear()
            self._codes = None
        if path is not None and path.exists():
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
            path.unlink()

    def _table(self) -> dict[str, str]:
        if self._codes is None:
            raise PseudonymsDestroyed(f"The pseudonyms of the export {self.export!r} were destroyed")
        return self._codes


def _drawn() -> str:
    return base64.b32encode(secrets.token_bytes(CODE_CHARACTERS * 5 // 8)).decode("ascii").lower()
