"""The rules in force as an aggregate, so that who changed which rule, and when, has an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from eventsourcing.domain import BaseAggregate, CanInitAggregate, CanMutateAggregate, event
from pydantic import BaseModel, ConfigDict

from domain.detection.rule import Rule
from domain.event import RecordedEvent
from domain.provenance import Provenance

RULE_BOOK_ID = "rule-book"


class LoadedRule(BaseModel):
    """A rule as it was loaded: its content, and the SHA-256 of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    digest: str
    definition: dict[str, Any]


class RuleBook(BaseAggregate[str]):
    """Which rules, in which version, detect incidents."""

    TOPIC = "rule_book"

    class Event(RecordedEvent, CanMutateAggregate[str]):
        """What all events of the rule book share."""

        TOPIC: ClassVar[str] = "rule_book.event"

    class Opened(Event, CanInitAggregate[str]):
        """The book is begun, with no rule in it."""

        TOPIC: ClassVar[str] = "rule_book.opened"
        originator_topic: str

    class RulesLoaded(Event):
        """Rules were added, changed or removed; `digests` are those of all rules in force now."""

        TOPIC: ClassVar[str] = "rule_book.rules_loaded"
        added: tuple[LoadedRule, ...]
        changed: tuple[LoadedRule, ...]
        removed: tuple[str, ...]
        digests: dict[str, str]

    @classmethod
    def open(cls, provenance: Provenance, at: datetime) -> RuleBook:
        """Begin the book."""
        return cls._create(cls.Opened, id=RULE_BOOK_ID, provenance=provenance, timestamp=at)

    def load(self, rules: Sequence[Rule], provenance: Provenance, at: datetime) -> bool:
        """Put rules in force in place of those before; say whether that changed anything."""
        loaded = {
            rule.id: LoadedRule(
                id=rule.id,
                digest=rule.digest,
                definition=rule.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            )
            for rule in rules
        }
        digests = {rule_id: rule.digest for rule_id, rule in loaded.items()}
        if digests == self.digests:
            return False
        known = self.digests
        self.trigger_event(
            self.RulesLoaded,
            added=tuple(rule for rule in loaded.values() if rule.id not in known),
            changed=tuple(
                rule for rule in loaded.values() if known.get(rule.id, rule.digest) != rule.digest
            ),
            removed=tuple(sorted(known.keys() - digests.keys())),
            digests=digests,
            provenance=provenance,
            timestamp=at,
        )
        return True

    @event(Opened)
    def __init__(self) -> None:
        self.digests: dict[str, str] = {}

    @event(RulesLoaded)
    def _rules_loaded(self, digests: dict[str, str]) -> None:
        self.digests = digests
