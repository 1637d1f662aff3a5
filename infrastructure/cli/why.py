"""`tocsin why`: who was told of an incident, who was not, and why."""

from typing import TYPE_CHECKING, Any

import click

from infrastructure.cli.commanding import Command, with_examples
from infrastructure.cli.output import fields_of, say, say_json
from infrastructure.cli.parameters import Text, json_option

if TYPE_CHECKING:
    from infrastructure.bootstrap import Tocsin


@with_examples(
    "tocsin why 7KQ2ZD          an incident: who was told, and who was not",
    "tocsin why DLV-7KQ2ZDAB    a delivery: what led to it",
    "tocsin why 7KQ2ZD --json",
)
@click.command(cls=Command)
@click.argument("which", metavar="ID", type=Text())
@json_option
def why(which: str, as_json: bool) -> None:
    """Tell why you were paged, or why nobody was.

    Of an incident: who was told of which event, by which routes, and what came of it; who was not,
    and why; and who answered. Of a delivery: what led to it. Times are UTC.
    """
    from infrastructure.cli.opened import incident_or_delivery, opened, views_of

    with opened() as tocsin:
        found = incident_or_delivery(views_of(tocsin), which)
        tell = _incident if found.startswith("INC-") else _delivery
        tell(tocsin, found, as_json=as_json)


def _incident(tocsin: "Tocsin", incident_id: str, *, as_json: bool) -> None:
    from dataclasses import asdict

    from application.reports.why import explain
    from infrastructure.cli.why_advice import advice
    from infrastructure.cli.why_story import story
    from infrastructure.store.bookmarks import StoredBookmarks

    views = tocsin.views
    row = views.incident(incident_id)
    assert row is not None  # noqa: S101 - it was just found, and incidents stay
    found = explain(incident_id, tocsin.journal, views, StoredBookmarks(tocsin.journal))
    hints = list(advice(found, tocsin))
    if as_json:
        incident = {name: getattr(row, name) for name in ("severity", "status", "rule_id")}
        say_json({**asdict(found), "incident": incident, "what_to_do": hints})
    else:
        say(*story(row, found, hints))


def _delivery(tocsin: "Tocsin", delivery_id: str, *, as_json: bool) -> None:
    from infrastructure.cli.deliveries import row_of
    from infrastructure.cli.why_delivery import causes, told

    row = row_of(tocsin.views, delivery_id)
    found = causes(row, tocsin)
    if as_json:
        say_json(_object(fields_of(row), found))
    else:
        say(*told(row, found))


def _object(delivery: dict[str, Any], found: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {"delivery": delivery, **asdict(found)}
