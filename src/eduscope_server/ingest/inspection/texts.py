"""Free texts of many records: gathered while rows are made, checked together, and put in their places."""

from typing import Any

from eduscope.privacy.batch import redact_all


class Texts:
    """The free texts of one batch, each with its place: a dictionary and a key, or a list and a number."""

    def __init__(self) -> None:
        self._places: list[tuple[Any, Any]] = []
        self._texts: list[str] = []
        self._tenant_ids: list[str] = []
        self.tenant_id = ""
        """The tenant of the texts that are added next."""

    def add(self, place: dict[str, Any] | list[Any], key: Any, text: str) -> None:
        """Takes a text; what may be kept of it stands at its place after `settle`, and nothing before."""
        if text:
            self._tenant_ids.append(self.tenant_id)
            self._places.append((place, key))
            self._texts.append(text)
            place[key] = ""  # keeps the order of keys, and fails closed

    def settle(self) -> None:
        """Puts every text into its place, after the strict profile and what its tenant has added to it."""
        for (place, key), kept in zip(self._places, redact_all(self._texts, self._tenant_ids), strict=True):
            place[key] = kept
        self._places.clear()
        self._texts.clear()
        self._tenant_ids.clear()
