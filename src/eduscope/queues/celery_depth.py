"""How many tasks wait in the queues a Celery worker reads: asked of the broker now and then, beside the work."""

import threading
from typing import Any

from celery import Celery

from eduscope.counters import counters
from eduscope.queues.numbers import depth
from eduscope.quiet import quiet

EVERY_SECONDS = 15.0
"""About as often as Prometheus looks."""

TIMEOUT_SECONDS = 5.0


class Depth:
    """Asks while a worker runs. Brokers that do not count their messages are asked once."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, **_signal: Any) -> None:
        """The worker is ready."""
        if self._thread is None or not self._thread.is_alive():
            self._stopped.clear()
            self._thread = threading.Thread(target=self._run, name="eduscope-queue-depth", daemon=True)
            self._thread.start()

    def stop(self, **_signal: Any) -> None:
        """The worker goes down."""
        self._stopped.set()

    def measure(self) -> None:
        """Asks for every queue once."""
        with self._app.connection_for_read(connect_timeout=TIMEOUT_SECONDS) as connection:
            for name in list(self._app.amqp.queues):
                with connection.channel() as channel:
                    depth.set(("celery", name), _waiting(connection, channel, name))

    def _run(self) -> None:
        quiet.on = True  # what the client of the broker logs about the asking is nobody's concern
        while True:
            try:
                self.measure()
            except Exception:  # noqa: BLE001 - a broker that is away: asked again
                counters.failure("celery_depth")
            if self._stopped.wait(EVERY_SECONDS):
                return


def _waiting(connection: Any, channel: Any, name: str) -> int:
    """Redis has no queue where nothing waits in it."""
    try:
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    except connection.channel_errors:
        return 0
