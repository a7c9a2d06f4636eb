"""Which tenants' records a reader may see. Every statement over records carries it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The tenants a reader may see; None means all of them and the records of no tenant."""

    tenants: tuple[str, ...] | None

    def within(self, tenant: str) -> "Scope":
        """This scope cut down to one tenant; empty where that tenant is not in it."""
        if self.tenants is None or tenant in self.tenants:
            return Scope((tenant,))
        return Scope(())


EVERY_TENANT = Scope(None)
