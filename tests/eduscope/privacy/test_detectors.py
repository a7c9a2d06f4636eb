"""Every detector catches its examples whole, and spares what only looks alike."""

import pytest

from eduscope.privacy import detectors, find, is_clean, redact

MODULES = detectors.modules()
CATCHES = [(text, value) for m in MODULES for text, value in m.CATCHES]
SPARES = [text for m in MODULES for text in m.SPARES]
PROSE_CATCHES = [(text, value) for m in MODULES for text, value in getattr(m, "PROSE_CATCHES", ())]
PROSE_SPARES = [text for m in MODULES for text in getattr(m, "PROSE_SPARES", ())]


@pytest.mark.parametrize(("text", "value"), CATCHES)
def test_catches(text: str, value: str) -> None:
    assert value in [text[s.start : s.end] for s in find(text, "message")]
    assert value not in redact(text)
    assert not is_clean(text)


@pytest.mark.parametrize("text", SPARES)
def test_spares(text: str) -> None:
    assert find(text, "message") == []
    assert redact(text) == text
    assert is_clean(text)


@pytest.mark.parametrize(("text", "value"), PROSE_CATCHES)
def test_catches_in_prose(text: str, value: str) -> None:
    assert value in [text[s.start : s.end] for s in find(text)]
    assert value not in redact(text, "prose")


@pytest.mark.parametrize("text", PROSE_SPARES)
def test_spares_in_prose(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__.rpartition(".")[2])
def test_every_detector_has_examples_a_rank_and_a_gate(module: object) -> None:
    name = getattr(module, "__name__", "")
    assert getattr(module, "CATCHES", ()), f"{name} has no example it catches"
    assert getattr(module, "SPARES", ()), f"{name} has no example it spares"
    assert getattr(module, "GATE", ()) or getattr(module, "GATE_NUMBERS", ()), (
        f"{name} has no pattern for the gate"
    )
    assert isinstance(getattr(module, "RANK", None), int)


def test_ranks_are_unique_so_that_overlaps_have_one_name() -> None:
    ranks = [m.RANK for m in MODULES]
    assert len(set(ranks)) == len(ranks)


SECRETS = [
    ("aws", "AKIAIOSFODNN7EXAMPLE"),
    ("github", "gho_0123456789abcdefghijABCDEFGHIJ012345"),
    ("github fine-grained", "github_pat_11ABCDEFG0abcdefghijkl_0123456789abcdefghijklmnop"),
    ("gitlab", "glpat-0a1B2c3D4e5F6g7H8i9J"),
    ("slack bot", "xoxb-123456789012-1234567890123-abcdefghijklmnopqrstuvwx"),
    ("slack app", "xapp-1-A0123456789-1234567890123-0123456789abcdef"),
    ("stripe", "rk_test_51H8abcdEFGHijkl0123"),
    ("openai", "sk-proj-0123456789abcdefghijABCDEFGHIJ"),
    ("anthropic", "sk-ant-api03-0123456789abcdefghij-ABCDEFGHIJ"),
    ("google", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    ("google oauth", "ya29.a0AfH6SMBx0123456789abcdef"),
    ("npm", "npm_0123456789abcdefghijABCDEFGHIJ012345"),
    ("pypi", "pypi-AgEIcHlwaS5vcmcCJDAxMjM0NTY3"),
    ("hugging face", "hf_abcdefghijklmnopqrstuvwxyz01234567"),
    ("sendgrid", "SG.0123456789abcdefghij_A.0123456789abcdefghijABCDEFGHIJ-_0123456789"),
    ("twilio", "SK0123456789abcdef0123456789abcdef"),
    ("digitalocean", "dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("databricks", "dapi0123456789abcdef0123456789abcdef"),
    ("vault", "hvs.CAESIJ0123456789abcdefghijklmnopqrstuv"),
    ("telegram", "123456789:AAF0123456789abcdefghijklmnopqrstuv"),
    ("azure", "abc8Q~0123456789abcdefghijklmnopqrstuvw"),
    ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fw"),
    ("shopify", "shpat_0123456789abcdef0123456789abcdef"),
    ("terraform", "0123456789abcd.atlasv1.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"),
]


@pytest.mark.parametrize(("issuer", "secret"), SECRETS)
@pytest.mark.parametrize("text", ["{}", "sent {} upstream", '{{"x": "{}"}}', "a={}&b=1", "({})."])
def test_issued_keys_are_found_without_a_key_word(issuer: str, secret: str, text: str) -> None:
    assert secret not in redact(text.format(secret)), issuer


@pytest.mark.parametrize(
    "text",
    [
        *("password={}", "password: {}", '"password": "{}"', "'passwd' : '{}'", "DB_PASSWORD={}", "pwd={}&x=1"),
        "x-api-key: {}",
        r"{{\"password\": \"{}\"}}", "<secret>{}</secret>", "client_secret={};scope=x", "passphrase => {}", "otp={}",
        "mysql://root:{}@db/x", "Authorization: Basic {}", "authorization=Bearer {}",
    ],
)  # fmt: skip
def test_secrets_are_found_behind_their_names(text: str) -> None:
    secret = "hunter2-Xyz77"
    assert secret not in redact(text.format(secret))


def test_prose_counts_the_words_around_a_number() -> None:
    text = "Hi, my number is 0494 92 82 32, or text 467 3395. My card 630427373398 is lost."
    assert [s.type for s in find(text)] == ["PHONE", "PHONE", "CARD"]
    assert find(text, "message") == []


def test_user_names_are_for_messages_only() -> None:
    assert find("it is for user stories of all kinds", "prose") == []
