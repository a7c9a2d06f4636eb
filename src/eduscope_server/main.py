"""The command `eduscope`, and the only place that knows both the commands and the platform."""

from eduscope_server.cli import create_app
from eduscope_server.config import Settings


def main() -> None:
    """Runs the program."""
    create_app(serve=_serve)()


def _serve(settings: Settings) -> None:
    # Loaded here: the engine alone takes half a second, which `eduscope --help` must not.
    from eduscope_server.wiring import serve  # noqa: PLC0415

    serve(settings)


if __name__ == "__main__":
    main()
