"""Where things are: the settings that the launcher hands to every EduLearn process by its environment."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

DEFAULT_GATEWAY_PORT = 4500
FRONTEND = Path(__file__).parent / "frontend" / "dist"
HTTP_SERVICES = ("gateway", "accounts", "courses", "proctoring", "tutor", "model-server")
WSGI_SERVICES = ("accounts",)
"""Those of HTTP_SERVICES that are written for threads; the others are asynchronous."""
METRICS_ONLY = ("gateway-metrics", "worker-metrics")
"""Ports that answer `/metrics` and nothing else: the gateway's own port is for browsers, the worker has none."""
PREFIX = "EDULEARN_"


class SettingMissing(Exception):
    """An EduLearn process was started without a setting it cannot do without."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One EduLearn installation: its folder, its database and the loopback port of each service.

    `ports` has a port for each of HTTP_SERVICES and METRICS_ONLY. `endpoint` and `ingest_key` address the EduScope
    platform; empty means that telemetry goes to stdout only. `redis` is a redis:// or unix:// address; empty means
    that what would be cached there is cached in the process. `students` is the size of the simulated crowd.
    """

    data: Path
    postgres: str
    ports: dict[str, int]
    redis: str = ""
    endpoint: str = ""
    ingest_key: str = ""
    environment: str = "production"
    release: str = "1.0.0"
    students: int = 40

    def url(self, service: str) -> str:
        """The base address of an HTTP service, on loopback."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def to_environment(self) -> dict[str, str]:
        """The variables from which `from_environment` reads the same settings again."""
        ports = {_port_key(name): str(port) for name, port in self.ports.items()}
        return ports | {
            f"{PREFIX}DATA": str(self.data),
            f"{PREFIX}POSTGRES": self.postgres,
            f"{PREFIX}REDIS": self.redis,
            f"{PREFIX}STUDENTS": str(self.students),
            "EDUSCOPE_ENDPOINT": self.endpoint,
            "EDUSCOPE_INGEST_KEY": self.ingest_key,
            "EDUSCOPE_ENVIRONMENT": self.environment,
            "EDUSCOPE_RELEASE": self.release,
        }

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings in the environment. Raises SettingMissing and names the variable."""

        def value(name: str) -> str:
            try:
                return environ[PREFIX + name]
            except KeyError:
                message = (
                    f"{PREFIX}{name} is not set; EduLearn's processes are started by `python -m edulearn up`"
                )
                raise SettingMissing(message) from None

        return cls(
            data=Path(value("DATA")),
            postgres=value("POSTGRES"),
            ports={name: int(value(_port_key(name).removeprefix(PREFIX))) for name in HTTP_SERVICES}
            | {name: int(environ[key]) for name in METRICS_ONLY if (key := _port_key(name)) in environ},
            redis=environ.get(f"{PREFIX}REDIS", ""),
            endpoint=environ.get("EDUSCOPE_ENDPOINT", ""),
            ingest_key=environ.get("EDUSCOPE_INGEST_KEY", ""),
            environment=environ.get("EDUSCOPE_ENVIRONMENT", "production"),
            release=environ.get("EDUSCOPE_RELEASE", "1.0.0"),
            students=int(environ.get(f"{PREFIX}STUDENTS", "40")),
        )


def _port_key(name: str) -> str:
    return f"{PREFIX}PORT_{name.upper().replace('-', '_')}"
