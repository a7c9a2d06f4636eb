"""What can be wrong with the keys of tokens, or with the gate."""


class PrivacyError(Exception):
    """Something about privacy is not set up as it must be. Permanent: it needs a person."""


class KeyRingError(PrivacyError):
    """A key ring that cannot be read, or must not be used."""


class GateUnavailable(PrivacyError):
    """The gate cannot be built on this machine."""


class PatternRefused(PrivacyError):
    """A tenant's pattern that could be slow, or that would match words."""


class RosterUnreadable(PrivacyError):
    """A roster's file that is none, or that is sealed with another key."""
