"""Debug windows, for admins: open, list, close."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from eduscope.privacy import redact
from eduscope_server.access import Identity
from eduscope_server.api.forms import Name, Reason
from eduscope_server.api.keys import read_admin
from eduscope_server.api.problems import NothingFound
from eduscope_server.debugging import MINUTES_MAX, DebugWindow, DebugWindows, Opening


class WindowWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which service, where, for how long, and why."""

    service: Name
    environment: Name
    minutes: Annotated[int, msgspec.Meta(ge=1, le=MINUTES_MAX)]
    reason: Reason


class Window(msgspec.Struct, frozen=True):
    """A debug window. It is open where `seconds_left` is above 0."""

    window_id: int
    service_name: str
    environment: str
    reason: str
    opened_by: str
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    seconds_left: float


class WindowsAnswer(msgspec.Struct, frozen=True):
    """The latest windows, open ones first."""

    windows: list[Window]


@get("/api/debug-windows", summary="List debug windows", tags=["debug"], dependencies={"admin": read_admin})
async def list_windows(
    debug_windows: NamedDependency[DebugWindows], admin: NamedDependency[Identity]
) -> WindowsAnswer:
    """The latest windows, those that are over too; for admins."""
    return WindowsAnswer([_shown(window) for window in await debug_windows.list()])


@post("/api/debug-windows", summary="Open a debug window", tags=["debug"], dependencies={"admin": read_admin})
async def open_window(
    debug_windows: NamedDependency[DebugWindows],
    admin: NamedDependency[Identity],
    data: JSONBody[WindowWanted],
) -> Window:
    """Lets a service write debug lines for up to an hour; on record; for admins.

    The service hears of it with the answer to its next lines.
    """
    wanted = Opening(
        service_name=data.service,
        environment=data.environment,
        minutes=data.minutes,
        reason=redact(data.reason.strip()),
    )
    return _shown(await debug_windows.open(wanted, by=admin.name))


@delete(
    "/api/debug-windows/{window_id:int}",
    summary="Close a debug window",
    tags=["debug"],
    dependencies={"admin": read_admin},
)
async def close_window(
    debug_windows: NamedDependency[DebugWindows],
    admin: NamedDependency[Identity],
    window_id: FromPath[int],
) -> None:
    """Ends a window before its time; on record; for admins."""
    if not await debug_windows.close(window_id, by=admin.name):
        raise NothingFound(f"there is no open debug window {window_id}")


def _shown(window: DebugWindow) -> Window:
    return msgspec.convert(window, Window, from_attributes=True)
