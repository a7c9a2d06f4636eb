"""International bank account numbers (ISO 13616): the country's structure and the mod-97 check."""

import re

from eduscope.privacy.detector import Detector, Sign, when

_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD", "19": "MK SI FK", "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM TL SO",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"
)
_NAMED = re.compile(
    r"(?i:\biban\b[\"' #:=]{0,6}(?:is )?)(?P<value>[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?)(?![A-Za-z0-9])"
)


def _is_iban(value: str) -> bool:
    """Whether a value has its country's length and the right check digits."""
    compact = value.replace(" ", "").replace("-", "").upper()
    if _LENGTHS.get(compact[:2]) != len(compact):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


_SIGN = Sign("0-9", r"[0-9](?<=[A-Za-z]{2}..)[ -]?[A-Za-z0-9]{4}[ -]?[A-Za-z0-9]{4}")

MESSAGE = (Detector("IBAN", _CANDIDATE, signs=(_SIGN,), locate=when(_is_iban)),)
PROSE = (*MESSAGE, Detector("IBAN", _NAMED, signs=(_SIGN,)))
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("refund to GB29NWBK60161331926819 sent", "GB29NWBK60161331926819"),
    ("iban=DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
)
SPARES = ("GB29NWBK60161331926818", "de893704004405320130000f", "trace 4bf92f3577b34da6a3ce929d0e0e4736")
