"""Whether the person at hand agreed to product analytics, and in which visit: bound, asked for, or unknown.

Unknown means no. A service says what it knows where it knows it:

>>> with eduscope.bind(user_id=account.id, consent=Consent(given=True, under_13=account.age < 13)): ...
>>> eduscope.init(service="tutor", consent=lambda ids: consents.get(ids.user_id))
"""

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import NamedTuple

from eduscope.context import Context
from eduscope.counters import counters
from eduscope.values import as_text, is_a


class Consent(NamedTuple):
    """What is known of one person."""

    given: bool
    """Whether the person, or whoever may agree for a child, agreed to product analytics."""
    under_13: bool = False
    """Whether the person is under 13 (COPPA, 16 CFR 312): nothing that could follow them is recorded then."""


NO_CONSENT = Consent(given=False)

ConsentSource = Callable[[Context], "Consent | bool | None"]
"""Asked with the ids of the running code, whose `user_id` is a token; None where it does not know."""

_is_session_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch
SESSION_ID_MAX_CHARS = 64


class Visit(NamedTuple):
    """What is bound to the running code."""

    consent: Consent | None = None
    session_id: str = ""
    user_id: str = ""
    """Whose consent it is; empty where nobody was signed in when it was bound."""


NOTHING_KNOWN = Visit()

visit: ContextVar[Visit] = ContextVar("eduscope_visit", default=NOTHING_KNOWN)


class _Source:
    ask: ConsentSource | None = None


def use_source(ask: ConsentSource | None) -> None:
    """Asks this where nothing is bound; None asks nobody. `eduscope.init(consent=…)` calls it."""
    _Source.ask = ask


def bound(consent: object, session_id: object, user_id: str) -> Visit:
    """The visit with what is given changed. A session id of the wrong shape is left out, never echoed."""
    now = visit.get()
    if session_id is not None:
        text = as_text(session_id, SESSION_ID_MAX_CHARS)
        now = now._replace(session_id=text if _is_session_id(text) else "")
    return now if consent is None else now._replace(consent=_read(consent), user_id=user_id)


def known(ids: Context) -> Consent | None:
    """What is known of the person at hand: bound with them, or else said by the source.

    Where the source fails, nobody has agreed.
    """
    here = visit.get()
    if here.consent is not None and here.user_id in {"", ids.user_id}:
        return here.consent
    if _Source.ask is None:
        return None
    try:
        said = _Source.ask(ids)
    except Exception:  # noqa: BLE001 - failing closed: who cannot be asked has not agreed
        counters.failure("consent")
        return NO_CONSENT
    return None if said is None else _read(said)


def _read(given: object) -> Consent:
    """What is neither consent nor a boolean is none: failing closed."""
    if is_a(given, Consent):
        return given  # type: ignore[return-value]
    return Consent(given=given is True)
