"""Write the pinned requirement files from what is installed: `make pin`.

Each file is the closure of what pyproject.toml asks for, as found in this environment, with the markers under
which a package is wanted. No file carries the address of a registry: pip takes the one it is set up with.
"""

import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent
BUILD = ("hatchling", "editables")  # so that `make setup` builds without downloading anything unpinned
HEAD = "# Written by `make pin`; change pyproject.toml instead.\n"


def main() -> None:
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    base = project["dependencies"]
    server = base + extras["server"]
    wanted = {
        "base": base,
        "server": server,
        "dev": server + extras["edulearn"] + extras["dev"] + list(BUILD),
    }
    for name, requirements in wanted.items():
        lines = [f"{pin}\n" for pin in sorted(pins(requirements).values(), key=str.lower)]
        (HERE / f"{name}.txt").write_text(HEAD + "".join(lines), encoding="utf-8")
        print(f"requirements/{name}.txt: {len(lines)} packages")


def pins(requirements: list[str]) -> dict[str, str]:
    """`name==version; marker` of every package reached from the requirements."""
    found: dict[str, tuple[str, str]] = {}
    waiting = [(Requirement(text), frozenset[str]()) for text in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, outer = waiting.pop()
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in outer or {""}):
            continue
        name = canonicalize_name(requirement.name)
        extras = frozenset(requirement.extras)
        condition = str(marker) if marker is not None and "extra" not in str(marker) else ""
        package = distribution(requirement.name)
        known = found.get(name)
        alike = known is None or known[1] == condition
        found[name] = (f"{package.name}=={package.version}", condition if alike else "")
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        waiting += [(Requirement(text), extras) for text in package.requires or ()]
    return {name: f"{pin}; {marker}" if marker else pin for name, (pin, marker) in found.items()}


if __name__ == "__main__":
    main()
