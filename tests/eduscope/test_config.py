import pytest

from eduscope.config import Config, ConfigurationError, load, options


def test_arguments_win_over_the_environment_and_the_environment_over_defaults() -> None:
    environ = {"EDUSCOPE_SERVICE": "from-env", "EDUSCOPE_RELEASE": "7", "EDUSCOPE_TRACING": "off"}
    config = load({"service": "given"}, environ)
    assert (config.service, config.release, config.tracing, config.environment) == (
        "given",
        "7",
        False,
        "production",
    )


def test_every_option_says_what_it_is_for() -> None:
    assert all(option.says.endswith(".") or "`" in option.says for _, option in options().values())


@pytest.mark.parametrize(
    ("given", "environ", "message"),
    [
        (
            {"service": "s", "trace_sample_rate": 2},
            {},
            'trace_sample_rate= is "2"; expected a number from 0 to 1',
        ),
        (
            {"service": "s"},
            {"EDUSCOPE_TRACE_SAMPLE_RATE": "lots"},
            'EDUSCOPE_TRACE_SAMPLE_RATE is "lots"; expected a number from 0 to 1',
        ),
        (
            {"service": "s", "trace_sample_rat": 1},
            {},
            "trace_sample_rat= is not an option; did you mean trace_sample_rate",
        ),
        (
            {"service": "s"},
            {"EDUSCOPE_ENDPOIN": "http://x"},
            "EDUSCOPE_ENDPOIN is not an option; did you mean endpoint?",
        ),
        (
            {"service": "s", "endpoint": "platform:4400"},
            {},
            'endpoint= is "platform:4400"; expected an http:// or https:// address',
        ),
        ({"service": "s", "endpoint": "http://me:secret@host"}, {}, "endpoint= is"),
        ({"service": "two words"}, {}, 'service= is "two words"; expected 1 to 64'),
        ({}, {}, 'service= is ""; expected the name of this service'),
        ({"service": "s", "tracing": "maybe"}, {}, 'tracing= is "maybe"; expected true or false'),
        ({"service": "s", "export_queue_bytes": 1.5}, {}, "export_queue_bytes= is"),
        ({"service": "s", "export_when_full": "panic"}, {}, "expected one of drop_oldest, drop_newest"),
        ({"service": "s", "log_level": "debug"}, {}, "debug lines exist in development only"),
        ({"service": "s", "log_level": "loud"}, {}, 'log_level= is "loud"; expected one of'),
    ],
)
def test_an_odd_value_stops_start_up_with_key_got_and_wanted(
    given: dict[str, object], environ: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(given, environ)
    assert message in str(raised.value)


def test_a_secret_is_not_shown_in_the_error() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load({"service": "s", "ingest_key": "two words"}, {})
    assert "two words" not in str(raised.value)


def test_variables_of_the_platform_are_nobodys_mistake() -> None:
    assert load({"service": "s"}, {"EDUSCOPE_CLICKHOUSE": "x", "EDUSCOPE_ADMIN_TOKEN": "y"}).service == "s"


@pytest.mark.parametrize(
    ("environment", "level"), [("development", "debug"), ("production", "info"), ("staging", "info")]
)
def test_debug_exists_in_development_only(environment: str, level: str) -> None:
    assert Config(service="s", environment=environment).level() == level


def test_lists_come_from_a_list_or_from_commas() -> None:
    assert load({"service": "s", "record_headers": ["Accept"]}, {}).record_headers == ("accept",)
    assert load({"service": "s"}, {"EDUSCOPE_RECORD_QUERY": "page, sort"}).record_query == ("page", "sort")


def test_an_empty_list_is_no_name() -> None:
    config = load({"service": "courses", "trace_exporters": "", "record_headers": " , x-feature"}, environ={})
    assert config.trace_exporters == ()
    assert config.record_headers == ("x-feature",)


@pytest.mark.parametrize(
    "address",
    ["http://h:99999", "http://h:port", "http://[::1", "http://:80", "http://h:0", "localhost:4400"],
)
@pytest.mark.parametrize("option", ["endpoint", "events_endpoint", "tempo_endpoint"])
def test_an_address_that_cannot_be_called_stops_start_up(option: str, address: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option}= is "):
        load({"service": "courses", option: address, "events_key": "k"}, environ={})


def test_an_address_with_a_password_is_not_shown() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load({"service": "courses", "endpoint": "https://ada:secret-1@school.example"}, environ={})
    assert "secret-1" not in str(raised.value)
