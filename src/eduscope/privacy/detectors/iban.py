"""International bank account numbers (ISO 13616): the country's own structure, and the mod-97 check."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import END, START_UNJOINED
from eduscope.privacy.signs import Sign

RANK = 40

# The SWIFT registry's structures behind the check digits: n digits, a capital letters, c either.
_STRUCTURES = """
AD 8n12c  AE 19n  AL 8n16c  AT 16n  AZ 4a20c  BA 16n  BE 12n  BG 4a6n8c  BH 4a14c  BI 23n  BR 23n1a1c  BY 4c4n16c
CH 5n12c  CR 18n  CY 8n16c  CZ 20n  DE 18n  DJ 23n  DK 14n  DO 4c20n  EE 16n  EG 25n  ES 20n  FI 14n  FK 2a12n
FO 14n  FR 10n11c2n  GB 4a14n  GE 2a16n  GI 4a15c  GL 14n  GR 7n16c  GT 4c20c  HR 17n  HU 24n  IE 4a14n  IL 19n
IQ 4a15n  IS 22n  IT 1a10n12c  JO 4a4n18c  KW 4a22c  KZ 3n13c  LB 4n20c  LC 4a24c  LI 5n12c  LT 16n  LU 3n13c
LV 4a13c  LY 21n  MC 10n11c2n  MD 2c18c  ME 18n  MK 3n10c2n  MN 16n  MR 23n  MT 4a5n18c  MU 4a19n3a  NI 4a20n
NL 4a10n  NO 11n  OM 3n16c  PK 4a16c  PL 24n  PS 4a21c  PT 21n  QA 4a21c  RO 4a16c  RS 18n  RU 14n15c  SA 2n18c
SC 4a20n3a  SD 14n  SE 20n  SI 15n  SK 20n  SM 1a10n12c  SO 19n  ST 21n  SV 4a20n  TL 19n  TN 20n  TR 6n16c
UA 6n19c  VA 18n  VG 4a16n  XK 16n  YE 4a4n18c
"""
_CHARACTERS = {"n": "[0-9]", "a": "[A-Za-z]", "c": "[A-Za-z0-9]"}


def _structure(parts: str) -> str:
    """`4a6n` as a pattern."""
    return "".join(f"{_CHARACTERS[kind]}{{{count}}}" for count, kind in re.findall(r"([0-9]+)([nac])", parts))


_COUNTRIES = dict(zip(_STRUCTURES.split()[::2], _STRUCTURES.split()[1::2], strict=True))
_ACCOUNTS = {country: ascii_pattern("[0-9]{2}" + _structure(parts)) for country, parts in _COUNTRIES.items()}
_LENGTHS = {
    country: 4 + sum(int(count) for count, _ in re.findall(r"([0-9]+)([nac])", parts))
    for country, parts in _COUNTRIES.items()
}
_BEGINNING = (
    r"[A-Za-z]{2}[0-9]{2}(?=[A-Za-z0-9]{11}|(?P<gap>[ -])(?:[A-Za-z0-9]{4}(?P=gap)){2}[A-Za-z0-9]{3})"
)
_INSIDE = ascii_pattern(r"[\w-]")


def _whole(text: str, start: int, gap: str) -> tuple[int, str]:
    """Where an account number ends, and what it is without its gaps; its country says how long it is.

    A pattern cannot tell: `… 0310 at noon` goes on like one more group.
    """
    length = _LENGTHS.get(text[start : start + 2].upper(), 0)
    if not gap:
        return start + length, text[start : start + length].upper()
    written = text[start : start + length + (length - 1) // 4]
    is_grouped = all(c == gap for c in written[4::5])
    return start + len(written), written.replace(gap, "").upper() if is_grouped else ""


def _complete(match: re.Match[str]) -> tuple[Range, str] | None:
    """A number of its country's structure, with nothing more behind it."""
    start = match.start()
    end, compact = _whole(match.string, start, match["gap"] or "")
    account = _ACCOUNTS.get(compact[:2])
    if account is None or not account.fullmatch(compact, 2) or _INSIDE.match(match.string, end):
        return None
    return (start, end), compact


def _checked(match: re.Match[str]) -> Range | None:
    """The number, if its check digits are right."""
    found = _complete(match)
    if found is None:
        return None
    place, compact = found
    return place if int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1 else None


_SIGN = Sign(
    "0-9",
    r"(?<=[A-Za-z]{2}.)(?<![\w.-][A-Za-z]{2}.)[0-9][ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{3}",
    shapes=("aa00",),
)
_GROUPS = (
    r"[A-Za-z]{2}[0-9]{2}(?:[A-Za-z0-9]{11,30}"
    r"|(?P<gap>[ -])[A-Za-z0-9]{4}(?:(?P=gap)[A-Za-z0-9]{4}){1,6}(?:(?P=gap)[A-Za-z0-9]{1,3})?)"
)

_CHECKED = Detector(
    "IBAN", ascii_pattern(rf"(?<![\w.-]){_BEGINNING}"), signs=(_SIGN,), locate=_checked, reach=2
)
_NAMED = Detector(
    "IBAN", ascii_pattern(rf"(?i:\biban\b)[^0-9\n]{{0,16}}?\b(?P<value>{_GROUPS})(?!\w)"), signs=(_SIGN,)
)

MESSAGE = (_CHECKED,)
PROSE = (_CHECKED, _NAMED)
GATE = tuple(
    b"(?i)" + START_UNJOINED + f"{country}[0-9]{{2}}(?:{_structure(parts)}".encode() + END
    + rb"|[ -](?:[A-Z0-9]{4}[ -]){2}[A-Z0-9]{3})"
    for country, parts in _COUNTRIES.items()
)  # fmt: skip

CATCHES = (
    ("refund to GB29NWBK60161331926819 sent", "GB29NWBK60161331926819"),
    ("iban=DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
    (
        "from ES91 2100 0418 4502 0005 1332 to PL61 1090 1014 0000 0712 1981 2874",
        "ES91 2100 0418 4502 0005 1332",
    ),
    ("from BE68 5390 0754 7034 into GB29 NWBK 6016 1331 9268 19 now", "GB29 NWBK 6016 1331 9268 19"),
)
SPARES = ("GB29NWBK60161331926818", "de893704004405320130000f", "trace 4bf92f3577b34da6a3ce929d0e0e4736")
PROSE_CATCHES = (
    ("my account is ES91 2100 0418 4502 0005 1332 at the bank", "ES91 2100 0418 4502 0005 1332"),
)
