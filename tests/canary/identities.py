"""Seeded people who exist nowhere: each value of each is unlike anything a program writes by itself."""

import base64
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from eduscope.privacy import is_clean, redact

_SYLLABLES = [c + v for c in "bdfgjklmnprstvwz" for v in "aeiou"]
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_LIKE_AN_ID = re.compile("[0-9a-fA-F]*|[a-zA-Z2-7]*")
_SAFE = "abcdefghjkmnpqrstuvwxyz" + "23456789"


class Value(NamedTuple):
    """One thing that names a person."""

    kind: str
    value: str
    """As a field of its own holds it."""
    said: str
    """As a program's message says it: with the words around it that the strict profile asks for."""
    needle: str
    """What must be found nowhere; the secret part where the rest is the same for everybody."""

    @property
    def is_telling(self) -> bool:
        """Whether the strict profile knows it by itself, in a text without any word about it."""
        return not is_clean(self.value)

    @property
    def is_findable(self) -> bool:
        """Whether the strict profile knows it behind its words. A name in free text is only known to a roster."""
        return self.needle not in redact(self.said)


Identity = tuple[Value, ...]
"""One person: a value of each kind."""


def identities(count: int, seed: int = 4) -> Iterator[Identity]:
    """People in a fixed order; the same seed gives the same people."""
    draw = random.Random(seed)
    for number in range(count):
        yield tuple(_values(number, draw))


def _values(number: int, draw: random.Random) -> Iterable[Value]:
    given, family = _word(number * 7 + 3).capitalize(), _word(number * 11 + 500_000).capitalize()
    username = f"{given}.{family}{number:05}".lower()
    email = f"{username}@mail-{draw.randrange(100)}.example"
    phone = f"+49 151 {draw.randrange(10**8):08}"
    card = _luhn(f"4556{draw.randrange(10**11):011}")
    iban = _iban(f"37040044{draw.randrange(10**10):010}")
    ssn = f"{draw.randrange(100, 665)}-{draw.randrange(10, 99)}-{draw.randrange(1000, 9999)}"
    nino = _unlike_ids(
        lambda: f"{draw.choice('ABCEHJKLMP')}{draw.choice('BCEHJKLM')}{draw.randrange(10**6):06}A"
    )
    dni = _unlike_ids(lambda: _dni(draw.randrange(10**7, 10**8)))
    student = _unlike_ids(lambda: f"S{number:05}{draw.randrange(10**5):05}")
    ip = f"{draw.randrange(171, 191)}.{draw.randrange(100, 250)}.{draw.randrange(100, 250)}.{draw.randrange(100, 250)}"
    claims = base64.urlsafe_b64encode(json.dumps({"sub": username, "n": draw.random()}).encode()).decode()
    signature = _random(draw, 43)
    secret, password = _random(draw, 24), f"Pw{_random(draw, 14)}9"
    dob = f"{draw.randrange(1, 29):02}/{draw.randrange(1, 13):02}/{draw.randrange(1950, 2018)}"
    jwt = f"eyJhbGciOiJIUzI1NiJ9.{claims.rstrip('=')}.{signature}"
    name = f"{given} {family}"
    yield Value("name", name, f"certificate printed by {name} today", name)
    yield Value("username", username, f"Accepted password for {username} from", username)
    yield Value("email", email, f"mail to {email} bounced", email)
    yield Value("phone", phone, f"called {phone} twice", phone)
    yield Value("card", card, f"card {card} declined", card)
    yield Value("iban", iban, f"refund to {iban} sent", iban)
    yield Value("ssn", ssn, f"verified {ssn} ok", ssn)
    yield Value("nino", nino, f"nino={nino} accepted", nino)
    yield Value("dni", dni, f"saved dni={dni} for the form", dni)
    yield Value("student", student, f"graded student_id={student}", student)
    yield Value("ip", ip, f"connection from {ip} closed", ip)
    yield Value("jwt", jwt, f"token {jwt} has expired", signature)
    yield Value("key", f"sk_live_{secret}", f"charged with sk_live_{secret}", secret)
    url = f"postgresql://edulearn:{password}@db.example:5432/courses"
    yield Value("password", url, f"connecting to {url}", password)
    yield Value("dob", dob, f"profile saved dob={dob}", dob)


def _unlike_ids(draw: Callable[[], str]) -> str:
    """A value that no random id in hexadecimal and no token in base32 holds by chance, as one of some million would."""
    while True:
        value = draw()
        if not _LIKE_AN_ID.fullmatch(value):
            return value


def _word(number: int) -> str:
    """A word of four syllables or more; another for every number."""
    word = ""
    number += len(_SYLLABLES) ** 3
    while number:
        number, at = divmod(number, len(_SYLLABLES))
        word += _SYLLABLES[at]
    return f"{word}x"


def _random(draw: random.Random, characters: int) -> str:
    return "".join(draw.choice(_SAFE) for _ in range(characters - 2)) + draw.choice(_LETTERS) + "7"


def _dni(number: int) -> str:
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def _luhn(digits: str) -> str:
    total = sum(int(d) if i % 2 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


def _iban(account: str) -> str:
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02}{account}"


KINDS = tuple(value.kind for value in next(iter(identities(1))))
"""The kinds, in the order of an identity's values."""

Filter = Callable[[Value], bool]
