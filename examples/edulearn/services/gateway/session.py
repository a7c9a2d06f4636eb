"""Who the browser is: a signed cookie that names a tenant, a person, their role and what they said about analytics."""

import hashlib
import hmac

from edulearn.services.caller import Caller

COOKIE = "edulearn_session"
_SEPARATOR = ":"


def sign(caller: Caller, key: str) -> str:
    """The cookie's value."""
    text = _SEPARATOR.join((caller.tenant_id, caller.person_id, caller.role, caller.analytics))
    return f"{text}{_SEPARATOR}{_signature(text, key)}"


def read(cookie: str, key: str) -> Caller:
    """The caller a cookie names; nobody where it was not signed by us."""
    text, _, signature = cookie.rpartition(_SEPARATOR)
    parts = text.split(_SEPARATOR)
    if len(parts) != len(Caller.__struct_fields__):
        return Caller()
    if not hmac.compare_digest(signature.encode(), _signature(text, key).encode()):
        return Caller()
    return Caller(*parts)


def _signature(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
