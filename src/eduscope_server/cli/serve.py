"""`eduscope serve`: the platform alone."""

from collections.abc import Callable

from eduscope_server.cli.options import fail, load_settings, with_settings
from eduscope_server.config import Settings, option_rows


def serve_command(serve_platform: Callable[[Settings], None]) -> Callable[..., None]:
    """The command, with a flag for every setting."""

    def serve(flags: dict[str, str | None]) -> None:
        from eduscope.privacy import KeyRingError
        from eduscope_server.folder_lock import FolderInUse, FolderUnusable
        from eduscope_server.listening import AddressTaken
        from eduscope_server.state import StateBroken, StateUnavailable
        from eduscope_server.store import StoreUnavailable

        try:
            serve_platform(load_settings(flags))
        except (
            AddressTaken,
            FolderInUse,
            FolderUnusable,
            KeyRingError,
            StateBroken,
            StateUnavailable,
            StoreUnavailable,
        ) as error:
            fail(str(error))

    secrets = ", ".join(row.environment for row in option_rows() if row.secret)
    serve.__doc__ = (
        "Start the platform: doors, API and console on one port. Stop it with Ctrl-C.\n\n"
        f"Secrets come from the environment alone: {secrets}."
    )
    return with_settings(serve)
