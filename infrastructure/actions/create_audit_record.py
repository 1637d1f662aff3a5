"""The action `create_audit_record`: says in an audit log what was done about an incident."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
    model_validator,
)

from application.actions import ActionFailedError, Call, HttpRequest, Surroundings
from infrastructure.audit_log import append_record
from infrastructure.clock import SystemClock
from infrastructure.outgoing.exchange import exchange, is_expected, time_for, unexpected
from infrastructure.outgoing.headers import Headers, resolved
from infrastructure.outgoing.target import parse_target
from infrastructure.sources.flow import LONGEST_LINE
from infrastructure.sources.json_record import decode_record
from infrastructure.sources.unreadable import UnreadableLineError

ACTION = "tocsin_runbook_step"
_ACTOR = "tocsin"
_OWN = frozenset(
    {"timestamp", "id", "action", "actor", "incident", "execution", "step", "actions_taken"}
)


def _not_our_own(fields: dict[str, Any]) -> dict[str, Any]:
    if taken := sorted(_OWN & fields.keys()):
        msg = f"these fields are Tocsin's to set: {', '.join(taken)}"
        raise ValueError(msg)
    return fields


class RecordParameters(BaseModel):
    """What a step says: the incident, what was done, and any more fields of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    incident_id: Annotated[StrictStr, Field(min_length=1)]
    actions_taken: JsonValue
    fields: Annotated[dict[StrictStr, JsonValue], AfterValidator(_not_our_own)] = Field(
        default_factory=dict
    )


def _is_absolute(path: Path) -> Path:
    if not path.is_absolute():
        msg = "write the path from the root on: where Tocsin is started must not matter"
        raise ValueError(msg)
    return path


def _is_url(url: str) -> str:
    try:
        parse_target(url)
    except Exception as error:
        raise ValueError(str(error)) from None
    return url


class HttpLog(BaseModel):
    """An audit log that takes records by POST.

    `idempotent`: it may get a record twice, because it knows records by their id, or does not
    mind. If it does mind, a record of which nobody knows whether it arrived waits for a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[StrictStr, AfterValidator(_is_url)]
    headers: Headers = Field(default_factory=dict)
    idempotent: StrictBool = True


class RecordSettings(BaseModel):
    """Where records go: `file`, of JSON Lines, or `http`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Annotated[Path, AfterValidator(_is_absolute)] | None = None
    http: HttpLog | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "RecordSettings":
        if self.file and self.http:
            msg = "give either file or http"
            raise ValueError(msg)
        return self


class CreateAuditRecord:
    """Writes a record that Tocsin's own source `audit` reads again.

    Its id is derived from the idempotency key, so a record that is written twice is known.
    """

    Parameters: ClassVar[type[BaseModel]] = RecordParameters
    Settings: ClassVar[type[BaseModel]] = RecordSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset({"id", "already_recorded"})

    def __init__(self, settings: RecordSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings

    def is_idempotent(self, _parameters: RecordParameters) -> bool:
        """Say yes for a file, and for HTTP what the settings say."""
        return self._settings.http is None or self._settings.http.idempotent

    def perform(self, parameters: RecordParameters, call: Call) -> Mapping[str, Any]:
        """Write the record; one that is there already is left as it is."""
        record = record_of(parameters, call, SystemClock().now())
        line = _line(record)
        if self._settings.file:
            written = append_record(self._settings.file, record["id"], line, call.seconds_left)
            return {"id": record["id"], "already_recorded": not written}
        if self._settings.http is None:
            msg = "actions.yaml does not say where create_audit_record writes: give file or http"
            raise ActionFailedError(msg)
        self._post(self._settings.http, line, call)
        return {"id": record["id"], "already_recorded": False}

    def _post(self, log: HttpLog, line: bytes, call: Call) -> None:
        headers = {
            "content-type": "application/json",
            **resolved(log.headers, self._surroundings.secrets),
            "idempotency-key": call.idempotency_key,
        }
        request = HttpRequest("POST", log.url, headers, line, timeout=time_for(call))
        answer = exchange(self._surroundings.outgoing, request, repeatable=log.idempotent)
        if not is_expected(answer.status, ("2xx",)):
            raise unexpected(answer, str(parse_target(log.url).origin), repeatable=log.idempotent)


def record_of(parameters: RecordParameters, call: Call, now: datetime) -> dict[str, Any]:
    """Say what was done, when, and as part of what."""
    digest = hashlib.sha256(call.idempotency_key.encode()).hexdigest()
    return {
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "id": f"tocsin-{digest[:32]}",
        "action": ACTION,
        "actor": {"name": _ACTOR, "type": "service"},
        "incident": parameters.incident_id,
        "execution": call.execution_id,
        "step": call.step_id,
        "actions_taken": parameters.actions_taken,
        **parameters.fields,
    }


def _line(record: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        line = text.encode() + b"\n"
    except (ValueError, RecursionError):
        raise ActionFailedError("the record holds what JSON cannot hold") from None
    if len(line) > LONGEST_LINE:
        msg = f"the record has {len(line):,} bytes; a source reads lines of up to {LONGEST_LINE:,}"
        raise ActionFailedError(msg)
    try:
        decode_record(line)
    except UnreadableLineError as error:
        raise ActionFailedError(f"no source could read the record again: {error}") from None
    return line
