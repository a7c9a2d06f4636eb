"""What each tenant has added to the detectors. Changed at any time: the next text is looked at with the new."""

import threading
from collections.abc import Callable

from eduscope.privacy.extra import Finder

EVERYONE = ""
"""The tenant of texts that name none. A service of one school sets its finders here."""


class _Tenants:
    """The finders by tenant. The mapping is replaced whole, so readers need no lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._finders: dict[str, tuple[Finder, ...]] = {}
        self._watchers: list[Callable[[], None]] = []
        self.version = 0
        """Grows with every change, for who remembers what was found."""

    def finders(self, tenant_id: str) -> tuple[Finder, ...]:
        """The finders for texts of a tenant."""
        if not self._finders:
            return ()
        everyones = self._finders.get(EVERYONE, ())
        return everyones if tenant_id == EVERYONE else (*self._finders.get(tenant_id, ()), *everyones)

    def everyones(self) -> tuple[Finder, ...]:
        """The finders of all tenants."""
        return tuple(finder for finders in self._finders.values() for finder in finders)

    def __bool__(self) -> bool:
        return bool(self._finders)

    def use(self, tenant_id: str, *finders: Finder) -> None:
        """Make these a tenant's finders, in place of what it had; with none, forget the tenant."""
        with self._lock:
            changed = {t: f for t, f in self._finders.items() if t != tenant_id}
            if finders:
                changed[tenant_id] = finders
            self._finders = changed
            self.version += 1
        for watcher in self._watchers:
            watcher()

    def on_change(self, watcher: Callable[[], None]) -> None:
        """Call this after every change: whoever remembers verdicts on texts has to forget them."""
        self._watchers.append(watcher)


tenants = _Tenants()
"""Of this process."""
