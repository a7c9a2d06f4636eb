"""Why a door refuses a body. Each refusal carries its HTTP status, which says whether to try again."""


class Refused(Exception):
    """A body that is not taken. Nothing of it is stored."""

    status = 400
    code = "unreadable_body"
    retry_after_seconds: int | None = None

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TooLarge(Refused):
    """413: the body, or what it decompresses to, is over the limit."""

    status = 413
    code = "body_too_large"


class WrongType(Refused):
    """415: the content type or encoding is not one the door reads."""

    status = 415
    code = "wrong_content_type"


class TooSlow(Refused):
    """408: the body did not arrive in time. What arrived of it is dropped."""

    status = 408
    code = "body_too_slow"


class Overloaded(Refused):
    """503: too many bytes wait already. Try again after a pause."""

    status = 503
    code = "overloaded"
    retry_after_seconds = 1
