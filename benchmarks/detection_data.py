"""Audit records and rules for the detection benchmark, made from a seed alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from domain.detection.rule import Rule

START = datetime(2026, 3, 1, tzinfo=UTC)
SERVICES = ["api", "billing", "auth", "console", "storage", "scheduler", "search", "gateway"]
OUTCOMES = ["success"] * 18 + ["failure", "denied"]
ROLES = ["viewer", "editor", "operator", "admin", "service"]
TIERS = ["public", "internal", "internal", "internal", "confidential", "restricted"]
REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1"]
VERBS = [
    "read",
    "list",
    "create",
    "update",
    "delete",
    "export",
    "share",
    "rotate",
    "login",
    "attach",
]
NOUNS = [
    "document", "bucket", "user", "token", "invoice", "policy", "key", "session", "report", "queue",
    "role", "secret", "image", "volume", "network", "alarm",
]  # fmt: skip
ACTIONS = [f"{noun}.{verb}" for noun in NOUNS for verb in VERBS]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_4) AppleWebKit/605.1.15 Version/19.1 Safari/605.1",
    "aws-sdk-go/1.55.5 (go1.23; linux; amd64)",
    "python-requests/2.32.3",
    "curl/8.9.1",
    "okhttp/4.12.0",
]
# For each rule, so many words that only rules and remarkable records contain. With few rules
# there are few such words, so that the same share of records satisfies a rule.
WORDS_PER_RULE = 0.3
TOOLS = ("tor", "mimi", "xmrig", "psexec", "ngrok")
REMARKABLE = 0.025


def mark(number: int) -> str:
    """Give a word that no ordinary record contains."""
    return f"{TOOLS[number % len(TOOLS)]}{number:04d}"


def lines(count: int, seed: int, rule_count: int, remarkable: float = REMARKABLE) -> list[bytes]:
    """Make the lines of an audit log; in a share of them is something that the rules look for."""
    random, words = Random(seed), _words(rule_count)
    return [_line(random, number, words, remarkable) for number in range(count)]


def _likely(random: Random, share: float) -> bool:
    return random.random() < share


def _line(random: Random, number: int, words: int, remarkable: float) -> bytes:
    record = _record(random, number)
    if _likely(random, remarkable):
        _make_remarkable(record, random, words)
    return json.dumps(record, ensure_ascii=_likely(random, 0.5)).encode()


def _record(random: Random, number: int) -> dict[str, Any]:
    noun = random.choice(NOUNS)
    rank = min(int(random.paretovariate(0.9)), 5000)
    return {
        "timestamp": (START + timedelta(milliseconds=137 * number)).isoformat(),
        "id": f"evt-{random.getrandbits(64):016x}",
        "action": f"{noun}.{VERBS[min(int(random.expovariate(0.6)), 9)]}",
        "outcome": random.choice(OUTCOMES),
        "actor": {
            "id": f"user-{rank:05d}",
            "name": f"Zoë Müller {rank}" if rank % 20 == 0 else f"Alex Smith {rank}",
            "role": ROLES[min(int(random.expovariate(1.1)), 4)],
            "ip": f"10.{rank % 200}.{random.randrange(256)}.{random.randrange(1, 255)}",
            "mfa": _likely(random, 0.9),
        },
        "target": {
            "type": noun,
            "id": f"{noun}-{random.randrange(100_000):06d}",
            "name": f"/tenants/{rank % 97}/{noun}s/{random.randrange(10_000)}/current",
            "classification": random.choice(TIERS),
        },
        "request": {
            "method": random.choice(["GET", "GET", "GET", "POST", "PUT", "DELETE"]),
            "status": random.choice([200] * 40 + [201, 204, 304, 400, 403, 404, 500]),
            "duration_ms": round(random.lognormvariate(3.2, 0.8), 2),
            "bytes": int(random.lognormvariate(8, 1.5)),
            "user_agent": AGENTS[min(int(random.expovariate(0.7)), 5)],
        },
        "labels": {"service": random.choice(SERVICES), "region": random.choice(REGIONS)},
    }


def _make_remarkable(record: dict[str, Any], random: Random, words: int) -> None:
    word = mark(random.randrange(words))
    kind = random.choice(["actor", "target", "agent", "action", "network"])
    if kind == "actor":
        record["actor"]["id"] = f"user-{word}"
        record["outcome"] = "denied"
    elif kind == "target":
        record["target"]["name"] += f"/{word}.exe"
    elif kind == "agent":
        record["request"]["user_agent"] = f"{word}/1.{random.randrange(9)} (scan)"
    elif kind == "action":
        record["action"] = f"{record['target']['type']}.{word}"
    else:
        record["actor"]["ip"] = f"203.{random.randrange(words) % 256}.{random.randrange(256)}.7"
        record["labels"]["tags"] = [word, "watched"]


def rules(count: int, seed: int) -> list[Rule]:
    """Make rules, 7 in 10 of them anchored on equality."""
    random = Random(seed)
    words = _words(count)
    return [_rule(number, _pattern(random, number, words)) for number in range(count)]


def _words(rule_count: int) -> int:
    return int(WORDS_PER_RULE * rule_count)


def _pattern(random: Random, number: int, words: int) -> list[dict[str, Any]]:
    word = mark(random.randrange(words))
    (make,) = random.choices(list(MIX), weights=list(MIX.values()))
    return make(random, number, word)


def _equality(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    rare = [
        _c("actor.id", "equals", f"user-{word}"),
        _c("action", "equals", f"{random.choice(NOUNS)}.{word}"),
    ]
    return [random.choice(rare), *_second(random)]


def _common_and_rare(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    # A common action together with something rare: what hundreds of rules share.
    rare = [
        [_c("outcome", "equals", "denied"), _c("actor.id", "equals", f"user-{word}")],
        [_c("outcome", "equals", "denied"), _c("actor.id", "equals", f"user-{word}")],
        [_c("outcome", "equals", "denied"), _c("actor.id", "equals", f"user-{word}")],
        [_c("request.user_agent", "contains", word), ADMINS],
        [_c("request.duration_ms", "gt", random.randrange(900, 2000)), ADMINS],
        [_c("target.id", "equals", f"secret-{random.randrange(100_000):06d}"), ADMINS],
    ]
    return [_c("action", "equals", random.choice(ACTIONS[::3])), *random.choice(rare)]


def _contains(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    return [_c("target.name", "contains", f"/{word}"), *_second(random)]


def _regex(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    pattern = random.choice([rf"^{word}/\d+\.\d+ ", rf"(?i){word.upper()}/1\.[0-8]"])
    return [_c("request.user_agent", "regex", pattern)]


def _slow(random: Random, number: int, _word: str) -> list[dict[str, Any]]:
    service = _c("labels.service", "equals", random.choice(SERVICES))
    return [_c("request.duration_ms", "gt", 1500 + number), service]


def _large(_random: Random, number: int, _word: str) -> list[dict[str, Any]]:
    return [_c("request.bytes", "gt", 3_000_000 + 1000 * number)]


def _network(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    return [_c("actor.ip", "cidr", f"203.{int(word[-4:]) % 256}.0.0/16"), *_second(random)]


def _either(random: Random, _number: int, word: str) -> list[dict[str, Any]]:
    either = [_c("actor.id", "equals", f"user-{word}"), _c("labels.tags", "in", [word, "mined"])]
    return [{"any": either}, *_second(random)]


def _neither(_random: Random, number: int, word: str) -> list[dict[str, Any]]:
    absent = [{"not": _c("actor.mfa", "equals", True)}, _c("labels.ticket", "exists", False)]
    return [_c("action", "starts_with", f"{NOUNS[number % len(NOUNS)]}.{word}"), *absent]


def _second(random: Random) -> list[dict[str, Any]]:
    return [
        random.choice(
            [
                _c("outcome", "in", ["denied", "success", "failure"]),
                _c("labels.service", "not_equals", random.choice(SERVICES)),
                _c("request.status", "lt", 500),
                _c("target.classification", "exists", True),
            ]
        )
    ]


def _c(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _rule(number: int, pattern: list[dict[str, Any]]) -> Rule:
    return Rule.model_validate(
        {
            "id": f"rule-{number}",
            "name": f"Rule {number}",
            "description": "",
            "detection": {"source": "audit_log", "pattern": pattern},
            "defaultSeverity": "P3",
            "category": "security_breach",
            "notifyChannels": [],
        }
    )


ADMINS = _c("actor.role", "in", ["admin", "service"])
# How many of a hundred rules are of which sort.
MIX: dict[Callable[[Random, int, str], list[dict[str, Any]]], int] = {
    _equality: 35,
    _common_and_rare: 35,
    _contains: 8,
    _regex: 7,
    _slow: 4,
    _large: 2,
    _network: 3,
    _either: 3,
    _neither: 3,
}
