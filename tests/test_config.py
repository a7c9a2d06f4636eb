"""The platform's options: one table, flags over environment over defaults, nothing odd accepted."""

from pathlib import Path

import pytest

from eduscope import config as sdk
from eduscope_server import config as config_module
from eduscope_server.config import (
    FOREIGN_NAMES,
    ConfigError,
    Listen,
    Settings,
    environment_of,
    flag_of,
    option_rows,
)


def test_without_anything_the_defaults_hold() -> None:
    settings = Settings.load({}, {"PATH": "/bin"})
    assert settings == Settings()
    assert settings.url == "http://127.0.0.1:4400"


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_default() -> None:
    environment = {"EDUSCOPE_LISTEN": "127.0.0.1:1", "EDUSCOPE_DATA": "/from/environment"}
    settings = Settings.load({"listen": "127.0.0.1:2", "data": None}, environment)
    assert settings.listen == Listen("127.0.0.1", 2)
    assert settings.data == Path("/from/environment")


def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert Settings.load({}, {"EDUSCOPE_LISTEN": "", "EDUSCOPE_MAX_BODY_BYTES": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_body_bytes", "1048576", 1 << 20),
        ("max_body_bytes", "64MiB", 64 << 20),
        ("max_body_bytes", "2 GiB", 2 << 30),
        ("network_bits_v4", "16", 16),
        ("network_bits_v6", "64", 64),
        ("listen", "[::1]:80", Listen("::1", 80)),
        ("listen", "localhost:0", Listen("localhost", 0)),
        ("data", "~/x", Path("~/x").expanduser()),
        ("log_level", "WARNING", "warning"),
        ("postgres", "postgresql://u:p@h/d", "postgresql://u:p@h/d"),
        ("public_url", "https://eduscope.example.org/", "https://eduscope.example.org"),
    ],
)
def test_values_are_read(name: str, text: str, value: object) -> None:
    assert getattr(Settings.load({name: text}, {}), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_body_bytes", "0"),
        ("max_body_bytes", "-1"),
        ("max_body_bytes", "16MB"),
        ("network_bits_v4", "23"),
        ("network_bits_v6", "/48"),
        ("shutdown_seconds", "1.5"),
        ("listen", "4400"),
        ("listen", "127.0.0.1:65536"),
        ("log_level", "loud"),
        ("postgres", "mysql://h"),
        ("clickhouse", "h:9000"),
        ("public_url", "eduscope.example.org"),
        ("ingest_key", "with space"),
        ("admin_token", "Schlüssel"),
        ("data", ""),
    ],
)
def test_an_odd_value_is_refused_by_its_name_with_what_is_wanted(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^{flag_of(name)} is .*; expected "):
        Settings.load({name: text}, {})


def test_a_secret_is_not_shown_when_it_is_odd_or_printed() -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.load({}, {"EDUSCOPE_ADMIN_TOKEN": "very secret"})
    assert "very secret" not in str(refused.value)
    assert "geheim" not in repr(Settings.load({}, {"EDUSCOPE_POSTGRES": "postgresql://u:geheim@h/d"}))


@pytest.mark.parametrize(("name", "near"), [("EDUSCOPE_LISTN", "LISTEN"), ("EDUSCOPE_POSTGRESS", "POSTGRES")])
def test_a_misspelt_name_is_refused_with_the_name_that_was_meant(name: str, near: str) -> None:
    with pytest.raises(ConfigError, match=f"did you mean EDUSCOPE_{near}"):
        Settings.load({}, {name: "x"})


def test_platform_and_services_may_share_one_environment() -> None:
    of_the_sdk = {environment_of(name) for name in sdk.options()}
    assert of_the_sdk <= FOREIGN_NAMES | {row.environment for row in option_rows()}
    sdk.load({"service": "courses"}, {row.environment: "" for row in option_rows()})


def test_a_short_secret_is_for_a_laptop_not_for_a_network() -> None:
    environment = {"EDUSCOPE_INGEST_KEY": "short"}
    assert Settings.load({}, environment).ingest_key == "short"
    with pytest.raises(ConfigError, match=r"EDUSCOPE_INGEST_KEY has 5 characters; expected at least 16"):
        Settings.load({"listen": "0.0.0.0:4400"}, environment)


def test_a_width_that_cannot_be_kept_says_which_can() -> None:
    with pytest.raises(ConfigError, match='EDUSCOPE_NETWORK_BITS_V6 is "56"; expected 16, 32, 48 or 64'):
        Settings.load({}, {"EDUSCOPE_NETWORK_BITS_V6": "56"})


def test_a_key_ring_has_one_source_and_one_place() -> None:
    ring = {"EDUSCOPE_TOKEN_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZg=="}
    with pytest.raises(ConfigError, match="a key ring has one source"):
        Settings.load({"token_keys_file": "/keys"}, ring)
    assert Settings.load({"token_keys_file": "~/keys"}, {}).key_file == Path("~/keys").expanduser()
    assert Settings.load({"data": "/here"}, {}).key_file == Path("/here/token-keys")


def test_one_secret_for_reading_and_sending_is_refused() -> None:
    with pytest.raises(ConfigError, match="are the same"):
        Settings.load({}, {"EDUSCOPE_ADMIN_TOKEN": "one", "EDUSCOPE_INGEST_KEY": "one"})


@pytest.mark.parametrize(
    ("listen", "url"),
    [("0.0.0.0:80", "http://127.0.0.1:80"), ("[::1]:80", "http://[::1]:80"), ("box:1", "http://box:1")],
)
def test_links_lead_to_where_a_browser_gets(listen: str, url: str) -> None:
    assert Settings.load({"listen": listen}, {}).url == url
    assert Settings.load({"listen": listen, "public_url": "https://a.example"}, {}).url == "https://a.example"


def test_every_option_does_something() -> None:
    package = Path(config_module.__file__).parent
    code = "".join(file.read_text() for file in package.rglob("*.py") if file.name != "config.py")
    assert [
        row.name for row in option_rows() if f"settings.{row.name}" not in code and row.name != "public_url"
    ] == []
