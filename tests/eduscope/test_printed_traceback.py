import traceback

from eduscope.printed_traceback import read_traceback


def printed(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def fail() -> None:
    try:
        raise KeyError("first")
    except KeyError as cause:
        raise ValueError("no grade\nfor this quiz") from cause


def test_a_printed_traceback_becomes_fields_without_source_lines() -> None:
    try:
        fail()
    except ValueError as error:
        text = f"Application callable raised an exception\n{printed(error)}"
    said, fields = read_traceback(text)
    assert said == "Application callable raised an exception"
    assert fields["exception.type"] == "ValueError"
    assert fields["exception.message"] == "no grade\nfor this quiz"
    assert "raise" not in fields["exception.stacktrace"]
    assert "caused by KeyError" in fields["exception.stacktrace"]
    assert fields["exception.stacktrace"].count("test_printed_traceback.py:") == 3


def test_a_message_without_a_traceback_is_left_alone() -> None:
    assert read_traceback("File not found") == ("File not found", {})


def test_a_traceback_that_breaks_off_says_where_it_was() -> None:
    said, fields = read_traceback(
        'Traceback (most recent call last):\n  File "/a/b/c.py", line 7, in run\n    go()'
    )
    assert said == "exception printed"
    assert fields == {
        "exception.type": "unknown",
        "exception.message": "",
        "exception.stacktrace": "b/c.py:7 in run",
    }


def test_a_group_of_exceptions_keeps_the_frames() -> None:
    text = printed(ExceptionGroup("two", [ValueError("a"), KeyError("b")]))
    _, fields = read_traceback("Traceback (most recent call last):\n" + text)
    assert fields["exception.type"]
