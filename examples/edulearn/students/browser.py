"""A simulated browser: it speaks to the gateway as the front end with its browser SDK does.

A thousand real browsers would not fit on the machine. What a service sees of this one is the same: the correlation
headers on each request, and OTLP/JSON reports of the action's spans at `/telemetry`.
"""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

RESOURCE = {
    "service.name": "edulearn-web",
    "service.version": "1.0.0",
    "deployment.environment.name": "production",
    "telemetry.sdk.name": "eduscope",
    "telemetry.sdk.language": "webjs",
}
INTERNAL, CLIENT = 1, 3
FAILED = 2


def new_journey() -> str:
    """A correlation id for a journey of several actions."""
    return secrets.token_hex(16)


class Action:
    """One user action: its requests carry its correlation id and become its child spans."""

    def __init__(self, browser: "Browser", name: str, journey: str) -> None:
        self.name = name
        self.correlation_id = journey or new_journey()
        self.trace_id = secrets.token_hex(16)
        self.span_id = secrets.token_hex(8)
        self.started_ns = time.time_ns()
        self._browser = browser

    async def request(self, method: str, path: str, template: str, *, body: Any = None) -> httpx.Response:
        """One request of the page. Raises httpx.HTTPError where no answer comes."""
        span_id, started_ns, status = secrets.token_hex(8), time.time_ns(), 0
        headers = {
            "x-correlation-id": self.correlation_id,
            "traceparent": f"00-{self.trace_id}-{span_id}-01",
            "baggage": f"correlation_id={self.correlation_id},tenant_id={self._browser.tenant_id}",
        }
        try:
            answer = await self._browser.send(method, path, headers, body)
            status = answer.status_code
            return answer
        finally:
            attributes: dict[str, str | int] = {"http.request.method": method, "url.path": template}
            if status:
                attributes["http.response.status_code"] = status
            self._browser.record(
                self,
                {
                    "spanId": span_id,
                    "parentSpanId": self.span_id,
                    "name": f"{method} {template}",
                    "kind": CLIENT,
                    "startTimeUnixNano": str(started_ns),
                    "status": {"code": 0 if 0 < status < 400 else FAILED},
                },
                attributes,
            )


class Browser:
    """One learner's browser. It holds a session once `open` has succeeded."""

    def __init__(self, client: httpx.AsyncClient, tenant_id: str, user_agent: str) -> None:
        self.tenant_id = tenant_id
        self._client = client
        self._user_agent = user_agent
        self._cookie = ""
        self._spans: list[dict[str, Any]] = []

    @asynccontextmanager
    async def action(self, name: str, *, journey: str = "") -> AsyncIterator[Action]:
        """A user action around the block; its span ends with it. Those of one journey share a correlation id."""
        action = Action(self, name, journey)
        failed = False
        try:
            yield action
        except httpx.HTTPError:
            failed = True
        finally:
            span = {
                "spanId": action.span_id,
                "name": name,
                "kind": INTERNAL,
                "startTimeUnixNano": str(action.started_ns),
                "status": {"code": FAILED if failed else 0},
            }
            self.record(action, span, {"action": name})
            await self.report()

    async def send(self, method: str, path: str, headers: dict[str, str], body: Any) -> httpx.Response:
        """A request with this browser's own cookie; the client's jar is shared and stays empty."""
        own = {"user-agent": self._user_agent, "cookie": self._cookie} | headers
        answer = await self._client.request(method, path, headers=own, json=body)
        self._client.cookies.clear()
        if (cookie := answer.headers.get("set-cookie")) is not None:
            self._cookie = cookie.partition(";")[0]
        return answer

    def record(self, action: Action, span: dict[str, Any], attributes: dict[str, str | int]) -> None:
        """Keeps a span for the next report."""
        ids = {"correlation_id": action.correlation_id, "tenant_id": self.tenant_id}
        ended = {"traceId": action.trace_id, "endTimeUnixNano": str(time.time_ns())}
        self._spans.append(span | ended | {"attributes": _key_values(attributes | ids)})

    async def report(self) -> None:
        """Sends what was kept; what cannot be sent is forgotten, as on a page that is left."""
        spans, self._spans = self._spans, []
        scopes = [{"scope": {"name": "@eduscope/browser", "version": "0.1.0"}, "spans": spans}]
        body = {"resourceSpans": [{"resource": {"attributes": _key_values(RESOURCE)}, "scopeSpans": scopes}]}
        try:
            await self.send("POST", "/telemetry/v1/traces", {}, body)
        except httpx.HTTPError:
            return


def _key_values(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in attributes.items()
        if value != ""
    ]
