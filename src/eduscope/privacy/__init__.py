"""Personal data and secrets: found, redacted, tokenised. Works without the rest of the SDK."""

from eduscope.privacy import policy
from eduscope.privacy.addresses import network
from eduscope.privacy.detector import Span
from eduscope.privacy.errors import GateUnavailable, KeyRingError, PrivacyError
from eduscope.privacy.finding import find, redact
from eduscope.privacy.gate import Gate, GatePattern, gate_patterns
from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.marker import WITHHELD, marker
from eduscope.privacy.plan import Profile
from eduscope.privacy.screen import is_clean
from eduscope.privacy.tokens import default_ring, is_token, tokenize, use_ring

__all__ = [
    "WITHHELD",
    "Gate",
    "GatePattern",
    "GateUnavailable",
    "KeyRing",
    "KeyRingError",
    "PrivacyError",
    "Profile",
    "Span",
    "default_ring",
    "find",
    "gate_patterns",
    "is_clean",
    "is_token",
    "marker",
    "network",
    "policy",
    "redact",
    "tokenize",
    "use_ring",
]
