"""No person at rest in clear: 100,000 seeded people through every door, the library and crashes, then a search of all.

    .venv/bin/python bench/canary.py [--people 100000] [--service-people 100]

Fails where a single value of anybody is found in any byte that is left: in the data folder, the rows of both
databases, temporary files, what platform and services printed, and the answers of the API. What goes where, and what
nobody can find by its shape, is said in tests/canary and docs/explain/privacy.md.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main() -> None:
    """Flies once and prints what was found."""
    from tests.canary.flight import Canary

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument(
        "--service-people", type=int, default=100, help="of them, through the library as well"
    )
    parser.add_argument("--quick", action="store_true", help="2,000 people, 5 through the library")
    options = parser.parse_args()
    people, service_people = (2_000, 5) if options.quick else (options.people, options.service_people)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="eduscope-canary-") as folder:
        flight = Canary(Path(folder), people, service_people=service_people).fly()
    print(f"people            {flight.identities:>14,}")
    print(f"bodies            {flight.bodies:>14,}  and {flight.refused:,} refused")
    print(f"records           {flight.records:>14,}")
    print(f"bytes searched    {flight.searched_bytes:>14,}")
    print(f"seconds           {time.perf_counter() - started:>14,.0f}")
    print(f"found in clear    {sum(flight.hits.values()):>14,}")
    for (place, kind, encoding), count in sorted(flight.hits.items()):
        print(f"  {count:>8,}  {kind} as {encoding} in {place}")
    if flight.hits:
        raise SystemExit("bench/canary.py: personal data at rest in clear")


if __name__ == "__main__":
    main()
