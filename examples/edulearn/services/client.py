"""HTTP clients that pass the correlation on to the service they call."""

import httpx

from eduscope.http.httpx import instrument

CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 10.0
CONNECTIONS = 20


def open_client(base_url: str) -> httpx.AsyncClient:
    """A client for one service. Whoever opens it closes it."""
    client = httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=CONNECTIONS),
        # Loopback only: a proxy of the environment has no part in it.
        trust_env=False,
    )
    return instrument(client)
