"""Personal data and secrets: found, redacted, tokenised. Works without the rest of the SDK."""

from eduscope.privacy import policy
from eduscope.privacy.addresses import NetworkBits, network, use_network_bits
from eduscope.privacy.detector import Span
from eduscope.privacy.errors import (
    GateUnavailable,
    KeyRingError,
    PatternRefused,
    PrivacyError,
    RosterUnreadable,
)
from eduscope.privacy.failures import failures
from eduscope.privacy.finding import find, redact
from eduscope.privacy.gate import Gate, GatePattern, gate_patterns
from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.marker import WITHHELD, marker
from eduscope.privacy.numbers import OwnNumbers
from eduscope.privacy.plan import Profile
from eduscope.privacy.screen import is_clean
from eduscope.privacy.tenants import EVERYONE, tenants
from eduscope.privacy.tokens import default_ring, is_token, tokenize, use_ring

__all__ = [
    "EVERYONE",
    "WITHHELD",
    "Gate",
    "GatePattern",
    "GateUnavailable",
    "KeyRing",
    "KeyRingError",
    "NetworkBits",
    "OwnNumbers",
    "PatternRefused",
    "PrivacyError",
    "Profile",
    "RosterUnreadable",
    "Span",
    "default_ring",
    "failures",
    "find",
    "gate_patterns",
    "is_clean",
    "is_token",
    "marker",
    "network",
    "policy",
    "redact",
    "tenants",
    "tokenize",
    "use_network_bits",
    "use_ring",
]
