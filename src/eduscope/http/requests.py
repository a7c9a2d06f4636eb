"""requests: every call carries the correlation and the trace, is a client span, and is counted.

>>> session = eduscope.http.requests.instrument(requests.Session(), peer="accounts")
>>> eduscope.http.requests.instrument()          # every session of the process, and `requests.get(…)`
"""

from collections.abc import Callable
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from eduscope.http.call import Call

AnySession = TypeVar("AnySession", bound=requests.Session)
FindAdapter = Callable[..., BaseAdapter]


class Adapter(BaseAdapter):
    """An adapter around another that observes its calls."""

    def __init__(self, inner: BaseAdapter, *, propagate: bool, peer: str) -> None:
        super().__init__()
        self.inner = inner
        self._propagate = propagate
        self._peer = peer

    def __getattr__(self, name: str) -> Any:
        """What else the adapter inside has: its pools, its retries."""
        return getattr(self.inner, name)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Sends one request."""
        host, port = _host_and_port(request.url or "")
        with Call(request.method or "", host, port, self._peer) as call:
            call.carry(request.headers, propagate=self._propagate)
            response = self.inner.send(request, *args, **options)
            call.answered(response.status_code, response.headers.get("content-length"))
            return response

    def close(self) -> None:
        """Closes the adapter inside."""
        self.inner.close()


@overload
def instrument(session: AnySession, *, propagate: bool = True, peer: str = "") -> AnySession: ...
@overload
def instrument(session: None = None, *, propagate: bool = True) -> None: ...
def instrument(
    session: AnySession | None = None, *, propagate: bool = True, peer: str = ""
) -> AnySession | None:
    """The same session, observed from now on; without one, every session. Twice does no more than once.

    `peer` is the name of the service it calls, where its host does not say it. `propagate=False` keeps our ids
    to ourselves: for services of other people. Redirects are calls of their own.
    """
    target: Any = requests.Session if session is None else session
    if not getattr(target.get_adapter, "observing", False) or session is not None:
        target.get_adapter = _observing(target.get_adapter, propagate=propagate, peer=peer)
    return session


def _observing(find: FindAdapter, *, propagate: bool, peer: str) -> FindAdapter:
    def observing(*args: Any, **options: Any) -> BaseAdapter:
        adapter = find(*args, **options)
        inner = adapter.inner if isinstance(adapter, Adapter) else adapter
        return Adapter(inner, propagate=propagate, peer=peer)

    observing.observing = True  # type: ignore[attr-defined]
    return observing


def _host_and_port(url: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:  # requests lets addresses through that are none; its own adapter will say so
        return None, None
