"""How a source's records are read, as `sources.yaml` says it."""

from datetime import timedelta, timezone
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from domain.detection.condition import compiled_regex
from domain.signal import SourceKind

FieldPath = Annotated[StrictStr, Field(min_length=1, max_length=500)]
# What one line may become; more than that is cut off and said in the dead letters.
MOST_REPEATS = 10_000

Constant = StrictStr | StrictInt | StrictFloat | StrictBool


def _regex(pattern: str) -> str:
    compiled_regex(pattern)
    return pattern


def _zone(name: str) -> str:
    time_zone(name)
    return name


Regex = Annotated[StrictStr, AfterValidator(_regex)]
Zone = Annotated[StrictStr, AfterValidator(_zone)]


def time_zone(name: str) -> timezone | ZoneInfo:
    """Give the zone of an IANA name such as Europe/Berlin; raises ValueError for any other."""
    if name == "UTC":
        return timezone(timedelta())
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = f"not a time zone: {name!r}; write an IANA name such as UTC or Europe/Berlin"
        raise ValueError(msg) from None


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Time(_Part):
    """Which field is the time, how it is written, and what is assumed where it says less.

    `otherwise` names fields that are tried in turn where `field` is missing. `unit` is `iso`
    (RFC 3339, or ISO 8601 with a space), `s` or `ms` (since the epoch), or `syslog` (RFC 3164:
    month, day and time, without a year; a syslog that writes RFC 3339 instead is read too).
    `zone` is assumed of a time that names none.

    `year` is assumed of a time without one. Left out, it is the latest year that does not put
    the time more than a day ahead of the clock: right for a live log, but then what is read
    depends on when it is read. Say the year of an old log.
    """

    field: FieldPath = "timestamp"
    otherwise: tuple[FieldPath, ...] = ()
    unit: Literal["iso", "s", "ms", "syslog"] = "iso"
    zone: Zone = "UTC"
    year: Annotated[StrictInt, Field(ge=1970, le=9998)] | None = None


class JsonLines(_Part):
    """One JSON object a line. `data` names the object inside that holds the signal's data.

    `time`, `id` and `type` are looked up in the whole record. A record without an id gets one
    derived from the source's name, its position and its content; one without a type gets the
    source's kind as type. Constants of `add` replace what the record says.
    """

    format: Literal["jsonl"]
    kind: SourceKind = "audit_log"
    time: Time = Time()
    id: FieldPath | None = None
    type: FieldPath | None = None
    data: FieldPath | None = None
    add: dict[FieldPath, Constant] = Field(default_factory=dict)


class Extract(_Part):
    """Fields found in another field's text: named groups become fields, constants are added."""

    match: Regex
    fields: dict[StrictStr, FieldPath] = Field(default_factory=dict)
    add: dict[FieldPath, Constant] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fields_are_of_groups(self) -> Self:
        _paths(self.match, self.fields)
        return self

    @property
    def paths(self) -> set[str]:
        """Every path at which this may put something."""
        return {*_paths(self.match, self.fields), *self.add}


class RegexLines(_Part):
    """One line of text a record. Named groups of `line` become fields of the signal's data.

    `line` may match anywhere in the line unless it says `^` and `$`; `fields` gives a group
    another path than its name. `extract` is tried in order on the field `message`; the first
    that matches adds its fields. `repeats` says what a `message` of "message repeated N times:
    [ … ]" means: N signals of the inner message, at most `MOST_REPEATS`, or one.
    """

    format: Literal["regex"]
    kind: SourceKind = "audit_log"
    line: Regex
    time: Time = Time()
    type: FieldPath | None = None
    fields: dict[StrictStr, FieldPath] = Field(default_factory=dict)
    extract: tuple[Extract, ...] = ()
    add: dict[FieldPath, Constant] = Field(default_factory=dict)
    repeats: Literal["expand", "once"] = "once"

    @model_validator(mode="after")
    def _something_gives_the_time(self) -> Self:
        given = {*_paths(self.line, self.fields), *self.add}
        given.update(*(each.paths for each in self.extract))
        wanted = (self.time.field, *self.time.otherwise)
        if given.isdisjoint(wanted):
            msg = f"no group gives the time, {' or '.join(wanted)}; say time: {{ field: … }}"
            raise ValueError(msg)
        return self


def _paths(pattern: str, fields: dict[str, str]) -> set[str]:
    groups = compiled_regex(pattern).groupindex
    if strangers := ", ".join(fields.keys() - groups.keys()):
        msg = f"fields names groups that the expression does not have: {strangers}"
        raise ValueError(msg)
    return {fields.get(name, name) for name in groups}


SourceFormat = Annotated[JsonLines | RegexLines, Discriminator("format")]
