"""Whatever the rules and the records, the compiled rule set agrees with the domain."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from domain.detection.rule import Rule
from domain.signal import Signal
from domain.source.format import JsonLines, Time
from infrastructure.matching import JsonLinesScanner, RuleIndex
from tests.unit.matching.making import ENGINES, rule, searching_with
from tests.unit.matching.plain_lines import UnreadableError, read

thorough = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

TEXTS = [
    "", "5", "5.0", " 7 ", "true", "1", "login", "Login failed", "login failed: disk", "10.1.2.3",
    "10.9.9.9", "::ffff:10.1.2.3", "2001:db8::1", "é", "DİSK", "dis\u212a", "\u017fend", "a\nb",
    "failed\n", "a\0login\0b", "1e400", "-1.5e3", "audit_log", "kind-a", '"quoted" login', "\\",
    "2026-01-01T00:00:00Z", "😀 login",
]  # fmt: skip
NUMBERS = [0, 1, 5, 7, -1, 503, 2**53 + 1, 2**70, 0.5, 5.0, 1.0, -0.0, 1e300, 9007199254740993.0]
SCALARS = [*TEXTS, *NUMBERS, True, False]
FIELDS = ["a", "b", "c", "a.b", "a.b.c", "a.c", "b.a", "tags", "é", ".", "a..b"]
ENVELOPE = [
    "type",
    "source",
    "id",
    "timestamp",
    "data",
    "data.a",
    "data.a.b",
    "type.x",
    "data.data",
]
REGEXES = [
    "login", "(?i)LOGIN", "^login", "failed$", "^$", "^^a", "d$$", r"\d+", r"^\d{3}$", "log.*disk",
    "(?i)disk", "(?i)send", "(?i)é", "é|login", "(log|fail)(in|ed)", "lo?g+in", "(?s)a.b", "(?m)^b",
    r"\bdisk\b", r"[[:alpha:]]+ed", r"\Qlogin\E", "a{,2}", "(?:login|)", "[^a]ogin", r"\x6cogin",
    "(?P<x>failed)", r"\S+@\S+", "l(o(g(in)?)?)?", r"10\.\d{1,3}\.2", "x*", r"\pL+", "😀 login",
    r"tru[et]", "fail(ed)?$|^log", "(^log|^DİS)", r"5\.?0?", "audit_", "(?i:log)in", r"[\d.]{8,}",
    "(fail.*|x)d", "(?i)DISK$", r"^10\.1", "^Login failed$", "(?i)disk|login", "2001:db8",
]  # fmt: skip
NETWORKS = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "0.0.0.0/0", "::/0"]
AMOUNTS = [*NUMBERS, "5", " 7 ", "-1.5e3", float("inf")]
STRING = re.compile(r'"(?![^"]*\\)[^"]*"')
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """A few paths and values, so that what rules ask for is what records say."""

    paths: list[str]
    values: list[Any]


worlds = st.builds(
    World,
    st.lists(st.sampled_from([*FIELDS, *FIELDS, *ENVELOPE]), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(SCALARS), min_size=1, max_size=4),
)


@st.composite
def patterns(draw: st.DrawFn, world: World) -> dict[str, Any]:
    value = draw(st.sampled_from(world.values))
    operator, expected = draw(
        st.one_of(
            st.tuples(st.sampled_from(["equals", "equals", "not_equals"]), st.just(value)),
            st.tuples(st.just("in"), st.lists(st.sampled_from([*world.values, 0]), min_size=1)),
            st.tuples(st.sampled_from(["contains", "starts_with", "ends_with"]), st.just(value)),
            st.tuples(st.sampled_from(["contains", "ends_with"]), st.just(str(value)[1:])),
            st.tuples(st.just("starts_with"), st.just(str(value)[:4])),
            st.tuples(st.just("regex"), st.sampled_from(REGEXES)),
            st.tuples(st.just("regex"), st.sampled_from(REGEXES)),
            st.tuples(st.sampled_from(["gt", "gte"]), st.sampled_from(AMOUNTS)),
            st.tuples(st.sampled_from(["lt", "lte"]), st.sampled_from(AMOUNTS)),
            st.tuples(st.just("cidr"), st.sampled_from(NETWORKS)),
            st.tuples(st.just("cidr"), st.lists(st.sampled_from(NETWORKS), min_size=1)),
            st.tuples(st.just("exists"), st.booleans()),
        )
    )
    return {"field": draw(st.sampled_from(world.paths)), "operator": operator, "value": expected}


@st.composite
def rule_sets(draw: st.DrawFn, world: World) -> list[Rule]:
    condition = st.recursive(
        patterns(world),
        lambda inner: st.one_of(
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=3,
    )
    # Alone, a condition shows whether it is found by its own sign.
    pattern = st.lists(patterns(world), min_size=1, max_size=1) | st.lists(condition, max_size=3)
    kinds = st.sampled_from(["audit_log"] * 6 + ["metric"])
    enabled = st.sampled_from([True] * 8 + [False])
    written = draw(st.lists(st.tuples(pattern, kinds, enabled), min_size=1, max_size=15))
    return [rule(*each, source=kind, enabled=enabled) for each, kind, enabled in written]


@st.composite
def records(draw: st.DrawFn, world: World) -> dict[str, Any]:
    value = st.sampled_from(world.values)
    cells = st.one_of(
        value,
        value,
        st.lists(value | st.none() | st.lists(value, max_size=2), max_size=3),
        st.none(),
        st.sampled_from([*SCALARS, {}, {"b": 1}, [[]], [{"b": [5]}]]),
    )
    record: dict[str, Any] = {}
    for path in draw(st.lists(st.sampled_from(world.paths), max_size=4)):
        segments = path.split(".")
        if segments[0] == "data" and draw(st.booleans()):
            segments = segments[1:] or segments
        node = draw(cells)
        for segment in reversed(segments[1:]):
            node = {segment: node}
            if draw(st.integers(0, 4)) == 0:
                node = [node, draw(cells)]
        record[segments[0]] = node
    return record


@st.composite
def signals(draw: st.DrawFn, world: World) -> Signal:
    types = st.sampled_from(["", "login", "kind-a", *map(str, world.values)])
    return Signal(
        id="kind-a",
        source=draw(st.sampled_from(["audit_log", "audit_log", "audit_log", "metric"])),
        type=draw(types),
        timestamp=NOW,
        data=draw(records(world)),
    )


@thorough
@given(st.data())
def test_the_index_gives_what_the_domain_gives(data: st.DataObject) -> None:
    world = data.draw(worlds)
    rules = data.draw(rule_sets(world))
    read = data.draw(st.lists(signals(world), min_size=1, max_size=12))
    expected = [
        (place, number)
        for place, signal in enumerate(read)
        for number, rule in enumerate(rules)
        if rule.enabled and rule.matches(signal)
    ]
    with searching_with(data.draw(st.sampled_from(ENGINES))):
        assert RuleIndex(rules).match(read) == expected


GOOD_TIME = "2026-01-01T00:00:00Z"
TIMES = [
    "2026-01-01 00:00:00", "2026-01-01T00:00:00.5+01:00", 1767225600, 1767225600000, 1767225600.25,
    "1767225600", "1767225600000", -1, 0, 10**15, True, "", "1969-12-31T23:00:00Z", "soon", None,
    "9999-01-01T00:00:00Z", "2026-02-30T00:00:00Z", ["2026-01-01T00:00:00Z"], {"b": 1}, "1e400",
]  # fmt: skip


@st.composite
def formats(draw: st.DrawFn, world: World) -> JsonLines:
    time = st.fixed_dictionaries(
        {},
        optional={
            "field": st.sampled_from(["timestamp", "timestamp", "t", "a.t", "data.t"]),
            "otherwise": st.just(("t", "b")),
            "unit": st.sampled_from(["iso", "iso", "iso", "s", "ms", "syslog"]),
            "zone": st.sampled_from(["UTC", "Europe/Berlin"]),
        },
    )
    constants = st.sampled_from([*world.paths, "a", "a.b", "b.a", "a.b.c", "type", "new"])
    return JsonLines(
        format="jsonl",
        time=Time.model_validate(draw(time)),
        id=draw(st.sampled_from([None, "id", "a.b"])),
        type=draw(st.sampled_from([None, "type", "a.b", *world.paths])),
        data=draw(st.sampled_from([None] * 6 + ["data", "a", "data.a"])),
        add=draw(st.just({}) | st.dictionaries(constants, st.sampled_from(SCALARS), max_size=2)),
    )


@st.composite
def lines(draw: st.DrawFn, world: World, written: JsonLines) -> bytes:
    record: dict[str, Any] = draw(records(world))
    if written.data and draw(st.integers(0, 5)):
        for segment in reversed(written.data.split(".")):
            record = {segment: record}
    moments = {"iso": GOOD_TIME, "s": 1767225600, "ms": 1767225600000, "syslog": GOOD_TIME}
    moment = draw(st.sampled_from([*[moments[written.time.unit]] * 40, *TIMES]))
    *above, name = written.time.field.split(".")
    node = record
    for segment in above:
        inner = node.setdefault(segment, {})
        node = inner if isinstance(inner, dict) else {}
    node[name] = moment
    line = json.dumps(record, ensure_ascii=draw(st.booleans()))
    if draw(st.integers(0, 3)) == 0:
        line = STRING.sub(_with_escape, line)
    return draw(spoilt(line, world)) if draw(st.integers(0, 3)) == 0 else line.encode()


def _with_escape(string: re.Match[str]) -> str:
    return re.sub("[a-z0-9]", lambda found: f"\\u{ord(found[0]):04x}", string[0], count=1)


@st.composite
def spoilt(draw: st.DrawFn, line: str, world: World) -> bytes:
    name = json.dumps(draw(st.sampled_from(world.paths)).split(".")[0])
    strange = ["1e400", "NaN", "[" * 130 + "]" * 130, '"\\ud800"', "01", "5.03e2", "1e0", "null"]
    value = draw(st.sampled_from([*strange, *map(json.dumps, world.values)]))
    raw = line.encode()
    return draw(
        st.sampled_from(
            [
                f"{line[:-1]}, {name}: {value}}}".encode(),
                f'{line[:-1]}, {name}: {{"b": {value}}}}}'.encode(),
                f'{{"skipped": {value}, {line[1:]}'.encode(),
                raw.replace(b"login", b"log\xff\xfe"),
                raw[:-1],
                b"[]",
                raw + b" ",
                b"\xef\xbb\xbf" + raw,
            ]
        )
    )


@thorough
@given(st.data())
def test_a_line_left_out_is_readable_and_satisfies_no_rule(data: st.DataObject) -> None:
    world = data.draw(worlds)
    rules, written = data.draw(rule_sets(world)), data.draw(formats(world))
    some = st.lists(lines(world, written), min_size=1, max_size=8)
    other = World(world.paths, ["nothing", 3])
    # The first lines are the sample by which it is planned how to find rules in those that follow.
    first = data.draw(some | st.lists(lines(other, written), min_size=1, max_size=8))
    with searching_with(data.draw(st.sampled_from(ENGINES))):
        scanner = JsonLinesScanner(rules, written, sample=len(first))
        for batch in (first, data.draw(some)):
            attention = dict(scanner.scan(batch))
            for number, line in enumerate(batch):
                candidates = attention.get(number, ())
                note(f"{line!r}: {candidates}")
                if candidates is not None:
                    assert _matching(rules, line, written) <= set(candidates)


@thorough
@given(st.data())
def test_a_line_that_need_not_be_read_in_full_has_no_false_candidates(data: st.DataObject) -> None:
    world = data.draw(worlds)
    rules, written = data.draw(rule_sets(world)), JsonLines(format="jsonl")
    some = st.lists(lines(world, written), min_size=1, max_size=8)
    first = data.draw(some)
    scanner = JsonLinesScanner(rules, written, sample=len(first))
    for batch in (first, data.draw(some)):
        for number, candidates in scanner.scan(batch):
            if candidates is not None:
                assert candidates == tuple(sorted(_matching(rules, batch[number], written)))


def _matching(rules: list[Rule], line: bytes, written: JsonLines) -> set[int]:
    try:
        signal = read(line, written)
    except UnreadableError as error:
        pytest.fail(f"not readable: {error}")
    return {number for number, rule in enumerate(rules) if rule.enabled and rule.matches(signal)}
