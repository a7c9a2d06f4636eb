"""The command `eduscope`: one file per command. Nothing heavy is imported before a command runs."""

from eduscope_server.cli.app import create_app

__all__ = ["create_app"]
