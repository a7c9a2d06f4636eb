"""Check digits of national identity numbers. Each takes digits (and letters) without what groups them.

Sources: the issuing authorities' rules as gathered in python-stdnum; ISO/IEC 7064; Verhoeff 1969.
"""

import re

from eduscope.privacy.digits import luhn

_VERHOEFF = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)
_DIHEDRAL = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ITALIAN_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_NO_NINO = re.compile("BG|GB|KN|NK|NT|TN|ZZ|[DFIQUV]|.[DFIQUVO]")


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def _is_date(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def gb_nino(value: str) -> bool:
    """UK National Insurance number: no check digit; prefixes that were never issued."""
    return not _NO_NINO.match(value)


def de_idnr(value: str) -> bool:
    """German Identifikationsnummer: one digit twice or three times among the first ten; ISO 7064 mod 11,10."""
    repeats = sorted(value[:10].count(d) for d in set(value[:10]))
    if value[0] == "0" or repeats[-1] not in (2, 3) or (len(repeats) > 1 and repeats[-2] > 1):
        return False
    product = 10
    for digit in value[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(value[10])


def fr_nir(value: str) -> bool:
    """French numéro de sécurité sociale: sex, month, département, and the key of 97; Corsica has 2A and 2B."""
    month = int(value[3:5])
    if value[0] not in "123478" or not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):
        return False
    number = int(value[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(value[13:])


def es_dni(value: str) -> bool:
    """Spanish DNI, or NIE where it begins with X, Y or Z."""
    number = value[:-1].translate(str.maketrans("XYZ", "012"))
    return _SPANISH_LETTERS[int(number) % 23] == value[-1]


def it_codice_fiscale(value: str) -> bool:
    """Italian codice fiscale: the last letter checks the others by their places."""
    odd = sum(_ITALIAN_ODD[int(c) if c.isdigit() else ord(c) - 65] for c in value[:15:2])
    even = sum(int(c) if c.isdigit() else ord(c) - 65 for c in value[1:15:2])
    return chr(65 + (odd + even) % 26) == value[15]


def in_aadhaar(value: str) -> bool:
    """Indian Aadhaar: twelve digits, the first from 2 to 9, Verhoeff."""
    check = 0
    for place, digit in enumerate(reversed(value)):
        check = int(_DIHEDRAL[check][int(_VERHOEFF[place % 8][int(digit)])])
    return value[0] not in "01" and value != value[::-1] and check == 0


def ca_sin(value: str) -> bool:
    """Canadian social insurance number: Luhn; none begins with 8, and 0 is for programmes."""
    return value[0] != "8" and luhn(value) and len(set(value)) > 1


def br_cpf(value: str) -> bool:
    """Brazilian CPF: two check digits mod 11; not eleven times the same digit."""
    if len(set(value)) == 1:
        return False
    checks = (
        _weighted(value[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)),
        _weighted(value[:10], (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)),
    )
    return "".join(str(-c % 11 % 10) for c in checks) == value[9:]


def nl_bsn(value: str) -> bool:
    """Dutch burgerservicenummer: the eleven test."""
    return (
        value.strip("0") != "" and (_weighted(value[:8], (9, 8, 7, 6, 5, 4, 3, 2)) - int(value[8])) % 11 == 0
    )


def pl_pesel(value: str) -> bool:
    """Polish PESEL: a date whose month tells the century, and a weighted sum."""
    month = int(value[2:4]) % 20
    check = -_weighted(value[:10], (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10
    return _is_date(str(month), value[4:6]) and check == int(value[10])


def se_personnummer(value: str) -> bool:
    """Swedish personnummer: a date and Luhn over the last ten digits; coordination numbers add 60 to the day."""
    short = value[-10:]
    return luhn(short) and _is_date(short[2:4], str(int(short[4:6]) % 60))


def au_tfn(value: str) -> bool:
    """Australian tax file number: a weighted sum mod 11."""
    return value.strip("0") != "" and _weighted(value, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def za_id(value: str) -> bool:
    """South African identity number: a date and Luhn."""
    return _is_date(value[2:4], value[4:6]) and luhn(value)


def cn_resident(value: str) -> bool:
    """Chinese resident identity number: region, date of birth, ISO 7064 mod 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    is_born = value[6:8] in ("19", "20") and _is_date(value[10:12], value[12:14])
    return is_born and "10X98765432"[_weighted(value[:17], weights) % 11] == value[17]
