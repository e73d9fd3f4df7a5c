"""What the server writes about itself: one line for each event, for people or for programs."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

# Whose lines these are: ours, and those of the library that listens.
_LOGGERS = ("runstone", "uvicorn")
_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class _Lines(logging.Formatter):
    """One line a record: time, level, logger, what happened, and its facts."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._write = _json if as_json else _text

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _KNOWN},
        }
        if record.exc_info:
            facts["traceback"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return self._write(facts)


class _Handler(logging.StreamHandler[Any]):
    """Ours, to be told from handlers of others. The standard error is looked up at each line."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)


def configure(*, format: str, level: str) -> None:
    """Write lines of this format, of this level and above, to the standard error.

    Args:
        format: ``text`` or ``json``.
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """
    handler = _Handler()
    handler.setFormatter(_Lines(as_json=format == "json"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        for former in [each for each in logger.handlers if isinstance(each, _Handler)]:
            logger.removeHandler(former)
        logger.addHandler(handler)
        logger.setLevel(level.upper())


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=str)


def _text(facts: dict[str, Any]) -> str:
    """Facts as ``name=value``; what holds blanks or quotes is quoted, so that a line stays one line."""
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in facts.items() if value is not None)


def _quoted(text: str) -> str:
    is_plain = text and text.isprintable() and not set(text) & set(' "=\\')
    return text if is_plain else json.dumps(text, ensure_ascii=False)
