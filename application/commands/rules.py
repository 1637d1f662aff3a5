"""Putting detection rules in force, on the record."""

from collections.abc import Sequence

from application.commands.deciding import unopposed
from application.journal import Journal
from application.ports import Clock
from domain.detection.rule import Rule
from domain.detection.rule_book import RULE_BOOK_ID, RuleBook
from domain.provenance import Actor, Cause, Provenance


def load_rules(
    journal: Journal, clock: Clock, rules: Sequence[Rule], actor: Actor, command_id: str
) -> bool:
    """Record the rules in force, if they are others than before; say whether they are."""
    provenance = Provenance(
        actor=actor, cause=Cause(kind="command", id=command_id), correlation=RULE_BOOK_ID
    )

    def attempt() -> bool:
        at = clock.now()
        book = journal.load(RuleBook, RULE_BOOK_ID) or RuleBook.open(provenance, at)
        if not book.load(rules, provenance, at):
            return False
        journal.commit([book])
        return True

    return unopposed(attempt)
