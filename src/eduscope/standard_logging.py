"""Python's own `logging`: what libraries, servers and warnings say comes out as lines of the same shape.

Servers bring handlers of their own that print text to the console. Those are taken away while the SDK runs, and their
records go to the root, where ours is; a later `logging.config.dictConfig` (uvicorn's, granian's, Django's) is followed
by the same, and so is a handler that is added later, by a library or by `basicConfig(force=True)`. Handlers that write
elsewhere stay.
"""

import importlib
import logging
import re
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from eduscope import logging as own
from eduscope.counters import counters
from eduscope.foreign_records import reading_of
from eduscope.printed_traceback import HEAD, read_traceback
from eduscope.quiet import quiet
from eduscope.told import repeats
from eduscope.uncaught import Uncaught

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message", "asctime", "taskName", "color_message", "_eduscope",
}  # fmt: skip
"""What every record has (uvicorn's: its message again, in colours); the rest is the caller's `extra`."""

_QUERY = re.compile(r"(?<=[\w/.~%})-])\?[^\s\"'<>)]*=[^\s\"'<>)]*")
"""A query string behind a path, in a text that somebody else wrote."""


UVICORN_ENDS = "Finished server process [%d]"
"""uvicorn's last words: then it sends itself the signal that ended it, and the process is gone without `atexit`. An
application's lifespan has its end before, where it has one.
"""

LAST_WORDS_SECONDS = 1.0


def _flush() -> None:
    """Sends what waits: most was sent at the end of the lifespan, so this does not wait for long."""
    try:
        importlib.import_module("eduscope.lifecycle").flush(LAST_WORDS_SECONDS)
    except Exception:  # noqa: BLE001 - the host's end must not fail for being observed
        counters.failure("last_words")


class Handler(logging.Handler):
    """Writes records as lines. `extra` becomes fields, under the contract's rules; never raises."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record, its level the nearest of ours below it."""
        target = own.lines()
        level = min(50, max(10, record.levelno // 10 * 10))
        if quiet.on or level < target.threshold or repeats(record) or "_eduscope" in vars(record):
            return
        record._eduscope = (
            True  # a record may meet us twice: at a logger whose console we took, and at the root
        )
        message, fields = _said(record)
        fields["log.logger"] = record.name
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        target.write(level, message, fields)
        if record.msg == UVICORN_ENDS:
            _flush()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - `logging`'s name
        """Nothing: `logging` would print the record to the console, arguments and all."""


def _said(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """A record's message and fields."""
    reading = reading_of(record.name)
    if reading is not None:
        try:
            return reading(record)
        except Exception:  # noqa: BLE001 - another version of that library: its arguments may hold anything
            return "a record in a form that is not known", {}
    try:
        message: object = record.getMessage()
    except Exception:  # noqa: BLE001 - arguments that do not fit the format are the caller's mistake
        message = record.msg
    fields = {key: value for key, value in vars(record).items() if key not in STANDARD}
    if not isinstance(message, str):
        return message, fields
    if HEAD in message:
        message, exception = read_traceback(message)
        fields |= exception
    return (_QUERY.sub("", message) if "?" in message else message), fields


class _Taken(NamedTuple):
    """A handler taken from a logger, or the logger's wish not to hand its records on."""

    logger: logging.Logger
    handler: logging.Handler | None


class Capture:
    """Our handler at the root, and all that was changed for it, to be put back by `end`."""

    def __init__(self, level: int) -> None:
        """A root logger that nobody has configured is set to `level`, the lowest that is written, or to info.

        What libraries say at debug is for those who ask for it: it is much, and tells arguments.
        """
        root = logging.getLogger()
        level = max(level, logging.INFO)
        self.handler = Handler()
        self._taken: list[_Taken] = []
        self._root_level = root.level
        self._level_set = level if not root.handlers and root.level == logging.WARNING else root.level
        root.setLevel(self._level_set)
        self._warnings = logging._warnings_showwarning is None  # type: ignore[attr-defined]
        logging.captureWarnings(True)
        self._unfollow = _follow_configuration(self._after_configuration)
        self._unfollow_handlers = _follow_handlers(self._after_handler)
        self.take_consoles()
        root.addHandler(self.handler)
        # Of loggers that have no handler and keep their records to themselves, Python prints warnings itself.
        self._last_resort, logging.lastResort = logging.lastResort, Handler(logging.WARNING)
        self._uncaught = Uncaught()

    def take_consoles(self) -> None:
        """Takes the handlers that print to the console, wherever they are."""
        root = logging.getLogger()
        loggers = [
            each for each in list(root.manager.loggerDict.values()) if isinstance(each, logging.Logger)
        ]
        for logger in (root, *loggers):
            for handler in list(logger.handlers):
                if _prints(handler):
                    logger.removeHandler(handler)
                    self._taken.append(_Taken(logger, handler))
                    if not logger.propagate:
                        logger.propagate = True
                        self._taken.append(_Taken(logger, None))

    def _after_configuration(self) -> None:
        """A new configuration brought consoles back, and may have removed our handler."""
        root = logging.getLogger()
        if self.handler not in root.handlers:
            root.addHandler(self.handler)
        self.take_consoles()

    def _after_handler(self, logger: logging.Logger, handler: logging.Handler) -> None:
        """A console was added to a logger: ours takes its place, wherever the logger hands its records next."""
        root = logging.getLogger()
        if handler is self.handler or not _prints(handler):
            return
        logger.removeHandler(handler)
        self._taken.append(_Taken(logger, handler))
        for each in (logger, root):
            if self.handler not in each.handlers:
                each.addHandler(self.handler)

    def end(self) -> None:
        """Puts everything back as it was found."""
        self._uncaught.end()
        self._unfollow_handlers()
        logging.lastResort = self._last_resort
        for logger, _ in self._taken:
            logger.removeHandler(self.handler)
        root = logging.getLogger()
        root.removeHandler(self.handler)
        if root.level == self._level_set:
            root.setLevel(self._root_level)
        for logger, handler in reversed(self._taken):
            if handler is None:
                logger.propagate = False
            else:
                logger.addHandler(handler)
        if self._warnings:
            logging.captureWarnings(False)
        self._unfollow()


def _prints(handler: logging.Handler) -> bool:
    """Whether a handler writes to the console."""
    consoles = {id(each) for each in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__) if each}
    return isinstance(handler, logging.StreamHandler) and id(handler.stream) in consoles


def _follow_configuration(then: Callable[[], None]) -> Callable[[], None]:
    """Calls `then` after every later `dictConfig`, by the seam `logging.config` has for it. Gives what ends that."""
    config: Any = importlib.import_module("logging.config")
    before = config.dictConfigClass

    class Configurator(before):  # type: ignore[misc, valid-type]
        following = True

        def configure(self) -> None:
            super().configure()
            if self.following:
                then()

    def unfollow() -> None:
        Configurator.following = False
        if config.dictConfigClass is Configurator:
            config.dictConfigClass = before

    config.dictConfigClass = Configurator
    return unfollow


def _follow_handlers(then: Callable[[logging.Logger, logging.Handler], None]) -> Callable[[], None]:
    """Calls `then` after every handler that is added to a logger. Gives what ends that."""
    add: Any = logging.Logger.addHandler
    following = [True]

    @wraps(add)
    def adding(self: logging.Logger, hdlr: logging.Handler) -> None:
        add(self, hdlr)
        if following:
            then(self, hdlr)

    def unfollow() -> None:
        following.clear()
        if logging.Logger.addHandler is adding:
            logging.Logger.addHandler = add  # type: ignore[method-assign]

    logging.Logger.addHandler = adding  # type: ignore[method-assign]
    return unfollow
