"""The command `eduscope`, and the only place that knows both the commands and the platform."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eduscope_server.config import Settings


def main() -> None:
    """Runs the program. The library brings the command along, what it needs comes with the platform."""
    if find_spec("typer") is None:
        raise SystemExit(
            "eduscope: the library is installed without the platform, which its commands are a part of; "
            "to get it: pip install 'eduscope[server]'"
        )
    from eduscope_server.cli import create_app  # noqa: PLC0415

    create_app(serve=_serve)()


def _serve(settings: "Settings") -> None:
    # Loaded here: the engine alone takes half a second, which `eduscope --help` must not.
    from eduscope_server.wiring import serve  # noqa: PLC0415

    serve(settings)


if __name__ == "__main__":
    main()
