"""What the shipped rules find: in the bundled sample, in real sshd logs and in real CloudTrail."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from application.reading import Cursor, Rejected
from domain.detection.detector import Detector, Opened
from domain.detection.diagnosing import diagnose
from domain.detection.rule import Rule
from domain.incident.classification import ClassificationPolicy
from domain.incident.diagnosis import Diagnosis
from domain.incident.severity import Severity
from domain.signal import Signal
from domain.source.format import RegexLines, SourceFormat
from infrastructure.configuration.configuration import Configuration, read_configuration
from infrastructure.configuration.rule_files import rules_of_text
from infrastructure.settings import SHIPPED
from infrastructure.sources.feed import FileFeed
from infrastructure.sources.opening import Matching, NamedFormat, source_reader
from tests.support.detection import named
from tests.support.memory_store import MemoryStore
from tests.support.sample_log import SAMPLE, content


@dataclass
class Found:
    """What a log gave: incidents with the number of their signals, and lines not read."""

    incidents: list[Diagnosis] = field(default_factory=list)
    signals: Counter[str] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    read: int = 0

    def of(self, rule_id: str) -> list[Diagnosis]:
        return [incident for incident in self.incidents if incident.rule.id == rule_id]


@cache
def shipped() -> Configuration:
    return read_configuration(SHIPPED)


def rules_in(text: str) -> list[Rule]:
    written, mistakes = rules_of_text(text, "rules.yaml")
    assert mistakes == []
    return [each.rule for each in written]


def detect(path: Path, source: str, written: SourceFormat, rules: Sequence[Rule]) -> Found:
    """Read a file to its end with the plainest matcher, and detect incidents in it."""
    found, detector = Found(), Detector(rules, named, MemoryStore())
    reader = source_reader(
        NamedFormat(source, written), FileFeed(path, Cursor()), Matching(rules), now=_no_clock
    )
    for reading in reader.readings():
        found.rejected += reading.rejected
        found.read += reading.signals
        for match in reading.matches:
            for detection in detector.observe(match.rule, match.signal):
                found.signals[detection.incident_id] += len(detection.signals)
                if isinstance(detection, Opened):
                    found.incidents.append(
                        diagnose(detection, source, shipped().levels.classification)
                    )
    return found


def _no_clock() -> datetime:
    raise AssertionError("what is read must not depend on the clock")


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


@pytest.fixture(scope="module")
def sample() -> Found:
    """What the shipped rules find in the bundled sample."""
    return detect(SAMPLE, "audit", shipped().sources["audit"], shipped().rules)


class TestTheSample:
    def test_is_what_its_generator_writes(self) -> None:
        assert gzip.decompress(SAMPLE.read_bytes()) == content()

    def test_is_small(self) -> None:
        assert SAMPLE.stat().st_size < 200_000

    def test_holds_six_incidents(self, sample: Found) -> None:
        assert [
            (each.rule.id, each.severity, each.context.get("address") or each.labels.get("control"))
            for each in sample.incidents
        ] == [
            ("rule-auth-brute-force", "P2", "203.0.113.66"),
            ("rule-unauthorized-access", "P1", "203.0.113.66"),
            ("rule-unauthorized-access", "P1", "203.0.113.66"),
            ("rule-auth-brute-force", "P2", "2001:db8:10::1f"),
            ("rule-secret-in-output", "P1", None),
            ("rule-compliance-violation", "P0", "RET-4"),
        ]

    def test_tells_of_a_break_in(self, sample: Found) -> None:
        guessing, *_ = sample.of("rule-auth-brute-force")
        vault, payroll = sample.of("rule-unauthorized-access")

        assert guessing.in_window == 10
        assert guessing.tally.first_at == at("03:12:07.400")
        assert guessing.context == {"address": "203.0.113.66", "user_tried": "ops-legacy"}
        assert vault.labels == {"team": "security", "target": "customer-vault"}
        assert payroll.labels == {"team": "security", "target": "payroll-ledger"}
        assert guessing.detected_at < vault.detected_at < payroll.detected_at

    def test_attaches_what_comes_after_the_tenth_failure(self, sample: Found) -> None:
        counts = [count for name, count in sample.signals.items() if "brute" in name]
        assert counts == [14, 12]

    def test_says_what_the_runbook_for_secrets_needs(self, sample: Found) -> None:
        (secret,) = sample.of("rule-secret-in-output")
        assert secret.context.keys() == {
            "commit_sha",
            "secret_type",
            "secret_id",
            "secret_pattern",
            "service",
        }
        assert secret.runbook == "runbook-secret-exposure"
        assert secret.facts.data_at_risk

    def test_has_one_incident_that_a_fact_makes_worse(self, sample: Found) -> None:
        (violation,) = sample.of("rule-compliance-violation")
        assert violation.base_severity is Severity.P1
        assert [(reason.rule, reason.fact) for reason in violation.reasons] == [
            ("affected users above 10,000", "affected_users = 12,400")
        ]

    def test_has_a_slow_guesser_whom_no_shipped_rule_sees(self, sample: Found) -> None:
        assert not [each for each in sample.incidents if "203.0.113.141" in each.key]
        hourly = """
            rules:
              - id: slow
                name: Slow
                description: Thirty failed log-ins from one address within an hour
                detection:
                  source: audit_log
                  pattern: [{ field: action, operator: equals, value: authentication_failed }]
                  threshold: { count: 30, window: 1h }
                  correlate: { field: actor.ip, within: 1h }
                defaultSeverity: P3
                category: authentication_failure
                notifyChannels: []
        """
        found = detect(SAMPLE, "audit", shipped().sources["audit"], rules_in(hourly))
        assert [each.key for each in found.incidents] == ['"203.0.113.141"']

    def test_has_lines_that_cannot_be_read_each_for_another_reason(self, sample: Found) -> None:
        assert [rejected.reason for rejected in sample.rejected] == [
            "not JSON: invalid character (byte 1)",
            "not JSON: it ends in the middle",
            "no time: `timestamp` or `time` or `@timestamp` is missing",
            "the time '10.03.2026 15:45:09' is not written as in 2026-03-01T12:00:00Z",
            "not UTF-8: byte 0xf6 (byte 74)",
        ]
        assert sample.read + len(sample.rejected) == len(content().splitlines())

    def test_uses_addresses_that_belong_to_nobody(self) -> None:
        documentation = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:")
        for line in gzip.decompress(SAMPLE.read_bytes()).splitlines():
            if b'"ip": "' in line:
                assert json.loads(line)["actor"]["ip"].startswith(documentation)


class TestSeverityLevels:
    def test_ship_with_the_values_that_hold_by_default(self) -> None:
        assert shipped().levels.classification == ClassificationPolicy()

    def test_are_all_there(self) -> None:
        levels = shipped().levels.severity_levels
        assert [level.value for level in levels] == ["P0", "P1", "P2", "P3", "P4"]
        assert [level.response_time for level in levels.values()] == [
            "15 minutes",
            "1 hour",
            "4 hours",
            "24 hours",
            "Best effort",
        ]


class TestTheRules:
    def test_have_ids_of_their_own(self) -> None:
        ids = [rule.id for rule in shipped().rules]
        assert len(ids) == len(set(ids)) == 8

    def test_take_the_event_of_the_original_test(self) -> None:
        signal = Signal(
            id="1",
            source="audit_log",
            type="secret_detected",
            timestamp=datetime(2026, 3, 10, tzinfo=UTC),
            data={"action": "secret_detected", "secretType": "api_key"},
        )
        assert [rule.id for rule in shipped().rules if rule.matches(signal)] == [
            "rule-secret-in-output"
        ]


class TestRealLogs:
    def test_give_the_brute_force_incidents_of_sshd(self, shared_data: Path) -> None:
        expected = json.loads((shared_data / "auth/expected.json").read_text("utf-8"))[
            "repeats_expanded"
        ]
        written = shipped().sources["sshd"]
        assert isinstance(written, RegexLines)
        written = written.model_copy(
            update={"time": written.time.model_copy(update={"year": 2017})}
        )
        found = detect(shared_data / "auth/auth.log", "sshd", written, shipped().rules)

        openings = Counter((json.loads(each.key), each.detected_at) for each in found.incidents)
        assert openings == Counter(
            (ip, datetime.fromisoformat(incident["opened_at"]))
            for ip, incidents in expected["by_ip"].items()
            for incident in incidents
        )

    def test_give_the_incidents_of_red_team_techniques(self, shared_data: Path) -> None:
        file = shared_data / "cloudtrail/stratus-red-team.jsonl"
        techniques = {
            each["eventID"]: each["_technique"]
            for each in map(json.loads, file.read_text("utf-8").splitlines())
        }
        found = detect(file, "cloudtrail", shipped().sources["cloudtrail"], shipped().rules)

        assert sorted(
            (each.rule.id, techniques[each.opening_signal].removeprefix("aws."))
            for each in found.incidents
        ) == [
            ("rule-cloud-admin-granted", "persistence.iam-create-admin-user"),
            ("rule-cloud-admin-granted", "persistence.iam-create-backdoor-role"),
            ("rule-cloud-snapshot-shared", "exfiltration.ec2-share-ami"),
            ("rule-cloud-snapshot-shared", "exfiltration.ec2-share-ebs-snapshot"),
            ("rule-cloud-snapshot-shared", "exfiltration.rds-share-snapshot"),
            ("rule-cloudtrail-silenced", "defense-evasion.cloudtrail-delete"),
            ("rule-cloudtrail-silenced", "defense-evasion.cloudtrail-event-selectors"),
            ("rule-cloudtrail-silenced", "defense-evasion.cloudtrail-stop"),
        ]
        assert found.rejected == []

    def test_are_quiet_where_nobody_took_over_an_account(self, shared_data: Path) -> None:
        file = shared_data / "cloudtrail/otrf-ec2-proxy-s3-exfiltration.jsonl"
        found = detect(file, "cloudtrail", shipped().sources["cloudtrail"], shipped().rules)
        assert found.incidents == []
        assert found.read == 103
