"""Checks of numbers that are issued with a check digit or within fixed ranges."""

import re

_NOT_DIGITS = re.compile(r"\D+")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def digits_of(text: str) -> str:
    """The digits of a text, without what groups them."""
    return _NOT_DIGITS.sub("", text)


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    ordered = [int(d) for d in reversed(digits)]
    return (sum(ordered[::2]) + sum(_DOUBLED[d] for d in ordered[1::2])) % 10 == 0


def ssn(digits: str) -> bool:
    """Whether nine digits can be a US social security number: no area 000, 666 or 9xx, no zero group or serial."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
