"""Binds ids to the running code: checked once here, trusted everywhere after."""

from contextvars import Token
from types import TracebackType

from eduscope import consent as consents
from eduscope.context import (
    Context,
    Learned,
    current,
    enter,
    leave,
    new_id,
)
from eduscope.privacy import is_token, tokenize
from eduscope.privacy.epochs import meet
from eduscope.record_ids import is_correlation_id, is_tenant_id, valid_correlation_id
from eduscope.values import as_text

ID_CHARS_MAX = 512
"""Longer ids are cut before they are hashed: nobody's real id is that long."""


def derive(  # noqa: PLR0913 - by keyword
    base: Context,
    *,
    tenant_id: object = None,
    user_id: object = None,
    correlation_id: object = None,
    request_id: object = None,
    consent: object = None,
) -> Context:
    """A context with some ids changed. None keeps the one there was; an empty string clears it.

    A person is turned into a token; a tenant or request id of the wrong shape is replaced, never echoed. A `Consent`
    says whether the person is under 13; without one that stays as it was.
    """
    return Context(
        correlation_id=_correlation(base, correlation_id),
        tenant_id=base.tenant_id if tenant_id is None else _tenant(tenant_id),
        user_id=base.user_id if user_id is None else _person(user_id),
        request_id=base.request_id if request_id is None else _request(request_id),
        learned=base.learned,
        under_13=consent.under_13 if type(consent) is consents.Consent else base.under_13,
    )


class bind:  # noqa: N801 - reads as the verb it is: `with eduscope.bind(tenant_id="t1"):`
    """Everything recorded inside the `with` carries these ids.

    `user_id` may be given raw: it is turned into a token here and leaves the process as nothing else. Work
    that has no correlation id yet gets one. `consent` (True, False or a `Consent`) and `session_id` are for product
    events: see `eduscope.events`. Records of a child under 13, as the consent says, say so, and are kept for days.

    >>> with eduscope.bind(tenant_id="t1", user_id=account.email):
    ...     log.info("grade published", duration_ms=4.2)
    """

    __slots__ = ("_ids", "_token", "_visit", "_visit_token", "_work")

    def __init__(  # noqa: PLR0913 - by keyword
        self,
        *,
        tenant_id: object = None,
        user_id: object = None,
        correlation_id: object = None,
        request_id: object = None,
        consent: object = None,
        session_id: object = None,
    ) -> None:
        self._visit = (consent, session_id)
        self._visit_token: Token[consents.Visit] | None = None
        self._ids = (tenant_id, user_id, correlation_id, request_id)
        self._token: Token[Context] | None = None
        self._work: Learned | None = None
        """The piece of work that begins here, outside of any request: a job, a script."""

    def __enter__(self) -> Context:
        tenant_id, user_id, correlation_id, request_id = self._ids
        bound = derive(
            current(),
            tenant_id=tenant_id,
            user_id=user_id,
            correlation_id=correlation_id,
            request_id=request_id,
            consent=self._visit[0],
        )
        if bound.learned is None:
            bound.learned = self._work = Learned()
        bound.learned.add(bound)
        self._token = enter(bound)
        consent, session_id = self._visit
        if consent is not None or session_id is not None:
            self._visit_token = consents.visit.set(consents.bound(consent, session_id, bound.user_id))
        return bound

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            token, self._token = self._token, None
            if self._work is not None:
                self._work.end()
            try:
                leave(token)
                if self._visit_token is not None:
                    consents.visit.reset(self._visit_token)
            except ValueError:
                # The generator or task that entered was closed from another context: there is nothing to
                # bring back.
                return


def _correlation(base: Context, given: object) -> str:
    if given is None:
        return base.correlation_id or new_id()
    return valid_correlation_id(given)


def _tenant(given: object) -> str:
    text = as_text(given, ID_CHARS_MAX)
    return text if not text or is_tenant_id(text) else tokenize(text, kind="tnt")


def _person(given: object) -> str:
    text = as_text(given, ID_CHARS_MAX)
    return text if not text or is_token(text) else meet(text)


def _request(given: object) -> str:
    text = as_text(given, ID_CHARS_MAX)
    return text if not text or is_correlation_id(text) else new_id()
