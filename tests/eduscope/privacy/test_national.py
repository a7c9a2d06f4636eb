"""Check digits of national identity numbers: published examples pass, one wrong digit does not."""

from collections.abc import Callable

import pytest

from eduscope.privacy import find, national

VALID = [
    (national.de_idnr, "86095742719"),
    (national.de_idnr, "47036892816"),
    (national.fr_nir, "295109912611193"),
    (national.fr_nir, "185057800608491"),
    (national.es_dni, "12345678Z"),
    (national.es_dni, "X1234567L"),
    (national.it_codice_fiscale, "RCCMNL83S18D969H"),
    (national.in_aadhaar, "234123412346"),
    (national.ca_sin, "046454286"),
    (national.br_cpf, "52998224725"),
    (national.br_cpf, "39053344705"),
    (national.nl_bsn, "111222333"),
    (national.pl_pesel, "44051401359"),
    (national.se_personnummer, "8112289874"),
    (national.au_tfn, "123456782"),
    (national.za_id, "7503305044089"),
    (national.cn_resident, "11010519491231002X"),
]


@pytest.mark.parametrize(("check", "number"), VALID)
def test_published_examples_pass_and_one_wrong_digit_does_not(
    check: Callable[[str], bool], number: str
) -> None:
    assert check(number)
    place = max(i for i, c in enumerate(number) if c.isdigit() and i < len(number) - 3)
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert not check(wrong)


@pytest.mark.parametrize("number", ["QQ123456C", "GB123456C", "AO123456C"])
def test_prefixes_that_were_never_issued_are_no_nino(number: str) -> None:
    assert not national.gb_nino(number)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My national insurance number is AB 12 34 56 C, thanks.", "AB 12 34 56 C"),
        ("Mein Steuer-ID lautet 86 095 742 719.", "86 095 742 719"),
        ("DNI del alumno: 12345678Z", "12345678Z"),
        ("Her NIE is X-1234567-L", "X-1234567-L"),
        ("the aadhaar of my son is 2341 2341 2346", "2341 2341 2346"),
        ("Mon numéro de sécurité sociale est 1 85 05 78 006 084 91", "1 85 05 78 006 084 91"),
        ("codice fiscale RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("my passport C01X00T47 got lost", "C01X00T47"),
        ("CPF 529.982.247-25", "529.982.247-25"),
    ],
)
def test_prose_counts_words_and_check_digits(text: str, value: str) -> None:
    assert [text[s.start : s.end] for s in find(text, "prose") if s.type == "NATIONAL_ID"] == [value]


@pytest.mark.parametrize(
    "text",
    ["the order 86095742719 came", "call 234123412346", "in 046454286 steps", "AB123456C", "12345678Z", "pesel 1"],
)  # fmt: skip
def test_weak_forms_need_a_word_in_messages(text: str) -> None:
    assert find(text, "message") == []
