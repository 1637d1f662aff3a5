"""Real logs give exactly the incidents that an independent count expects of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.ingesting import (
    BRUTE_FORCE,
    Case,
    a_rule,
    equals,
    opening_of,
    shipped_source,
    write_configuration,
)

NGINX = {
    "format": "jsonl",
    "kind": "metric",
    "time": {"field": "timestamp", "unit": "ms"},
}


def _milliseconds(moment: str) -> str:
    return moment.replace("000Z", "Z") if "." in moment else moment


@pytest.mark.parametrize(
    ("repeats", "expected"), [("once", "plain"), ("expand", "repeats_expanded")]
)
def test_sshd_brute_force_opens_the_expected_incidents(
    repeats: str, expected: str, tmp_path: Path, database_url: str, shared_data: Path
) -> None:
    sources = {"sshd": shipped_source("sshd", repeats=repeats, time={"year": 2017})}
    case = Case(write_configuration(tmp_path / "config", [BRUTE_FORCE], sources), database_url)
    totals = case.ingest(shared_data / "auth/auth.log", "sshd")
    wanted = json.loads((shared_data / "auth/expected.json").read_text())
    found = {
        incident.diagnosis.key.strip('"'): [
            {
                "opened_at": opening_of(incident)[0],
                "line": opening_of(incident)[1],
                "signals_in_window_at_opening": incident.diagnosis.in_window,
                "last_signal_at": incident.tally.last_at.isoformat().replace("+00:00", "Z"),
            }
        ]
        for incident in case.incidents()
    }
    count = "failed_password_lines" if repeats == "once" else "failed_with_repeats_expanded"
    assert totals.matched == wanted[count]
    assert totals.rejected == 0
    assert len(case.incidents()) == wanted[expected]["incidents"]
    assert found == wanted[expected]["by_ip"]


def test_metrics_beyond_a_bound_match_as_often_as_expected(
    tmp_path: Path, sqlite_url: str, shared_data: Path
) -> None:
    wanted = json.loads((shared_data / "metrics/expected.json").read_text())["simple"]
    for number, (name, one) in enumerate(wanted.items()):
        pattern = {"field": one["field"], "operator": one["op"], "value": one["value"]}
        rule = a_rule(name, {"source": "metric", "pattern": [pattern]}, limit=100_000)
        folder = write_configuration(tmp_path / str(number), [rule], {"nginx": NGINX})
        case = Case(folder, f"{sqlite_url}.{number}")
        totals = case.ingest(shared_data / "metrics/nginx-plus.jsonl", "nginx")
        assert (name, totals.matched) == (name, one["matches"])
        assert len(totals.opened) == one["matches"]


@pytest.mark.parametrize("number", range(4))
def test_metric_thresholds_open_the_expected_incidents(
    number: int, tmp_path: Path, sqlite_url: str, shared_data: Path
) -> None:
    wanted: dict[str, Any] = json.loads((shared_data / "metrics/expected.json").read_text())
    threshold = wanted["thresholds"][number]
    one = wanted["simple"][threshold["rule"]]
    detection = {
        "source": "metric",
        "pattern": [{"field": one["field"], "operator": one["op"], "value": one["value"]}],
        "threshold": {"count": threshold["count"], "window": f"{threshold['window_s']}s"},
    }
    folder = write_configuration(tmp_path, [a_rule("metric", detection)], {"nginx": NGINX})
    case = Case(folder, sqlite_url)
    case.ingest(shared_data / "metrics/nginx-plus.jsonl", "nginx")
    found = [
        {
            "opened_at": _milliseconds(opening_of(incident)[0]),
            "line": opening_of(incident)[1],
            "last_signal_at": _milliseconds(
                incident.tally.last_at.isoformat().replace("+00:00", "Z")
            ),
        }
        for incident in case.incidents()
    ]
    assert found == threshold["incidents"]


@pytest.mark.parametrize(
    ("file", "records"),
    [("stratus-red-team.jsonl", 310), ("otrf-ec2-proxy-s3-exfiltration.jsonl", 103)],
)
def test_cloudtrail_is_read_without_a_dead_letter(
    file: str, records: int, tmp_path: Path, sqlite_url: str, shared_data: Path
) -> None:
    case = Case(write_configuration(tmp_path, [BRUTE_FORCE]), sqlite_url)
    totals = case.ingest(shared_data / "cloudtrail" / file, "cloudtrail")
    assert (totals.signals, totals.rejected) == (records, 0)


def test_a_rule_finds_an_element_of_a_nested_list(
    tmp_path: Path, sqlite_url: str, shared_data: Path
) -> None:
    log = shared_data / "cloudtrail/stratus-red-team.jsonl"
    path = "requestParameters.instancesSet.items.instanceId"
    pattern = [equals("eventName", "DescribeInstances"), equals(path, "i-DDd6c7B0e18F0E35f")]
    rule = a_rule("looked-at", {"pattern": pattern}, limit=1000)
    case = Case(write_configuration(tmp_path, [rule]), sqlite_url)
    totals = case.ingest(log, "cloudtrail")
    records = [json.loads(line) for line in log.read_text().splitlines()]
    by_hand = [
        record
        for record in records
        if record["eventName"] == "DescribeInstances"
        for item in (record["requestParameters"].get("instancesSet") or {}).get("items", [])
        if item["instanceId"] == "i-DDd6c7B0e18F0E35f"
    ]
    assert totals.matched == len(by_hand) > 0
