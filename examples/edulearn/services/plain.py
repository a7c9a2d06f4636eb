"""FastAPI without its own spans, metrics and logs, and without pages that describe the API to strangers."""

from typing import Any

PLAIN: dict[str, Any] = {
    "telemetry": {"tracing": False, "metrics": False, "logs": False},
    "openapi_url": None,
}
"""Arguments of `FastAPI(…)`. Recent versions make a server span and inner spans for each request by themselves:
beside the SDK's middleware every request would be counted twice. Older versions ignore the argument."""
