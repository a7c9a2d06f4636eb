"""The platform's web application: the read API, the doors it is handed, and the console."""

from eduscope_server.api.app import create_app

__all__ = ["create_app"]
