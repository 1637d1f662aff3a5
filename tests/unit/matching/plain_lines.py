"""The plainest reading of a JSON line, as the formats' description says it: slow and obvious."""

import json
import re
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, NoReturn

from domain.detection.condition import text
from domain.signal import Signal
from domain.source.format import JsonLines, time_zone

DEEPEST = 128
LAST = datetime(9999, 1, 1, tzinfo=UTC)
ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)


class UnreadableError(ValueError):
    """The line cannot be read."""


def read(line: bytes, written: JsonLines) -> Signal:
    """Read a line, or raise UnreadableError."""
    record = _record(line)
    moment = _moment(record, written)
    type_ = text(_first(record, written.type.split("."))) if written.type else None
    id_ = text(_first(record, written.id.split("."))) if written.id else None
    data = _first(record, written.data.split(".")) if written.data else record
    if not isinstance(data, dict):
        raise UnreadableError("no data")
    for path, value in written.add.items():
        _put(data, path.split("."), value)
    return Signal(
        id=id_ or "derived-2f9c",
        source=written.kind,
        type=type_ or written.kind,
        timestamp=moment,
        data=data,
    )


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode(), parse_float=_float, parse_constant=_constant)
        json.dumps(record, ensure_ascii=False).encode()
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(record, dict) or _depth(record) > DEEPEST:
        raise UnreadableError("not an object, or too deep")
    return record


def _float(written: str) -> float | str:
    return float(written) if isfinite(float(written)) else written


def _constant(name: str) -> NoReturn:
    raise UnreadableError(name)


def _depth(node: Any) -> int:
    if isinstance(node, dict):
        return 1 + max(map(_depth, node.values()), default=0)
    return 1 + max(map(_depth, node), default=0) if isinstance(node, list) else 0


def _first(node: Any, path: list[str]) -> Any:
    if isinstance(node, list):
        return next((found for item in node if (found := _first(item, path)) is not None), None)
    if not path or node is None:
        return node
    return _first(node.get(path[0]), path[1:]) if isinstance(node, dict) else None


def _put(data: dict[str, Any], path: list[str], value: Any) -> None:
    for segment in path[:-1]:
        if not isinstance(data.get(segment), dict):
            data[segment] = {}
        data = data[segment]
    data[path[-1]] = value


def _moment(record: dict[str, Any], written: JsonLines) -> datetime:
    paths = (written.time.field, *written.time.otherwise)
    found = (_first(record, path.split(".")) for path in paths)
    value = next((each for each in found if each is not None), None)
    try:
        if written.time.unit == "syslog":
            raise UnreadableError("only the clock tells its year")
        moment = _iso(value, written) if written.time.unit == "iso" else _epoch(value, written)
    except (ValueError, TypeError, OverflowError) as error:
        raise UnreadableError(f"time: {error}") from error
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    if written.time.unit != "iso" and not epoch <= moment < LAST:
        raise UnreadableError("time out of range")
    return moment


def _iso(value: Any, written: JsonLines) -> datetime:
    if not isinstance(value, str) or not ISO.fullmatch(value):
        raise UnreadableError("not a time")
    moment = datetime.fromisoformat(value.upper())
    return moment if moment.tzinfo else moment.replace(tzinfo=time_zone(written.time.zone))


def _epoch(value: Any, written: JsonLines) -> datetime:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError("not a number")
    seconds = float(value) / (1000 if written.time.unit == "ms" else 1)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
