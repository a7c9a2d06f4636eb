"""The classes a field can have. The class alone decides how a value may travel and rest."""

from enum import StrEnum


class FieldClass(StrEnum):
    """What a field's values are, and therefore what may happen to them."""

    IDENTIFIER = "identifier"
    """An opaque id of allow-listed shape: correlation, trace and request ids, versions, host names."""
    TOKEN = "token"  # noqa: S105 - the name of a class, not a secret
    """A person. Only ever stored as an HMAC token."""
    LABEL = "label"
    """A word from a small set: a service, a method, an outcome."""
    MEASURE = "measure"
    """A number, a boolean or a time."""
    PATH = "path"
    """A route template or a file path. Query strings are dropped."""
    MESSAGE = "message"
    """Free text written by operators and programs; kept after the strict redaction profile."""
    PROSE = "prose"
    """Free text written by learners; never at rest in clear."""
    NETWORK = "network"
    """An IP address: the network part is kept, the host part is hashed."""
    SECRET = "secret"  # noqa: S105 - the name of a class, not a secret
    """A credential. Never leaves the process."""


STORED_CLEAR = frozenset(
    {FieldClass.IDENTIFIER, FieldClass.LABEL, FieldClass.MEASURE, FieldClass.PATH, FieldClass.MESSAGE}
)
"""Classes whose values are readable at rest, after the checks that belong to the class."""

TOKENISED = frozenset({FieldClass.TOKEN})
"""Classes stored as tokens only."""

WITHHELD = frozenset({FieldClass.PROSE, FieldClass.SECRET})
"""Classes of which only a marker is stored."""
