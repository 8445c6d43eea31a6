"""Logs that name processes, views and ids, and nobody: one JSON object a line in production.

Only what is listed here is written, whatever a library hands over: no mail address, no name, no answer, no token, no
image's name, no query string, and of an IP address only its network. An exception is told by its kind and where it was raised; its message may
hold what somebody typed.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import TracebackType
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
_FIELDS = ("view", "method", "status", "milliseconds", "task", "task_id", "queue")
_MAIL = re.compile(r"[^\s@'\"<>()\[\]{},;:]+@[^\s@'\"<>()\[\]{},;:]+\.[A-Za-z]{2,}")
# What PostgreSQL tells of a row that breaks a rule.
_ROW = re.compile(r"\)=\(.*\)")
_QUERY = re.compile(r"\?[^\s\"']*=[^\s\"']*")
# A public id has 26 characters, a token 43.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,}")
_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){2,7}[0-9a-fA-F:]*[0-9a-fA-F]\b")
_KEPT_BITS = {4: 24, 6: 48}


def scrub(text: str) -> str:
    """The text without mail addresses, tokens, query strings and the values of rows; IP addresses cut to their network."""
    for pattern, instead in ((_ROW, ")=(…)"), (_MAIL, "(mail)"), (_QUERY, "?…"), (_TOKEN, "(token)")):  # fmt: skip
        text = pattern.sub(instead, text)
    return _IPV6.sub(_network, _IPV4.sub(_network, text))


def _network(match: re.Match[str]) -> str:
    try:
        address = ip_address(match[0])
    except ValueError:  # a version number, or a time
        return match[0]
    if address.is_loopback or address.is_unspecified:
        return match[0]
    return str(ip_network((address, _KEPT_BITS[address.version]), strict=False)).replace(
        "/", "_"
    )  # a network, plainly no host


class ScrubbedFormatter(logging.Formatter):
    """A line of text for people, scrubbed."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, with a closed list of fields."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrub(_message(record)),
            "process": record.process,
        }
        if known := getattr(record, "request_id", "") or request_id.get():
            told["request_id"] = known
        for name in _FIELDS:
            if (value := record.__dict__.get(name)) is not None:
                told[name] = value if isinstance(value, int | float) else scrub(str(value))
        if record.exc_info and record.exc_info[0] is not None:
            told["exception"] = _exception(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """Celery writes a failed task's exception, message and all, into its line; its kind is told apart."""
    args = record.args
    if isinstance(args, dict) and "exc" in args and "traceback" in args:
        return f"Task {args.get('name')} [{args.get('id')}] {args.get('description', 'failed')}"
    if record.name == "django.request":
        # The path may hold a token; the access line of the same request names the view.
        return record.getMessage().partition(":")[0]
    return record.getMessage()


def _exception(
    info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
) -> dict[str, Any]:
    kind, error, trace = info
    assert kind is not None and error is not None  # nosec B101  # noqa: S101, PT018 (asked for before)
    frames = traceback.extract_tb(trace)
    return {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        "frames": [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames],
    }
