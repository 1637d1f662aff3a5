"""Given the rules in force, when rules are loaded, then an event says what changed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.detection.rule import Rule
from domain.detection.rule_book import RULE_BOOK_ID, RuleBook
from domain.provenance import Actor, Cause, Provenance
from tests.support.detection import a_rule

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = Provenance(
    actor=Actor.person("anna"), cause=Cause(kind="command", id="rules"), correlation=RULE_BOOK_ID
)


def given(*rules: Rule) -> RuleBook:
    book = RuleBook.open(ANNA, AT)
    book.load(rules, ANNA, AT)
    book.collect_events()
    return book


def loaded(book: RuleBook, rules: Sequence[Rule]) -> RuleBook.RulesLoaded:
    assert book.load(rules, ANNA, AT)
    (happened,) = book.collect_events()
    assert isinstance(happened, RuleBook.RulesLoaded)
    return happened


def test_a_book_is_begun_empty_and_under_the_one_id() -> None:
    book = RuleBook.open(ANNA, AT)
    assert (book.id, book.digests) == (RULE_BOOK_ID, {})
    assert [type(one) for one in book.collect_events()] == [RuleBook.Opened]


def test_new_rules_are_added_with_their_content() -> None:
    rule = a_rule("one")
    happened = loaded(given(), [rule])
    (added,) = happened.added
    assert (added.id, added.digest) == ("one", rule.digest)
    assert Rule.model_validate(added.definition) == rule
    assert (happened.changed, happened.removed) == ((), ())
    assert happened.digests == {"one": rule.digest}


def test_a_changed_rule_is_not_an_added_one() -> None:
    happened = loaded(given(a_rule("one"), a_rule("two")), [a_rule("one"), a_rule("two", limit=5)])
    assert [rule.id for rule in happened.changed] == ["two"]
    assert (happened.added, happened.removed) == ((), ())


def test_rules_that_are_gone_are_removed() -> None:
    happened = loaded(given(a_rule("two"), a_rule("one"), a_rule("three")), [a_rule("two")])
    assert happened.removed == ("one", "three")
    assert (happened.added, happened.changed) == ((), ())
    assert list(happened.digests) == ["two"]


def test_the_same_rules_in_another_order_change_nothing() -> None:
    book = given(a_rule("one"), a_rule("two"))
    assert not book.load([a_rule("two"), a_rule("one")], ANNA, AT)
    assert book.pending_events == []


def test_a_rule_can_come_back() -> None:
    book = given(a_rule("one"))
    assert book.load([], ANNA, AT)
    book.collect_events()
    assert [rule.id for rule in loaded(book, [a_rule("one")]).added] == ["one"]


def test_a_book_replayed_from_its_events_is_the_same() -> None:
    book = RuleBook.open(ANNA, AT)
    book.load([a_rule("one")], ANNA, AT)
    book.load([a_rule("two")], ANNA, AT)
    again = None
    for happened in book.pending_events:
        again = happened.mutate(again)
    assert isinstance(again, RuleBook)
    assert (again.digests, again.version) == (book.digests, book.version)
