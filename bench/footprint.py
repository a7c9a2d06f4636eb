"""What the SDK weighs: the time `import eduscope` takes, and the memory it holds when the platform is away.

python bench/footprint.py
"""

import resource
import statistics
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
IMPORT_ROUNDS = 15
BUDGET_IMPORT_MS = 60.0
BUDGET_MEMORY_MIB = 32.0

FULL_QUEUES = """
import gc, os, sys
sys.path.insert(0, sys.argv[1])

def resident_mib():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

bare = resident_mib()
import asyncio, http.client, logging.config, ssl
service = resident_mib()
import eduscope
from eduscope.export import queued_bytes

# Port 9 of loopback: nobody listens, so everything waits.
eduscope.init(service="bench", endpoint="http://127.0.0.1:9", stdout=False, shutdown_timeout_seconds=0)
started = resident_mib()
log = eduscope.get_logger()

def work(count, people, courses, text):
    for n in range(count):
        with eduscope.bind(tenant_id="t-school-1", user_id=f"user-{n % people}"):
            with eduscope.tracing.span(f"step {n % 100}", course_id=f"c-{n % courses}"):
                log.info(text(n), course_id=f"c-{n % courses}", count=n, duration_ms=3.4)

work(60_000, 1_000, 500, lambda n: "quiz graded")
full = resident_mib()
work(60_000, 60_000, 60_000, lambda n: f"quiz {n} graded")
print(bare, service, started, full, resident_mib(), queued_bytes() / 2**20)
os._exit(0)
"""
"""Far more lines and spans than the queues hold; then the same with every word new, so that what is remembered of them
is at its largest too. A service has loaded asyncio, HTTP, TLS and logging whether it uses the SDK or not.
"""


def seconds_of(code: str) -> float:
    """What a fresh interpreter takes of a processor to start, run the code and end: other programs do not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(SOURCE)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


START = "import eduscope; eduscope.init(service='bench', stdout=False)"


def start_ms() -> tuple[float, float]:
    """Milliseconds of `import eduscope`, and of that and `init`, over an interpreter that imports nothing; medians,
    taken in turns. What a program uses of the SDK is loaded when it is first used, most of it by `init`.
    """
    bare: list[float] = []
    imported: list[float] = []
    started: list[float] = []
    for _ in range(IMPORT_ROUNDS):
        bare.append(seconds_of("pass"))
        imported.append(seconds_of("import eduscope"))
        started.append(seconds_of(START))
    floor = statistics.median(bare)
    return (statistics.median(imported) - floor) * 1e3, (statistics.median(started) - floor) * 1e3


def main() -> None:
    """Prints both figures; ends with status 1 where a budget is missed."""
    took_ms, started_ms = start_ms()
    answer = subprocess.run(
        [sys.executable, "-c", FULL_QUEUES, str(SOURCE)], check=True, capture_output=True, text=True
    )
    bare, service, started, full, fullest, queued = map(float, answer.stdout.split())
    kept = took_ms <= BUDGET_IMPORT_MS and full - service <= BUDGET_MEMORY_MIB
    print(
        f"import eduscope              {took_ms:6.1f} ms over the interpreter (budget {BUDGET_IMPORT_MS:g})"
    )
    print(f"and `init`                   {started_ms:6.1f} ms")
    print(f"{'memory, MiB over':<28}{'a service':>10}{'bare Python':>13}")
    for name, used in (("after init", started), ("full queues", full), ("and every word new", fullest)):
        print(f"{name:<28}{used - service:>10.1f}{used - bare:>13.1f}")
    print(
        f"{queued:.1f} MiB wait; the budget of {BUDGET_MEMORY_MIB:g} MiB is for full queues, over a service"
    )
    print(f"budget: {'kept' if kept else 'MISSED'}")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
