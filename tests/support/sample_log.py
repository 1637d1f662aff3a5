"""Writes the bundled sample: a day of audit records of an invented company, always the same.

    python -m tests.support.sample_log

What is in it, by UTC, on Tuesday 2026-03-10:

* 00:20 to 04:50: somebody guesses passwords so slowly that ten never fall into five minutes.
* 03:12: somebody guesses fast, gets in as `ops-legacy`, and is denied the customers' database
  and the payroll.
* 07:02: a service goes on with a password that has expired, which looks like an attack.
* 10:41: an agent writes an API key into release notes; a colleague replaces it.
* 14:00: a check finds customers who left and were not deleted.
* All day: forty people and their services at work, typing errors included, and lines that
  cannot be read.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from tests.support import sample_cast as cast
from tests.support.sample_cast import Actor, Target

SAMPLE = Path(__file__).parents[2] / "rules" / "sample" / "audit.jsonl.gz"
DAY = datetime(2026, 3, 10, tzinfo=UTC)
SEED = 20260310
UNREADABLE = {
    "03:00": b"--- log rotated by logrotate, 2026-03-10 03:00:00 ---",
    "07:15": b'{"timestamp": "2026-03-10T07:15:02.118Z", "action": "job_run", "actor": {"na',
    "11:30": b'{"action": "record_read", "actor": {"name": "svc-billing"}, "outcome": "success"}',
    "15:45": b'{"timestamp": "10.03.2026 15:45:09", "action": "job_run", "outcome": "success"}',
    "19:05": b'{"timestamp": "2026-03-10T19:05:00Z", "action": "message_sent", "to": "Mal\xf6"}',
}

Item = TypeVar("Item")


class Story:
    """Collects records. Only `Random.random` is used, as only that stays the same for ever."""

    def __init__(self) -> None:
        self.chance = Random(SEED)
        self.records: list[tuple[datetime, dict[str, Any]]] = []

    def between(self, low: float, high: float) -> float:
        return low + self.chance.random() * (high - low)

    def one_of(self, items: list[Item]) -> Item:
        return items[int(self.chance.random() * len(items))]

    def tell(self, at: datetime, action: str, actor: Actor, target: Target, **more: Any) -> None:
        """Add a record; `category` and `outcome` have defaults."""
        category = more.pop("category", "operations")
        outcome = more.pop("outcome", "success")
        late = self.chance.random() < 0.04  # one of the two hosts writes with a delay
        record = {
            "timestamp": _written(at),
            "id": sha256(f"{SEED} {len(self.records)}".encode()).hexdigest()[:12],
            "host": "audit-2" if late else "audit-1",
            "action": action,
            "category": category,
            "actor": actor.written(),
            "target": target.written(),
            "outcome": outcome,
            **more,
        }
        delay = timedelta(seconds=self.between(2, 25) if late else 0)
        self.records.append((at + delay, record))

    def log_in(self, at: datetime, actor: Actor, *, failed: bool = False, **more: Any) -> None:
        action = "authentication_failed" if failed else "authentication_succeeded"
        more |= {"category": "authentication", "outcome": "failure" if failed else "success"}
        self.tell(at, action, actor, cast.CONSOLE, **more)


def lines() -> list[bytes]:
    """Give the whole sample, line by line, in the order of writing."""
    story = Story()
    for person in cast.people():
        _workday(story, person)
    _services(story)
    _agents(story)
    _controls(story)
    _patient_guesser(story)
    _brute_force(story)
    _expired_password(story)
    _secret(story)
    told = [(at, _as_json(record)) for at, record in story.records]
    told += [(_at(clock), line) for clock, line in UNREADABLE.items()]
    return [line for _, line in sorted(told, key=lambda each: each[0])]


def content() -> bytes:
    """Give the sample as one text."""
    return b"".join(line + b"\n" for line in lines())


# ------------------------------------------------------------------ an ordinary day


def _workday(story: Story, person: Actor) -> None:
    at = _at("06:30") + timedelta(minutes=story.between(0, 150))
    leaves = at + timedelta(minutes=story.between(420, 530))
    for _ in range(int(story.between(0, 2.4))):
        story.log_in(at, person, failed=True, reason="wrong password")
        at += timedelta(seconds=story.between(4, 15))
    story.log_in(at, person, method="password", second_factor=True)
    while at < leaves:
        at += timedelta(minutes=story.between(1, 17))
        _work(story, at, person)
    story.tell(at, "session_ended", person, cast.CONSOLE, category="authentication")


def _work(story: Story, at: datetime, person: Actor) -> None:
    target = story.one_of(cast.TARGETS[person.role])
    luck = story.chance.random()
    if person.role == "engineer" and luck < 0.10:
        _deployment(story, at, person)
    elif person.role in {"engineer", "operator"} and luck < 0.18:
        flags = Target("configuration", "feature-flags")
        change = {"setting": f"flag-{int(story.between(1, 40))}", "to": luck < 0.14}
        story.tell(at, "config_changed", person, flags, change=change)
    elif luck > 0.985:
        # What somebody may not see is mostly a wrong click, and nothing to be woken for.
        story.tell(
            at,
            "authorization_denied",
            person,
            Target("dashboard", story.one_of(["sales", "fleet", "hiring"])),
            category="authorization",
            outcome="denied",
        )
    elif luck < 0.70:
        story.tell(at, "record_read", person, target, category="data_access")
    else:
        story.tell(at, "record_changed", person, target, category="data_access")


def _deployment(story: Story, at: datetime, person: Actor) -> None:
    service = Target("service", story.one_of(["booking-api", "route-planner", "customer-portal"]))
    commit = {"commitSha": sha256(f"{at}".encode()).hexdigest()[:40]}
    story.tell(at, "deployment_started", person, service, category="deployment", **commit)
    ends = at + timedelta(seconds=story.between(80, 400))
    outcome = "failure" if story.chance.random() < 0.06 else "success"
    more = {"category": "deployment", "outcome": outcome, **commit}
    story.tell(ends, "deployment_finished", person, service, **more)


def _services(story: Story) -> None:
    for number, (name, action, minutes, target) in enumerate(cast.SERVICES, start=16):
        for at in _every(story, minutes):
            story.tell(at, action, cast.machine(name, number), target)


def _agents(story: Story) -> None:
    for number, name in enumerate(cast.AGENTS, start=48):
        for at in _every(story, 35):
            output = Target("output", f"{name}-{at:%H%M}")
            agent = cast.machine(name, number, "agent")
            more = {"category": "agent_output", "outcome": "clean", "scanner": "output-scan"}
            story.tell(at, "output_scanned", agent, output, **more)


def _controls(story: Story) -> None:
    checker = cast.machine("svc-controls", 32)
    for hour in range(24):
        for number, (control, says, target) in enumerate(cast.CONTROLS):
            at = _at(f"{hour:02}:00") + timedelta(seconds=12 + 3 * number)
            violated = (control, hour) == ("RET-4", 14)
            more: dict[str, Any] = {"control": {"id": control, "says": says}}
            if violated:
                more["affected"] = {"users": 12_400, "oldest_days": 41}
            more |= {"outcome": "violation" if violated else "pass"}
            story.tell(at, "control_checked", checker, target, category="compliance_event", **more)


# ------------------------------------------------------------------ what is not ordinary


def _patient_guesser(story: Story) -> None:
    names = ["admin", "root", "test", "ada.lindqvist", "oracle", "backup", "maud.ferreira"]
    at = _at("00:20")
    while at < _at("04:50"):
        guesser = Actor(story.one_of(names), "unknown", cast.PATIENT)
        story.log_in(at, guesser, failed=True, reason="wrong password")
        at += timedelta(seconds=story.between(36, 90))


def _brute_force(story: Story) -> None:
    names = ["admin", "operator", "backup"] + [cast.LEGACY] * 11
    at = _at("03:12") + timedelta(seconds=7.4)
    for name in names:
        guesser = Actor(name, "unknown", cast.BRUTE)
        story.log_in(at, guesser, failed=True, reason="wrong password")
        at += timedelta(seconds=story.between(6, 24))
    intruder = Actor(cast.LEGACY, "operator", cast.BRUTE)
    story.log_in(at, intruder, method="password", second_factor=False)
    at += timedelta(seconds=38)
    story.tell(at, "record_read", intruder, cast.CUSTOMERS, category="data_access")
    for target in (cast.VAULT, cast.PAYROLL):
        at += timedelta(seconds=45)
        denied = {"category": "authorization", "outcome": "denied"}
        story.tell(at, "authorization_denied", intruder, target, **denied)
    at += timedelta(seconds=70)
    story.tell(at, "session_ended", intruder, cast.CONSOLE, category="authentication")


def _expired_password(story: Story) -> None:
    service = cast.machine(cast.NIGHTLY_REPORT, 31)
    for attempt in range(12):
        at = _at("07:02") + timedelta(seconds=10 * attempt)
        story.log_in(at, service, failed=True, reason="password expired")
    operator = next(each for each in cast.people() if each.name == "greta.halloran")
    account = Target("account", cast.NIGHTLY_REPORT, "restricted")
    story.tell(_at("07:31"), "password_changed", operator, account)
    story.log_in(_at("07:33"), service, method="password", second_factor=False)


def _secret(story: Story) -> None:
    at = _at("10:41") + timedelta(seconds=26)
    agent = cast.machine(cast.RELEASE_NOTES, 48, "agent")
    notes = Target("output", "release-notes-2026-03-10", "public")
    story.tell(
        at,
        "secret_detected",
        agent,
        notes,
        category="agent_output",
        outcome="masked",
        scanner="output-scan",
        secretType="api_key",
        secretId="payments-gateway-key-7",
        secretPattern="qsk_[a-z0-9]{32}",
        service="payments-gateway",
        commitSha=sha256(b"release notes").hexdigest()[:40],
    )
    engineer = next(each for each in cast.people() if each.name == "ines.falk")
    key = Target("secret", "payments-gateway", "critical")
    story.tell(_at("10:58"), "secret_rotated", engineer, key)


# ------------------------------------------------------------------ writing


def _every(story: Story, minutes: int) -> Iterator[datetime]:
    at = DAY + timedelta(minutes=story.between(0, minutes))
    while at < DAY + timedelta(days=1):
        yield at
        at += timedelta(minutes=minutes, seconds=story.between(-20, 20))


def _at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(hours=int(hour), minutes=int(minute))


def _written(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _as_json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


if __name__ == "__main__":
    SAMPLE.parent.mkdir(exist_ok=True)
    SAMPLE.write_bytes(gzip.compress(content(), mtime=0))
