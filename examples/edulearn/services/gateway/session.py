"""Who the browser is: a signed cookie that names a tenant and a learner."""

import hashlib
import hmac

from edulearn.services.caller import Caller

COOKIE = "edulearn_session"
_SEPARATOR = ":"


def sign(caller: Caller, key: str) -> str:
    """The cookie's value."""
    text = f"{caller.tenant_id}{_SEPARATOR}{caller.learner_id}"
    return f"{text}{_SEPARATOR}{_signature(text, key)}"


def read(cookie: str, key: str) -> Caller:
    """The caller a cookie names; nobody where it was not signed by us."""
    text, _, signature = cookie.rpartition(_SEPARATOR)
    if not text or not hmac.compare_digest(signature.encode(), _signature(text, key).encode()):
        return Caller()
    tenant_id, _, learner_id = text.partition(_SEPARATOR)
    return Caller(tenant_id, learner_id)


def _signature(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
