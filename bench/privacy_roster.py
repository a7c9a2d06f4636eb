"""How fast a roster is loaded and looked through, how much memory it takes, and how many of its people it finds."""

import csv
import gc
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from bench.budgets import Budgets, best_seconds, megabytes
from bench.labelled_texts import Text
from bench.made_records import WORDS, clean_message
from bench.privacy_quality import score

from eduscope.privacy import KeyRing, Profile, Span
from eduscope.privacy.extra import Finder

SYLLABLES = [
    "ba",
    "den",
    "fo",
    "gar",
    "hel",
    "jo",
    "kin",
    "lar",
    "mo",
    "nes",
    "per",
    "qua",
    "ri",
    "sto",
    "vel",
    "wen",
]


def print_roster(budgets: Budgets, people: int = 200_000) -> None:
    """How fast a roster is loaded and looked through, how much memory it takes, and how many names it finds."""
    import psutil

    from eduscope.privacy.roster import Roster, read_people, read_sealed, write_sealed

    random = Random(11)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "users.csv"
        write_users(file, people, random)
        before = psutil.Process().memory_info().rss
        started = time.process_time()
        everybody = read_people(file)
        roster = Roster(everybody)
        seconds = time.process_time() - started
        sample = random.sample(everybody, 2000)
        write_sealed(file, everybody, ring := KeyRing.random())
        del everybody
        gc.collect()
        used = psutil.Process().memory_info().rss - before
        started = time.process_time()
        read_sealed(file, ring)
        budgets.figure("roster, sealed file opened", time.process_time() - started, "s")
    budgets.ceiling("roster of 200 k, load from CSV", seconds, 3, "s")
    budgets.ceiling("roster of 200 k, memory", used / 1e6, 300, "MB")
    for names in (0, 1, 4):
        pages = [prose_page(random, sample, names) for _ in range(300)]
        what, speed = f"roster, prose with {names} names in 2 kB", _speed(roster, pages, "prose")
        if names <= 1:
            budgets.floor(what, speed, 40, "MB/s")
        else:
            budgets.figure(what, speed, "MB/s")
    whole = ["\n".join(prose_page(random, sample, 1) for _ in range(600))]
    budgets.floor("roster, 1 MB of prose with 600 names", _speed(roster, whole, "prose"), 40, "MB/s")
    lines = [clean_message(random) for _ in range(20_000)]
    budgets.figure("roster, log messages one by one", _speed(roster, lines, "message"), "MB/s")
    for what, write in SPELLINGS.items():
        texts = [named_sentence(random, person, write) for person in sample]
        scores = score(texts, "prose", ["PERSON"], roster=roster)["PERSON"]
        print(f"roster, {what:36} P {scores.precision:6.3f} R {scores.recall:6.3f} F1 {scores.f1:6.3f}")


def write_users(file: Path, people: int, random: Random) -> None:
    """A users.csv of OneRoster with so many made-up people."""
    given = ["".join(random.choices(SYLLABLES, k=2)).capitalize() for _ in range(4000)]
    family = ["".join(random.choices(SYLLABLES, k=3)).capitalize() for _ in range(12_000)]
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["sourcedId", "status", "username", "givenName", "familyName", "identifier"])
        for n in range(people):
            g, f = random.choice(given), random.choice(family)
            identity = f"{random.getrandbits(128):032x}"
            table.writerow([identity, "active", f"{g[0]}{f}{n}".lower(), g, f, f"S{10**6 + n}"])


def _speed(roster: Finder, texts: list[str], profile: Profile) -> float:
    """Megabytes a second that a roster looks through."""
    return megabytes(texts) / best_seconds(lambda: [roster.ranges(text, profile) for text in texts], 4)


def prose_page(random: Random, people: Sequence[Any], names: int) -> str:
    """About two kilobytes of words, with so many people in them."""
    words = [random.choice(WORDS) for _ in range(290)]
    for _ in range(names):
        person = random.choice(people)
        words[random.randrange(len(words))] = f"{person.given} {person.family}"
    return " ".join(words)


def _mistyped(random: Random, word: str) -> str:
    at = random.randrange(1, len(word) - 1)
    return random.choice(
        (word[:at] + word[at + 1 :], word[:at] + "e" + word[at:], word[:at] + "x" + word[at + 1 :])
    )


SPELLINGS: dict[str, Callable[[Random, Any], str]] = {
    "given and family name": lambda _, p: f"{p.given} {p.family}",
    "in small letters": lambda _, p: f"{p.given} {p.family}".lower(),
    "family name first": lambda _, p: f"{p.family}, {p.given}",
    "one letter wrong": lambda random, p: f"{p.given} {_mistyped(random, p.family)}",
    "family name alone": lambda _, p: p.family,
    "user name": lambda _, p: p.usernames[0],
}


_SENTENCES = (
    "Please remind {} of the essay.",
    "I worked with {} on it",
    "Yesterday {} said no.",
    "{} has left us",
)


def named_sentence(random: Random, person: Any, write: Callable[[Random, Any], str]) -> Text:
    """A sentence with one person in it."""
    before, _, behind = random.choice(_SENTENCES).partition("{}")
    name = write(random, person)
    kind = "USERNAME" if name == person.usernames[0] else "PERSON"
    return Text(before + name + behind, [Span(len(before), len(before) + len(name), kind)])
