"""Product events on their way to PostHog, by its official client. Loaded where `events_endpoint` is set."""

import atexit
import threading
from collections.abc import Callable, Sequence
from typing import Any

import posthog

from eduscope import events
from eduscope.config import Config
from eduscope.counters import counters
from eduscope.events_policy import Identity

QUEUE_MAX_EVENTS = 2000
"""About 1 KB each; what does not fit is dropped and counted."""

RETRIES_MAX = 2
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - not bound to: it stands where PostHog would put the sender's address

PROTOCOL_PROPERTIES = frozenset({"$geoip_disable", "$groups", "$lib", "$lib_version"})
"""What the client adds that is kept. It also adds the machine's system, and the tags of contexts that the host may
have opened with it for purposes of its own.
"""


class EventsClient:
    """Sends events in the background. Never waits and never raises, but for `close`, which waits for a bounded time."""

    def __init__(self, config: Config) -> None:
        self._client = posthog.Posthog(
            project_api_key=config.events_key,
            host=config.events_endpoint,
            gzip=True,
            max_queue_size=QUEUE_MAX_EVENTS,
            flush_interval=config.export_interval_seconds,
            timeout=config.export_timeout_seconds,
            max_retries=RETRIES_MAX,
            disable_geoip=True,
            capture_mode="v0",
            enable_local_evaluation=False,
            before_send=_only_ours,
            on_error=_failed,
        )
        self._ending: threading.Thread | None = None

    def send(self, event: str, who: Identity, properties: dict[str, Any], tenant: str) -> bool:
        """Takes one event; False where there is no room for it."""
        marks: dict[str, Any] = {"$ip": NO_ADDRESS, "$process_person_profile": who.has_profile}
        everything = {**properties, **marks, "$eduscope": [*properties, *marks]}
        taken = self._client.capture(
            event,
            distinct_id=who.distinct_id,
            properties=everything,
            groups={"tenant": tenant} if tenant else None,
        )
        return taken is not None

    def flush(self, timeout_seconds: float) -> bool:
        """Sends what waits; False if the time was not enough."""
        worker = self._begin(lambda: self._client.flush(timeout_seconds=timeout_seconds))
        worker.join(timeout_seconds)
        return not worker.is_alive()

    def begin_close(self, timeout_seconds: float) -> None:
        """Takes the time given to send what it can. Does not wait."""
        atexit.unregister(self._client._atexit)
        try:
            # The client's own end waits without a limit.
            self._ending = self._begin(self._client.shutdown)
        except RuntimeError:  # Python 3.12 starts no thread once the main thread has ended
            self._client.flush(timeout_seconds=timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Waits for what `begin_close` began, no longer than the time given."""
        if self._ending is not None:
            self._ending.join(timeout_seconds)

    @staticmethod
    def _begin(work: Callable[[], object]) -> threading.Thread:
        worker = threading.Thread(target=work, name="eduscope-events", daemon=True)
        worker.start()
        return worker


def _only_ours(message: dict[str, Any]) -> dict[str, Any]:
    """The event with the properties that were judged, and nothing that was added since."""
    properties = message["properties"]
    ours = PROTOCOL_PROPERTIES.union(properties.get("$eduscope", ()))
    message["properties"] = {name: value for name, value in properties.items() if name in ours}
    return message


def _failed(error: Exception, batch: Sequence[Any]) -> None:
    for message in batch:
        name = message.get("event") if isinstance(message, dict) else None
        events.count(str(name or events.UNNAMED), "failed")
    counters.failure("events_delivery")
