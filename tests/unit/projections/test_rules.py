"""The rules view: which rules are in force, who changed them, and what they found."""

from domain.detection.rule_book import RuleBook
from tests.unit.projections.folding import rows_of
from tests.unit.projections.histories import MemoryLog, by, incident, minute, rule


def test_a_loaded_rule_is_in_force() -> None:
    book = RuleBook.open(by("alice"), minute(0))
    book.load([rule("a"), rule("b", enabled=False)], by("alice"), minute(1))
    log = MemoryLog()
    log.record(book)
    first, second = rows_of("rules", log)
    assert (first["id"], first["name"], first["digest"]) == ("a", "Rule a", rule("a").digest)
    assert (first["severity"], first["category"]) == ("P2", "authentication_failure")
    assert (first["enabled"], second["enabled"]) == (True, False)
    assert first["in_force"]
    assert first["first_loaded_at"] == first["changed_at"] == "2024-12-10T06:56:46.000000Z"
    assert first["changed_by"] == "alice"


def test_a_change_keeps_when_a_rule_was_first_loaded() -> None:
    book = RuleBook.open(by("alice"), minute(0))
    book.load([rule("a")], by("alice"), minute(1))
    book.load([rule("a", name="Renamed")], by("bob"), minute(2))
    log = MemoryLog()
    log.record(book)
    (row,) = rows_of("rules", log)
    assert (row["name"], row["changed_by"]) == ("Renamed", "bob")
    assert row["first_loaded_at"] < row["changed_at"]


def test_a_removed_rule_stays_visible_and_may_come_back() -> None:
    book = RuleBook.open(by("alice"), minute(0))
    book.load([rule("a")], by("alice"), minute(1))
    book.load([], by("bob"), minute(2))
    log = MemoryLog()
    log.record(book)
    (row,) = rows_of("rules", log)
    assert (row["in_force"], row["changed_by"]) == (False, "bob")
    book.load([rule("a")], by("carol"), minute(3))
    log.record(book)
    (row,) = rows_of("rules", log)
    assert row["in_force"]
    assert row["first_loaded_at"] == "2024-12-10T06:56:46.000000Z"


def test_incidents_of_a_rule_are_counted_and_the_latest_is_known() -> None:
    log = MemoryLog()
    log.record(incident("INC-1", detected_at=minute(5)), incident("INC-2", detected_at=minute(2)))
    (row,) = rows_of("rules", log)
    assert (row["id"], row["incidents"]) == ("auth-001", 2)
    assert row["last_fired_at"] == "2024-12-10T07:00:46.000000Z"


def test_a_rule_that_no_book_loaded_has_the_name_its_incident_gives() -> None:
    log = MemoryLog()
    log.record(incident())
    (row,) = rows_of("rules", log)
    assert row["name"] == "Authentication Brute Force Attempt"
    assert (row["in_force"], row["first_loaded_at"]) == (False, None)
