"""Whose the records of a request are: tenant, person as a token, and what they said about product analytics."""

import eduscope
from edulearn.services.caller import Caller
from eduscope.consent import Consent


def bound(caller: Caller) -> eduscope.bind:
    """Everything recorded inside the `with` is the caller's."""
    return eduscope.bind(
        tenant_id=caller.tenant_id or None, user_id=caller.person_id or None, consent=_consent(caller)
    )


def _consent(caller: Caller) -> Consent | None:
    """None where nobody asked them, which counts as no."""
    if not caller.analytics:
        return None
    given = caller.analytics in ("granted", "granted-for-child")
    return Consent(given=given, under_13=caller.analytics == "granted-for-child")
