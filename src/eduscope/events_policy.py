"""Who may appear in product analytics, and as what: the one place that decides it.

1. No consent, or none known: the event is counted and goes nowhere.
2. Under 13: no profile, a random id that lasts one visit and is known to this process alone, no person's token, no
   session or correlation id, and of the properties only what the contract declares as measures and labels.
3. Nobody signed in: no profile, a random id in place of the person's.
4. Everybody else: the person's token.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from eduscope.consent import NO_CONSENT, Consent, known, visit
from eduscope.context import Context, new_id
from eduscope.contract import Field, FieldClass
from eduscope.lifecycle import running_config

_KEPT_OF_CHILDREN = frozenset({FieldClass.MEASURE, FieldClass.LABEL})

_key = secrets.token_bytes(32)
"""Drawn at every start and written nowhere: ids made with it lead back to nobody."""


class Identity(NamedTuple):
    """As whom an event is recorded."""

    distinct_id: str
    has_profile: bool
    is_child: bool


def identity(ids: Context) -> Identity | None:
    """As whom events of the running code are recorded; None where they must not be."""
    consent = known(ids) or _default()
    if not consent.given:
        return None
    if consent.under_13:
        return Identity(_of_this_visit(ids), has_profile=False, is_child=True)
    if not ids.user_id:
        return Identity(_of_this_visit(ids), has_profile=False, is_child=False)
    return Identity(ids.user_id, has_profile=True, is_child=False)


def permitted(who: Identity, properties: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The properties that may be recorded of somebody; `fields` declares them."""
    if not who.is_child:
        return dict(properties)
    return {
        name: value
        for name, value in properties.items()
        if name in fields and fields[name].field_class in _KEPT_OF_CHILDREN
    }


def _default() -> Consent:
    config = running_config()
    return Consent(given=True) if config is not None and config.events_consent == "given" else NO_CONSENT


def _of_this_visit(ids: Context) -> str:
    """The same for the same visit in this process, and for nobody else anything."""
    named = visit.get().session_id or ids.correlation_id or new_id()
    return "anon_" + hmac.digest(_key, named.encode(), "sha256").hex()[:32]
