"""Which ids of others may stand on our records: of the right shape, and nobody's card or address."""

import re
from functools import lru_cache

from eduscope import context
from eduscope.context import new_id
from eduscope.privacy.finding import find
from eduscope.privacy.tenants import tenants

_is_drawn = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
"""What programs draw: longer than anything that a detector finds, and not divided where it looks."""

TENANTS_MAX = 1024


def is_correlation_id(text: str) -> bool:
    """Whether a text may stand as a correlation or request id."""
    return bool(_is_drawn(text)) or (context.is_correlation_id(text) is not None and not _is_personal(text))


@lru_cache(maxsize=TENANTS_MAX)
def is_tenant_id(text: str) -> bool:
    """Whether a text may stand as a tenant id."""
    return context.is_tenant_id(text) is not None and not _is_personal(text)


tenants.on_change(is_tenant_id.cache_clear)


def valid_correlation_id(candidate: object) -> str:
    """The candidate if it may stand, else a new id. A bad one is never echoed."""
    return candidate if type(candidate) is str and is_correlation_id(candidate) else new_id()


def _is_personal(text: str) -> bool:
    """Asked without `is_clean`, whose memory is for what is said over and over: ids are not."""
    try:
        return bool(find(text, "message"))
    except Exception:  # noqa: BLE001 - failing closed: an id that can't be checked is replaced
        return True
