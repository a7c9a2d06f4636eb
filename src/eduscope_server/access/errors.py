"""The one refusal of this package; an API answers with its status."""


class AccessDenied(Exception):
    """Permanent for this credential: 401 when nobody is known by it, 403 when what is asked is not theirs."""

    def __init__(self, status: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
