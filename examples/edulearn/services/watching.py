"""Turns telemetry on for one process, by the public SDK."""

import logging

import eduscope
from edulearn.settings import Settings

# A record of each health check, or of each report that a browser sends, would only watch the watching.
QUIET_PATHS = ("/healthz", "/metrics", "/telemetry/")
# They tell of every request; the middleware's own request line says more.
QUIET_LOGGERS = ("httpx", "httpcore", "granian", "_granian", "asyncio", "waitress", "procrastinate")
# Browsers come to the gateway, and they may claim to be of any tenant.
FACES_BROWSERS = "gateway"


def watch(service: str, settings: Settings) -> None:
    """Turns telemetry on for this process. Where it goes is in the environment (EDUSCOPE_…)."""
    eduscope.init(
        service=service,
        release=settings.release,
        trust_baggage=service != FACES_BROWSERS,
        metrics_port=settings.ports.get(f"{service}-metrics", 0),
    )
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
