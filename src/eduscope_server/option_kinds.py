"""What the text of an option may be: how it is read, and how what is expected is said."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SIZE = re.compile(r"(\d+) ?(B|KiB|MiB|GiB)?")
_SIZE_UNITS = {None: 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True)
class Listen:
    """An address to listen on, `host:port`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True)
class Kind:
    """What an option's text may be: how it is read (`ValueError` if it cannot be) and how that is said."""

    read: Callable[[str], object]
    expected: str
    is_secret: bool = False


def _size(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise ValueError
    return int(match[1]) * _SIZE_UNITS[match[2]]


def _whole(text: str) -> int:
    if not text.strip().isdecimal() or int(text) == 0:
        raise ValueError
    return int(text)


def _width(*widths: int) -> Kind:
    def read(text: str) -> int:
        if not text.strip().isdecimal() or int(text) not in widths:
            raise ValueError
        return int(text)

    return Kind(read, f"{', '.join(map(str, widths[:-1]))} or {widths[-1]}")


def _listen(text: str) -> Listen:
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError
    return Listen(host, int(port))


def _level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError
    return text.lower()


def _secret(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError
    return text


def _address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text and not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError
        return text.rstrip("/")

    return read


def _folder(text: str) -> Path:
    if not text:
        raise ValueError
    return Path(text).expanduser()


FOLDER = Kind(_folder, "the path of a folder")
FILE = Kind(str, "the path of a file")
WIDTH_V4 = _width(8, 16, 24)
WIDTH_V6 = _width(16, 32, 48, 64)
LISTEN = Kind(_listen, '"host:port" such as 127.0.0.1:4400')
SIZE = Kind(_size, "a size above 0 such as 16777216 or 16MiB")
WHOLE = Kind(_whole, "a whole number above 0")
LEVEL = Kind(_level, "one of " + ", ".join(LOG_LEVELS))
SECRET = Kind(_secret, "printable ASCII without spaces", is_secret=True)
WEB = Kind(_address("http", "https"), "empty, or an address such as https://eduscope.example.org")
# Addresses of databases carry passwords.
CLICKHOUSE = Kind(
    _address("clickhouse", "clickhouses", "http", "https"),
    "empty, or an address such as clickhouse://user:password@host:8123/eduscope",
    is_secret=True,
)
POSTGRES = Kind(
    _address("postgresql", "postgres"),
    "empty, or an address such as postgresql://user:password@host:5432/eduscope",
    is_secret=True,
)
