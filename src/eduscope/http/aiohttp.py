"""aiohttp: every call carries the correlation and the trace, is a client span, and is counted.

>>> session = aiohttp.ClientSession(trace_configs=[eduscope.http.aiohttp.trace_config(peer="accounts")])
>>> eduscope.http.aiohttp.instrument(session)          # one that is there already
"""

from types import SimpleNamespace

import aiohttp
from yarl import URL

from eduscope.counters import counters
from eduscope.http.call import Call


def instrument(
    session: aiohttp.ClientSession, *, propagate: bool = True, peer: str = ""
) -> aiohttp.ClientSession:
    """The same session, observed from now on. Twice does no more than once."""
    if not any(isinstance(config, _Config) for config in session.trace_configs):
        config = trace_config(propagate=propagate, peer=peer)
        config.freeze()
        session.trace_configs.append(config)
    return session


def trace_config(*, propagate: bool = True, peer: str = "") -> aiohttp.TraceConfig:
    """What a session is given to be observed.

    `peer` is the name of the service it calls, where its host does not say it. `propagate=False` keeps our ids
    to ourselves: for services of other people. Redirects are calls of their own.
    """
    return _Config(propagate=propagate, peer=peer)


class _Config(aiohttp.TraceConfig):
    def __init__(self, *, propagate: bool, peer: str) -> None:
        super().__init__()
        self._propagate = propagate
        self._peer = peer
        self.on_request_start.append(self._started)
        self.on_request_redirect.append(self._redirected)
        self.on_request_end.append(self._ended)
        self.on_request_exception.append(self._failed)

    async def _started(
        self, _session: object, ctx: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        self._begin(ctx, params.method, params.url, params)

    async def _redirected(
        self, _session: object, ctx: SimpleNamespace, params: aiohttp.TraceRequestRedirectParams
    ) -> None:
        """One call is over and the next begins: aiohttp asks the new host with the headers of the old one."""
        ctx.call.answered(params.response.status, params.response.headers.get("content-length"))
        ctx.call.end()
        try:
            target = params.url.join(URL(params.response.headers.get("location", "")))
        except ValueError:  # no address: aiohttp will say so
            counters.failure("aiohttp")
            target = params.url
        self._begin(ctx, params.method, target, params)

    async def _ended(
        self, _session: object, ctx: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        ctx.call.answered(params.response.status, params.response.headers.get("content-length"))
        ctx.call.end()

    async def _failed(
        self, _session: object, ctx: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        ctx.call.failed(params.exception)
        ctx.call.end()

    def _begin(
        self,
        ctx: SimpleNamespace,
        method: str,
        url: URL,
        params: aiohttp.TraceRequestStartParams | aiohttp.TraceRequestRedirectParams,
    ) -> None:
        ctx.call = Call(method, url.host, url.explicit_port, self._peer)
        ctx.call.carry(params.headers, propagate=self._propagate)
