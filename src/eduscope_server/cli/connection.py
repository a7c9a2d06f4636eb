"""A running platform as the commands see it: where it is, with which key, and what its answers mean."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from eduscope_server.cli.options import fail, load_settings

if TYPE_CHECKING:
    import httpx

# Longer than the platform lets a search run, so that its own 504 arrives.
_ANSWER_SECONDS = 60.0
_LONG_ANSWER_SECONDS = 600.0

UrlOption = Annotated[
    str, typer.Option("--url", help="Where the platform is. [EDUSCOPE_URL, default: as `serve` would listen]")
]
DataOption = Annotated[
    str, typer.Option("--data", help="Data folder that holds the admin token. [EDUSCOPE_DATA, default data]")
]


class Connection:
    """HTTP to one platform. Whatever goes wrong ends the program with a message."""

    def __init__(self, url: str, key: str, *, key_from: str, public_url: str = "") -> None:
        import httpx

        self.url = url
        self._key_from = key_from
        self.public_url = public_url or url
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=_ANSWER_SECONDS, trust_env=False
        )

    def get(self, path: str, parameters: Mapping[str, str | int] | None = None) -> Any:
        """The JSON of a GET."""
        return self._call("GET", path, params=parameters)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """The JSON of a POST."""
        return self._call("POST", path, json=body or {})

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        """The JSON of a PUT."""
        return self._call("PUT", path, json=body)

    def put_file(
        self,
        path: str,
        parts: Iterator[bytes],
        *,
        size_bytes: int,
        content_type: str,
        parameters: Mapping[str, str],
    ) -> Any:
        """The JSON of a PUT whose body is read part by part, and which may take the platform minutes."""
        import httpx

        return self._call(
            "PUT",
            path,
            content=parts,
            params=parameters,
            headers={"Content-Type": content_type, "Content-Length": str(size_bytes)},
            timeout=httpx.Timeout(_ANSWER_SECONDS, read=_LONG_ANSWER_SECONDS),
        )

    def make_link(self) -> str:
        """A link that opens the console once, as a browser reaches it."""
        return str(self.public_url + self.post("/api/login-codes")["path"])

    def delete(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:
        """The JSON of a DELETE, None where there is none."""
        return self._call("DELETE", path, params=parameters)

    @contextmanager
    def events(self, path: str, parameters: Mapping[str, str | int]) -> Iterator[Iterator[Any]]:
        """The JSON of every event of a stream of server-sent events, for as long as it flows."""
        import httpx

        try:
            with self._client.stream(
                "GET", path, params=parameters, timeout=httpx.Timeout(_ANSWER_SECONDS, read=None)
            ) as answer:
                if answer.is_error:
                    answer.read()
                    self._refused(answer)
                yield (json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:"))
        except httpx.TransportError as error:
            self._unreachable(error)

    def _call(self, method: str, path: str, **options: Any) -> Any:
        import httpx

        try:
            answer = self._client.request(method, path, **options)
        except httpx.TransportError as error:
            self._unreachable(error)
        if answer.is_error:
            self._refused(answer)
        return answer.json() if answer.content else None

    def _unreachable(self, error: Exception) -> NoReturn:
        fail(
            f"no platform answers at {self.url} ({type(error).__name__}); start one with "
            "`eduscope serve`, or name its address with --url"
        )

    def _refused(self, answer: "httpx.Response") -> NoReturn:
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            fail(
                f"{self.url} does not know the key of {self._key_from}: it has been revoked, or is another "
                "platform's"
            )
        try:
            error = answer.json()["error"]
            message = error["message"] + (f"\n  {error['hint']}" if error.get("hint") else "")
            if "position" in error:
                message += f"\n  at character {error['position']}"
        except (ValueError, KeyError, TypeError):
            message = f"{self.url} answered {answer.status_code}"
        fail(message)


def connect(url: str, data: str) -> Connection:
    """Connect with the first that there is: EDUSCOPE_READ_KEY, EDUSCOPE_ADMIN_TOKEN, the data folder."""
    from eduscope_server.access import ADMIN_TOKEN_FILE

    settings = load_settings({"data": data or None})
    address = url or os.environ.get("EDUSCOPE_URL") or settings.local_url
    if not address.startswith(("http://", "https://")):
        name = "--url" if url else "EDUSCOPE_URL"
        fail(f'{name} is "{address}"; expected an address such as http://127.0.0.1:4400', code=2)
    if key := os.environ.get("EDUSCOPE_READ_KEY", ""):
        source = "EDUSCOPE_READ_KEY"
    elif key := settings.admin_token:
        source = "EDUSCOPE_ADMIN_TOKEN"
    else:
        kept = settings.data / ADMIN_TOKEN_FILE
        key, source = _read_token(kept), str(kept)
    return Connection(address.rstrip("/"), key, key_from=source, public_url=settings.public_url)


def _read_token(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        fail(
            f"there is no key to ask with: EDUSCOPE_READ_KEY and EDUSCOPE_ADMIN_TOKEN are unset and {file} "
            "cannot be read; set one, or name the platform's folder with --data"
        )
