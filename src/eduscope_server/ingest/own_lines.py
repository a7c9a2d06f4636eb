"""Lines of the platform's own that people must find in its store: who opened a debug window, and the like."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from eduscope.contract import LogRecord
from eduscope.contract.records import LogLevel
from eduscope_server.ingest.lanes import Block, Lanes
from eduscope_server.ingest.ndjson import LINES

SERVICE = "eduscope"


class OwnLines:
    """Writes lines of the service `eduscope` through the lanes, like anyone's."""

    def __init__(self, lanes: Lanes, *, environment: str, release: str) -> None:
        self._lanes = lanes
        self._environment = environment
        self._release = release

    async def write(
        self, level: LogLevel, message: str, *, user_id: str, fields: Mapping[str, str | float]
    ) -> None:
        """Returns when it is stored. `user_id` is a token, fields are the contract's. Raises `StoreUnavailable`."""
        record = LogRecord(
            timestamp=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            log_level=level,
            service_name=SERVICE,
            correlation_id="",
            tenant_id="",
            user_id=user_id,
            request_id="",
            duration_ms=None,
            message=message,
            environment=self._environment,
            release=self._release,
        )
        line = msgspec.json.encode(msgspec.structs.asdict(record) | dict(fields)) + b"\n"
        await self._lanes.take(LINES, Block(line, SERVICE), project=SERVICE, tenant_id=None)
