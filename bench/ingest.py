"""How fast acknowledged records come in over HTTP, against the engine's own insert of the same bytes.

    .venv/bin/python bench/ingest.py [--rounds 3] [--seconds 20] [--connections 32]

Each body holds 500 records, is scanned for personal data, and is answered after its commit. The load comes from
`wrk` (Debian package) on the same two cores. The floor is `Store.insert` of the same bodies in groups of 32: no
HTTP, no scan, nobody waiting; taken before and after the load, since a shared machine's speed swings meanwhile. The
count the store gives afterwards must be what was acknowledged, or the run fails. The rows of the rounds come first,
then the medians.
"""

import argparse
import os
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import msgspec
import psutil
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

RECORDS = 500
GROUP = 32
KEY = "bench-ingest-key-0123456789"
ADMIN = "bench-admin-token-0123456789"
MESSAGE = "submission graded for a quiz of the course after a review by the worker"
TOKEN = "usr_k1_" + "abcdefghijklmnopqrstuvwxyz"
PROTOBUF, NDJSON = "application/x-protobuf", "application/x-ndjson"


class Case(msgspec.Struct, frozen=True):
    """One door, bodies for it, and where its records are kept."""

    name: str
    path: str
    content_type: str
    inlet: str
    table: str
    bodies: list[bytes]


class Result(msgspec.Struct, frozen=True):
    """What one case came to."""

    name: str
    floor_per_second: float
    records_per_second: float
    p50: str
    p99: str
    rss_bytes: int

    @property
    def ratio(self) -> float:
        """Of the engine's own speed."""
        return self.records_per_second / self.floor_per_second


def attribute(key: str, value: str | int | float) -> KeyValue:
    """One OTLP attribute."""
    kind = {int: "int_value", float: "double_value"}.get(type(value), "string_value")
    return KeyValue(key=key, value=AnyValue(**{kind: value}))  # type: ignore[arg-type]


def fields() -> dict[str, str | int | float]:
    """What each record carries: ids as the SDK makes them, a duration and two attributes."""
    return {
        "correlation_id": secrets.token_hex(16),
        "tenant_id": "school-a",
        "user_id": TOKEN,
        "request_id": secrets.token_hex(16),
        "duration_ms": 12.5,
        "http.route": "/courses/{id}/quiz",
        "http.response.status_code": 200,
    }


RESOURCE = [
    attribute("service.name", "courses"),
    attribute("service.version", "1.4.2"),
    attribute("deployment.environment.name", "production"),
]


def logs_body() -> bytes:
    """500 OTLP log records of about 380 bytes, of this moment."""
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    resource.resource.attributes.extend(RESOURCE)
    records = resource.scope_logs.add().log_records
    for n in range(RECORDS):
        record = records.add(time_unix_nano=time.time_ns() + n * 1000, severity_number=9)
        record.body.string_value = MESSAGE
        record.trace_id, record.span_id = secrets.token_bytes(16), secrets.token_bytes(8)
        record.attributes.extend(attribute(key, value) for key, value in fields().items())
    return bytes(request.SerializeToString())


def spans_body() -> bytes:
    """500 OTLP spans."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.extend(RESOURCE)
    spans = resource.scope_spans.add().spans
    for n in range(RECORDS):
        start = time.time_ns() + n * 1000
        span = spans.add(name="GET /courses/{id}", kind=2, start_time_unix_nano=start)
        span.end_time_unix_nano = start + 12_500_000
        span.trace_id, span.span_id = secrets.token_bytes(16), secrets.token_bytes(8)
        span.attributes.extend(attribute(k, v) for k, v in fields().items() if k != "duration_ms")
    return bytes(request.SerializeToString())


def lines_body() -> bytes:
    """500 of our own log lines."""
    lines = []
    for _ in range(RECORDS):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".123456Z"
        line = {"timestamp": stamp, "log_level": "info", "service_name": "courses"} | fields()
        lines.append(line | {"message": MESSAGE, "environment": "production", "release": "1.4.2"})
    return b"\n".join(msgspec.json.encode(line) for line in lines) + b"\n"


def cases() -> list[Case]:
    """The three doors. Each is sent `GROUP` different bodies in turn, as from different senders."""
    return [
        Case(
            "logs, OTLP", "/v1/logs", PROTOBUF, "otlp_logs_plain", "logs", [logs_body() for _ in range(GROUP)]
        ),
        Case(
            "spans, OTLP",
            "/v1/traces",
            PROTOBUF,
            "otlp_spans_plain",
            "spans",
            [spans_body() for _ in range(GROUP)],
        ),
        Case("lines, NDJSON", "/v1/ndjson", NDJSON, "ndjson", "logs", [lines_body() for _ in range(GROUP)]),
    ]


FLOOR = """
import sys, tempfile, time
from pathlib import Path
from eduscope_server.store import Store, TokenKey
folder, inlet, body, seconds = sys.argv[1:]
tempfile.tempdir = folder
store = Store.open("", Path(folder) / "floor", token_key=TokenKey("k1", bytes(32)))
block = Path(body).read_bytes()
store.insert(inlet, block)
started, inserts = time.perf_counter(), 0
while time.perf_counter() - started < float(seconds):
    store.insert(inlet, block)
    inserts += 1
print(inserts / (time.perf_counter() - started))
store.close()
"""


LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "%s"
wrk.headers["Authorization"] = "Bearer %s"
local requests, turn = {}, 0
function init(args)
  for n = 1, %d do
    local body = io.open("%s/body" .. (n - 1), "rb"):read("*a")
    requests[n] = wrk.format(nil, nil, nil, body)
  end
end
function request()
  turn = turn %% #requests + 1
  return requests[turn]
end
"""


def floor(case: Case, folder: Path, seconds: float) -> float:
    """Records a second that the engine takes in a process that does nothing else."""
    body = folder / "body"
    body.write_bytes(b"".join(case.bodies))
    command = [sys.executable, "-c", FLOOR, str(folder), case.inlet, str(body), str(seconds)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(folder / "floor")
    return float(printed) * GROUP * RECORDS


class Platform:
    """A platform with nothing in it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
        environment |= {"EDUSCOPE_INGEST_KEY": KEY, "EDUSCOPE_ADMIN_TOKEN": ADMIN}
        command = [sys.executable, "-m", "eduscope_server.main", "serve", "--data", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--listen", f"127.0.0.1:{self.port}"], env=environment, stdout=subprocess.DEVNULL
        )
        self.reader = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=60
        )
        while True:
            try:
                if self.reader.get("/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)

    @property
    def rss_bytes(self) -> int:
        """Resident memory of the platform's own process."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def stop(self) -> None:
        """Ends it in order."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def load(case: Case, platform: Platform, folder: Path, *, seconds: int, connections: int) -> str:
    """What wrk prints after sending the bodies over and over."""
    for n, body in enumerate(case.bodies):
        (folder / f"body{n}").write_bytes(body)
    script = folder / "post.lua"
    script.write_text(LUA % (case.content_type, KEY, len(case.bodies), folder))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
    return subprocess.run(
        [*command, "-s", str(script), platform.url + case.path], check=True, capture_output=True, text=True
    ).stdout


def measure(case: Case, folder: Path, *, seconds: int, connections: int) -> Result:
    """One case against its floor; fails where the store does not hold what was acknowledged."""
    before = floor(case, folder, seconds / 2)
    result = measure_load(case, folder, seconds=seconds, connections=connections)
    after = floor(case, folder, seconds / 2)
    return msgspec.structs.replace(result, floor_per_second=(before + after) / 2)


def measure_load(case: Case, folder: Path, *, seconds: int, connections: int) -> Result:
    """One case without its floor."""
    platform = Platform(folder / "data")
    try:
        printed = load(case, platform, folder, seconds=seconds, connections=connections)
        if "Non-2xx" in printed or "Socket errors" in printed:
            raise SystemExit(f"{case.name}: not every body was taken\n{printed}")
        requests = int(found(r"(\d+) requests in", printed))
        stored = stored_records(platform, case)
        # Bodies still under way when wrk hangs up are stored too, and were never acknowledged.
        if not requests * RECORDS <= stored <= (requests + 2 * connections) * RECORDS:
            raise SystemExit(f"{case.name}: {requests * RECORDS} acknowledged, {stored} stored")
        return Result(
            name=case.name,
            floor_per_second=0.0,
            records_per_second=float(found(r"Requests/sec: +([\d.]+)", printed)) * RECORDS,
            p50=found(r"50% +(\S+)", printed),
            p99=found(r"99% +(\S+)", printed),
            rss_bytes=platform.rss_bytes,
        )
    finally:
        platform.stop()
        shutil.rmtree(folder / "data")


def stored_records(platform: Platform, case: Case) -> int:
    """How many records the platform says it holds."""
    if case.table == "logs":
        answer = platform.reader.get("/api/logs/count", params={"from": "-1d", "to": "now"})
        return int(answer.raise_for_status().json()["count"])
    services = platform.reader.get("/api/services", params={"from": "-1h", "to": "now"}).raise_for_status()
    return sum(service["span_count"] for service in services.json()["services"])


def found(pattern: str, text: str) -> str:
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text)
    if match is None:
        raise SystemExit(f"wrk printed no {pattern}:\n{text}")
    return match[1]


def print_row(name: str, results: list[Result]) -> None:
    """One round, or the medians of several."""
    per_second, floors, ratios = (
        statistics.median(getattr(r, of) for r in results)
        for of in ("records_per_second", "floor_per_second", "ratio")
    )
    waits = f"{results[0].p50:>10}{results[0].p99:>10}" if len(results) == 1 else " " * 20
    mebibytes = max(r.rss_bytes for r in results) / 2**20
    print(f"{name:16}{per_second:12,.0f}{floors:14,.0f}{ratios:8.2f}{waits}{mebibytes:9.0f}", flush=True)


def main() -> None:
    """Measures the three doors and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=20, help="how long each door is under load")
    parser.add_argument("--rounds", type=int, default=3, help="how often each door is measured")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--only", default="", help="the door whose name begins so, such as logs")
    parser.add_argument("--quick", action="store_true", help="one round of 5 seconds each")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench/ingest.py needs wrk: apt-get install wrk")
    seconds, rounds = (5, 1) if options.quick else (options.seconds, options.rounds)
    print(f"{'':16}{'records/s':>12}{'engine alone':>14}{'ratio':>8}{'p50':>10}{'p99':>10}{'RSS MiB':>9}")
    measured: dict[str, list[Result]] = {}
    with tempfile.TemporaryDirectory(prefix="eduscope-bench-") as folder:
        for case in (case for case in cases() if case.name.startswith(options.only)):
            for _ in range(rounds):
                result = measure(case, Path(folder), seconds=seconds, connections=options.connections)
                measured.setdefault(case.name, []).append(result)
                print_row(case.name, [result])
    if rounds > 1:
        print(f"medians of {rounds}")
        for name, results in measured.items():
            print_row(name, results)


if __name__ == "__main__":
    main()
