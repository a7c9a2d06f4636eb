"""One flight of the canary: people are pushed through every door and through the library, things crash, and then
every byte that is left anywhere is searched for them.

What is searched, and when:
- while the platform is dead by `kill -9` in the middle of a load: its data folder and its folder for temporary files;
- the answers of every door and of the reading API, while it runs;
- after it has ended: every file of the data folder as it is, every row of every table of both databases, what platform
  and services printed, what services left where they ran, and what went to a product analytics server.
"""

import gzip
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import zstandard
from tests.canary.bodies import DOORS, in_short
from tests.canary.identities import KINDS, Identity, Value, identities
from tests.canary.searching import Search
from tests.conftest import INGEST_KEY, Platform, free_port

SEED = 4
THOROUGH_PEOPLE = 1000
"""As many go through every door, each value alone and in every place; the rest in one record each."""
SHORT_PEOPLE = 200
"""How many of the rest share a body."""
PEOPLE_PER_BODY_MAX = 20
SERVICE_SECONDS = 1800
SHARED_MEMORY = Path("/dev/shm")
ENCODINGS = ("", "gzip", "zstd")
READS = (
    *("/api/logs?limit=1000", "/api/traces?limit=100", "/api/errors", "/api/services", "/api/logs/fields"),
    *("/api/logs/histogram", "/metrics", "/contract/v1.json", "/healthz", "/readyz", "/api/keys"),
    *("/api/privacy/findings", "/api/privacy/undeclared", "/api/privacy/fields"),
)

Hits = Counter[tuple[str, str, str]]
"""By place, kind of value and encoding."""


class Flight(msgspec.Struct):
    """What a flight came to."""

    identities: int = 0
    bodies: int = 0
    records: int = 0
    refused: int = 0
    searched_bytes: int = 0
    hits: Hits = msgspec.field(default_factory=Counter)


class Canary:
    """People on their way through a platform under a folder."""

    def __init__(self, folder: Path, count: int, *, service_people: int) -> None:
        """`service_people` of them are also pushed through the library, which takes a tenth of a second each."""
        self._folder = folder
        self._people = list(identities(count, SEED))
        self._service_people = service_people
        self._search = Search(self._people)
        # As many bodies as there are doors, at least, for each kind of value: every kind goes through every door.
        self._per_body = max(1, min(PEOPLE_PER_BODY_MAX, count // len(DOORS)))
        self._counting = threading.Lock()
        self.flight = Flight(identities=count)

    def fly(self) -> Flight:
        """All of it, in order."""
        data = self._folder / "data"
        data.mkdir()
        platform = Platform(data)
        try:
            platform.start()
            services = self._start_services(platform)
            self._push(platform, bound_key(platform))
            self._end_services(services)
            self._refuse(platform)
            self._crash(platform)
            platform.start()
            self._read(platform)
            platform.stop()
        finally:
            platform.close()
        self._search_temporary(data)
        self._dump(data)
        self._search_folder(self._folder, "left")
        self.flight.searched_bytes = self._search.searched_bytes
        return self.flight

    def _push(self, platform: Platform, tenant_key: str) -> None:
        """Each kind of value of each person goes in by one door, bodies of one kind: the gate has but that to see."""
        with ThreadPoolExecutor(4) as threads:
            thorough, rest = self._people[:THOROUGH_PEOPLE], self._people[THOROUGH_PEOPLE:]
            work = [
                threads.submit(self._send, platform, values, turn, tenant_key)
                for turn, values in enumerate(portions(thorough, self._per_body))
            ]
            work += [
                threads.submit(
                    self._send_short, platform, rest[first : first + SHORT_PEOPLE], first // SHORT_PEOPLE
                )
                for first in range(0, len(rest), SHORT_PEOPLE)
            ]
            for sent in work:
                sent.result()

    def _send_short(self, platform: Platform, people: Sequence[Identity], turn: int) -> None:
        path, content_type, body = in_short(people, turn)
        platform.sender.post(path, content=body, headers={"Content-Type": content_type}).raise_for_status()
        with self._counting:
            self.flight.bodies += 1
            self.flight.records += len(people)

    def _send(self, platform: Platform, values: Sequence[Value], turn: int, tenant_key: str) -> None:
        portion = turn // len(KINDS)  # each portion of the people takes every kind to another door
        path, content_type, make = DOORS[(turn + portion) % len(DOORS)]
        encoding = ENCODINGS[(turn // len(DOORS) + portion) % len(ENCODINGS)]
        body, records = make(values)
        key = tenant_key if turn % 4 == 3 else INGEST_KEY
        headers = {"Content-Type": content_type, "Authorization": f"Bearer {key}"}
        if encoding:
            headers["Content-Encoding"] = encoding
        answer = platform.sender.post(path, content=encoded(body, encoding), headers=headers)
        answer.raise_for_status()
        with self._counting:
            self._found("answers", answer.content)
            self.flight.bodies += 1
            self.flight.records += records

    def _start_services(self, platform: Platform) -> "list[subprocess.Popen[bytes]]":
        """One that ends by an exception, one whose platform is dead, one that never ends."""
        dead = f"http://127.0.0.1:{free_port()}"
        return [
            self._start_service("service", platform.url, ("--uncaught",)),
            self._start_service("service-alone", dead, ()),
            self._start_service("service-killed", platform.url, ("--forever",)),
        ]

    def _end_services(self, services: "Sequence[subprocess.Popen[bytes]]") -> None:
        """Waits for those that end; kills the other in the middle of its work."""
        *ending, endless = services
        try:
            assert [service.wait(SERVICE_SECONDS) for service in ending] == [1, 0]
        finally:
            for service in (*ending, endless):
                service.kill()
                service.wait(60)

    def _start_service(self, name: str, endpoint: str, flags: Sequence[str]) -> "subprocess.Popen[bytes]":
        folder = self._folder / name
        (folder / "tmp").mkdir(parents=True)
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("EDUSCOPE_", "PROMETHEUS_"))}
        root = str(Path(__file__).parents[2])
        with (folder / "output").open("wb") as output:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.canary.service",
                    str(self._service_people),
                    str(SEED),
                    str(folder),
                    *flags,
                ],
                cwd=folder,
                env=inherited
                | {
                    "PYTHONPATH": os.pathsep.join((root, *filter(None, (inherited.get("PYTHONPATH"),)))),
                    "TMPDIR": str(folder / "tmp"),
                    "EDUSCOPE_ENDPOINT": endpoint,
                    "EDUSCOPE_INGEST_KEY": INGEST_KEY,
                    "EDUSCOPE_METRICS_DIR": str(folder / "tmp"),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _refuse(self, platform: Platform) -> None:
        """Dead letters: bodies that no door takes, and addresses and headers that nobody asked for."""
        for value in self._people[0]:
            (logs, _), (lines, _) = DOORS[0][2]([value]), DOORS[4][2]([value])
            bare, plain = value.value, value.value.encode()
            for path, body, headers in (
                ("/v1/logs", logs[:-7], {"Content-Type": "application/x-protobuf"}),
                ("/v1/logs", logs, {"Content-Type": f"text/{secrets.token_hex(2)}"}),
                ("/v1/logs", logs, {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}),
                (
                    "/v1/logs",
                    logs,
                    {"Content-Type": "application/x-protobuf", "Authorization": f"Bearer {bare}"},
                ),
                ("/v1/logs", b'{"resourceLogs": "' + plain + b'"}', {"Content-Type": "application/json"}),
                ("/v1/logs", b'{"' + plain + b'": ' + plain, {"Content-Type": "application/json"}),
                ("/v1/ndjson", lines[:-9], {"Content-Type": "application/x-ndjson"}),
                ("/v1/ndjson", b'["' + plain + b'"]\n', {"Content-Type": "application/x-ndjson"}),
                ("/v1/ndjson", lines + b"\xff" + plain, {"Content-Type": "application/x-ndjson"}),
                ("/v1/ndjson", b"{}" * 17_000_000 + plain, {"Content-Type": "application/x-ndjson"}),
            )[: None if value.kind == "email" else -1]:
                self._ask(platform.sender, "POST", path, content=body, headers=headers)
            self._ask(platform.sender, "POST", f"/v1/{bare}", params={"who": bare}, content=plain)
            self._ask(
                platform.sender, "POST", "/v1/ndjson", params={"who": bare}, content=b'{"message": "said"}\n',
                headers={"Content-Type": "application/x-ndjson", "User-Agent": bare, "X-Eduscope-Service": bare},
            )  # fmt: skip
            self._ask(
                platform.reader, "GET", "/api/logs", params={"query": f'user:"{bare}" ((('}, echoes=True
            )
            self._ask(platform.reader, "GET", f"/api/traces/{bare}", headers={"Referer": bare}, echoes=True)

    def _ask(
        self, client: httpx.Client, method: str, path: str, *, echoes: bool = False, **options: object
    ) -> None:
        """Asks, and looks at the answer; a reader may be told what they wrote, a sender not."""
        answer = client.request(method, path, **options)  # type: ignore[arg-type]  # handed through
        self.flight.refused += answer.status_code >= 400
        if not echoes:
            self._found("refusals", answer.content)

    def _crash(self, platform: Platform) -> None:
        """`kill -9` under load, and a look at what lies there while nobody tidies up."""
        stop = threading.Event()

        def load(offset: int) -> None:
            turn = offset
            bodies = list(portions(self._people[: 5 * self._per_body], self._per_body))
            while not stop.is_set():
                with suppress(httpx.HTTPError):
                    self._send(platform, bodies[turn % len(bodies)], turn, INGEST_KEY)
                turn += 1

        threads = [threading.Thread(target=load, args=(n * 7,)) for n in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        platform.stop(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        self._search_temporary(platform.folder)

    def _read(self, platform: Platform) -> None:
        for path in READS:
            answer = platform.reader.get(path, params={"from": "-1d", "to": "now"} if "/api/" in path else {})
            if answer.status_code < 500:
                self._found(f"answer {path.partition('?')[0]}", answer.content)

    def _dump(self, data: Path) -> None:
        """Both databases, read by programs of their own; gone again before files are searched."""
        with tempfile.TemporaryDirectory() as into:
            subprocess.run(
                [sys.executable, "-m", "tests.canary.dumping", str(data), into],
                check=True,
                cwd=Path(__file__).parents[2],
                stdout=subprocess.DEVNULL,
            )
            self._search_folder(Path(into), "rows")

    def _search_temporary(self, data: Path) -> None:
        """The platform's temporary files; those in shared memory have its user's name."""
        for folder in (*SHARED_MEMORY.glob(f"eduscope-{os.getuid()}-*"), data / "temporary"):
            if folder.exists():
                self._search_folder(folder, "temporary")

    def _search_folder(self, folder: Path, what: str) -> None:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                with suppress(FileNotFoundError):
                    for block in _blocks(file):
                        self._found(f"{what} {_told(file, folder)}", block)

    def _found(self, place: str, data: bytes) -> None:
        for (kind, encoding), count in self._search.of(data).items():
            self.flight.hits[place, kind, encoding] += count


def portions(people: Sequence[Identity], per_body: int) -> Iterator[list[Value]]:
    """The values of some people of one kind, for one body. The kinds take turns at the doors."""
    for first in range(0, len(people), per_body):
        for kind in range(len(KINDS)):
            yield [identity[kind] for identity in people[first : first + per_body]]


def encoded(body: bytes, encoding: str) -> bytes:
    """The body as a producer compresses it."""
    if encoding == "gzip":
        return gzip.compress(body, 1)
    return zstandard.ZstdCompressor().compress(body) if encoding else body


def bound_key(platform: Platform) -> str:
    """A new ingest key that is bound to a tenant."""
    wanted = {"kind": "ingest", "name": "canary", "tenant_id": "school-a", "project": "canary"}
    answer = platform.reader.post("/api/keys", json=wanted).raise_for_status()
    return str(answer.json()["key"])


READ_BYTES = 256 << 20
OVERLAP_BYTES = 512


def _blocks(file: Path) -> Iterator[bytes]:
    """The file in parts that overlap, so that nothing is cut in two."""
    with file.open("rb") as opened:
        before = b""
        while part := opened.read(READ_BYTES):
            yield before + part
            before = part[-OVERLAP_BYTES:]


def _told(file: Path, folder: Path) -> str:
    """Where a file is, short enough for a report."""
    return "/".join(file.relative_to(folder).parts[:3])


def remove(folder: Path) -> None:
    """Takes away what a flight left."""
    shutil.rmtree(folder, ignore_errors=True)
