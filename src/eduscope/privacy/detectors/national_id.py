"""National identity numbers other than the US one: each country's form and check digits.

Most are runs of nine to twelve digits, which logs are full of: they count only behind a word that says what they
are. Four forms are unmistakable and need none.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from eduscope.privacy import national
from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import ASSIGN, END, START
from eduscope.privacy.signs import Sign, key_sign

RANK = 45

_GAPS = re.compile(r"[ .\-/]+")


class _Number(NamedTuple):
    """A country's number: what it is called, its form, and its check."""

    names: str
    form: str
    is_valid: Callable[[str], bool]


_SPLIT = "[ .-]?"
_NUMBERS = {
    "gb": _Number(
        r"nino|national[ _-]?insurance|ni",
        rf"[A-Za-z]{{2}}{_SPLIT}[0-9]{{2}}{_SPLIT}[0-9]{{2}}{_SPLIT}[0-9]{{2}}{_SPLIT}[A-Da-d]",
        national.gb_nino,
    ),
    "de": _Number(
        r"steuer[ _-]?(?:id|identifikationsnummer|nummer)|id[ _-]?nr|identifikationsnummer|tax[ _-]?id",
        rf"[1-9][0-9]{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}",
        national.de_idnr,
    ),
    "fr": _Number(
        r"nir|insee|s[eé]cu|s[eé]curit[eé][ _-]sociale|num[eé]ro[ _-]de[ _-]s[eé]curit[eé][ _-]sociale",
        r"[1-478][ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?(?:[0-9]{2}|2[ABab])[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{2}",
        national.fr_nir,
    ),
    "es": _Number(
        r"dni|nie|nif", rf"(?:[XYZxyz]{_SPLIT}[0-9]{{7}}|[0-9]{{8}}){_SPLIT}[A-Za-z]", national.es_dni
    ),
    "in": _Number(r"aadh?aa?r|uidai", r"[2-9][0-9]{3}([ -]?)[0-9]{4}(?:[ -]?)[0-9]{4}", national.in_aadhaar),
    "ca": _Number(
        r"sin|social[ _-]?insurance", rf"[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}", national.ca_sin
    ),
    "br": _Number(r"cpf", rf"[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{2}}", national.br_cpf),
    "nl": _Number(
        r"bsn|burgerservicenummer|sofinummer", rf"[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}", national.nl_bsn
    ),
    "pl": _Number(r"pesel", r"[0-9]{11}", national.pl_pesel),
    "se": _Number(
        r"person(?:n|al[ _-]?n)um(?:mer|ber)|personnr", r"(?:19|20)?[0-9]{6}[+ -]?[0-9]{4}", national.se_personnummer
    ),
    "au": _Number(r"tfn|tax[ _-]?file", rf"[0-9]{{3}}{_SPLIT}[0-9]{{3}}{_SPLIT}[0-9]{{3}}", national.au_tfn),
    "za": _Number(r"(?:sa|rsa|za)[ _-]?id", r"[0-9]{13}", national.za_id),
    "cn": _Number(r"resident[ _-]?(?:id|identity)|shenfenzheng", r"[1-8][0-9]{16}[0-9Xx]", national.cn_resident),
    "other": _Number(
        r"passport|passeport|reisepass|national[ _-]?(?:id|identity)|identity[ _-]?card|driving[ _-]?licen[cs]e"
        r"|driver'?s?[ _-]?licen[cs]e",
        r"(?=(?:[A-Za-z]{0,3}[0-9]){4})[A-Za-z0-9]{6,20}",
        lambda _value: True,
    ),
}  # fmt: skip
_BEHIND = r"(?:[ _-]?(?:no|nr|num|number|id|code))?"
_KEY = r"[\"'\\]{0,3}\.? {0,3}[:=>] {0,3}[\"'\\]{0,3}"
_SAID = r"\b[^0-9\n]{0,24}?(?<![A-Za-z0-9])"


def _by_country(between: str) -> re.Pattern[str]:
    """A pattern with a group for each country's number, behind one of its names."""
    forms = (
        f"(?i:{n.names}){_BEHIND if between is _KEY else ''}{between}(?P<{country}>{n.form})"
        for country, n in _NUMBERS.items()
    )
    return ascii_pattern(rf"(?<![A-Za-z0-9])(?i:(?:{'|'.join(forms)}))(?![A-Za-z0-9])(?![.-]?[0-9])")


def _valid(match: re.Match[str]) -> Range | None:
    """The number, if its country's check holds."""
    country = next(c for c in _NUMBERS if match[c] is not None)
    compact = _GAPS.sub("", match[country]).replace("+", "").upper()
    return match.span(country) if _NUMBERS[country].is_valid(compact) else None


def _plain(is_valid: Callable[[str], bool]) -> Callable[[re.Match[str]], Range | None]:
    def locate(match: re.Match[str]) -> Range | None:
        return match.span() if is_valid(_GAPS.sub("", match.group()).upper()) else None

    return locate


_ENDS = (
    *(
        "ino",
        "rance",
        "cence",
        " ni",
        "_ni",
        '"ni',
        "_id",
        " id",
        "-id",
        "rid",
        "xid",
        "tid",
        "aid",
        "mmer",
        "dnr",
        "_nr",
        " nr",
    ),
    *(
        "nir",
        "nsee",
        "ecu",
        "écu",
        "ciale",
        "dni",
        "nie",
        "nif",
        "aar",
        "har",
        "dar",
        "idai",
        "sin",
        "cpf",
        "bsn",
        "pesel",
    ),
    *(
        "mber",
        "nnr",
        "tfn",
        "xfile",
        "x[ _-]file",
        "ntity",
        "zheng",
        "port",
        "epass",
        "ycard",
        "y[ _-]card",
        "cense",
        "_no",
        " no",
        "tno",
        "num",
        "code",
        "no.",
    ),
    *(
        "nr.",
        "id.",
        "fn.",
        "pf.",
        "rno",
        "eno",
        "eid",
        "sno",
        "lid",
        "fno",
        "nno",
        "-no",
        "-nr",
        "onr",
        "dno",
    ),
)
_KEYED = Detector(
    "NATIONAL_ID",
    _by_country(_KEY),
    signs=(key_sign(*_ENDS, then=r"[\"'\\ ]{0,6}[A-Za-z]{0,3}[ .-]?[0-9]{2}"),),
    locate=_valid,
    reach=48,
)
_CODICE = Detector(
    "NATIONAL_ID",
    ascii_pattern(
        r"(?<![\w.-])[A-Za-z]{6}[0-9]{2}[A-EHLMPR-Ta-ehlmpr-t][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z](?![\w-])"
    ),
    signs=(
        Sign(
            "0-9",
            r"[0-9](?<=[A-Za-z]{2}..)[A-Za-z][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]",
            shapes=("aa00a00a000a",),
        ),
    ),
    locate=_plain(national.it_codice_fiscale),
    reach=6,
)
_CPF = Detector(
    "NATIONAL_ID",
    ascii_pattern(r"(?<![\w.-])[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}(?![\w-])(?!\.[0-9])"),
    signs=(Sign("-", r"(?<=\.[0-9]{3}\.[0-9]{3}-)[0-9]{2}", shapes=(".000.000-00",)),),
    locate=_plain(national.br_cpf),
    reach=11,
)
_NIR = Detector(
    "NATIONAL_ID",
    ascii_pattern(
        r"(?<![\w.-])[1-478] [0-9]{2} [0-9]{2} (?:[0-9]{2}|2[AB]) [0-9]{3} [0-9]{3} [0-9]{2}(?![\w-])(?!\.[0-9])"
    ),
    signs=(Sign("1-478", r" [0-9]{2} [0-9]{2} [0-9][0-9AB] [0-9]{3} ", shapes=("0 00 00 0",)),),
    locate=_plain(national.fr_nir),
    reach=0,
)
_IN_PROSE = Detector(
    "NATIONAL_ID",
    _by_country(_SAID),
    signs=(Sign("0-9", r"[0-9]?(?:[ .-]?[0-9A-Za-z]){3}"),),
    locate=_valid,
)
_NINO = Detector(
    "NATIONAL_ID",
    ascii_pattern(r"(?<![\w-])[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D](?![\w-])"),
    signs=(Sign("0-9", r"[0-9](?<=[A-Z][A-Z ]..) ?[0-9]{2} ?[0-9]{2} ?[A-D]"),),
    locate=_plain(national.gb_nino),
    reach=3,
)
_DNI = Detector(
    "NATIONAL_ID",
    ascii_pattern(r"(?<![\w-])(?:[XYZ]-?[0-9]{7}|[0-9]{8})-?[A-Z](?![\w-])"),
    signs=(Sign("0-9", r"[0-9]{6,7}-?[A-Z]"),),
    locate=_plain(national.es_dni),
    reach=2,
)

MESSAGE = (_KEYED, _CODICE, _CPF, _NIR)
PROSE = (*MESSAGE, _IN_PROSE, _NINO, _DNI)
_ALL_NAMES = (
    "|".join(n.names for n in _NUMBERS.values())
    .replace("[eé]", "(?:e|\\xc3\\xa9|\\\\u00e9)")
    .replace("'?", ".?")
)
GATE = (
    rb"(?i)" + START + rb"(?:" + _ALL_NAMES.encode() + rb")(?:[ _-]?(?:no|nr|num|number|id|code))?\.?"
    + ASSIGN + rb"[a-z]{0,3}[ .-]?[0-9]{2}",
)  # fmt: skip
# Letters without a literal too: behind the numbers' guard it costs nothing, alone a third of the gate's speed.
GATE_NUMBERS = (
    rb"[A-Za-z]{6}[0-9]{2}[A-EHLMPR-Ta-ehlmpr-t][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z]" + END,
    rb"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}" + END,
    rb"[1-478] [0-9]{2} [0-9]{2} (?:[0-9]{2}|2[AB]) [0-9]{3} [0-9]{3} [0-9]{2}",
)

CATCHES = (
    ("nino=AB123456C accepted", "AB123456C"),
    ("steuer_id: 86095742719", "86095742719"),
    ("NIR 1 85 05 78 006 084 91 noted", "1 85 05 78 006 084 91"),
    ('{"dni": "12345678Z"}', "12345678Z"),
    ("nie=X1234567L", "X1234567L"),
    ("saved RSSMRA85T10A562S", "RSSMRA85T10A562S"),
    ("aadhaar_no=2341 2341 2346", "2341 2341 2346"),
    ("sin: 046 454 286", "046 454 286"),
    ("customer 529.982.247-25 enrolled", "529.982.247-25"),
    ("bsn=111222333", "111222333"),
    ("pesel=44051401359", "44051401359"),
    ("personnummer: 811228-9874", "811228-9874"),
    ("tfn=123 456 782", "123 456 782"),
    ("passport_no=C01X00T47", "C01X00T47"),
)
SPARES = (
    "steuer_id: 86095742710",
    "batch AB123456C done",
    "job 86095742719 took 12345678 ms",
    "aadhaar_no=2341 2341 2345",
    "version 529.982.247-24",
    "sin: 0.46454286 cos: 0.8855",
    "basin=046454286",
    "passport.initialize took 120 ms",
)
