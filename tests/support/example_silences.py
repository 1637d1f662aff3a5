"""Silences in which every event of a silence happens at least once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.alerting.matcher import Matcher
from domain.alerting.schedule import Schedule
from domain.alerting.silence import Silence
from domain.alerting.silence_definition import SilenceDefinition
from domain.provenance import Act, Provenance


def example_silences(who: Provenance, now: Callable[[], datetime]) -> list[Silence]:
    """A maintenance window that says something in every field, and another end of it."""
    begin = now()
    definition = SilenceDefinition(
        kind="maintenance",
        matchers=(
            Matcher(name="severity", operator="in", value=("P2", "P3")),
            Matcher(name="label.team", operator="not_equals", value="payments"),
            Matcher(name="about", operator="matches", value="^192[.]0[.]2[.]"),
        ),
        schedule=Schedule(
            starts_at=begin + timedelta(hours=1),
            ends_at=begin + timedelta(hours=3),
            repeats="weekly",
            timezone="Europe/Berlin",
            repeats_until=begin + timedelta(days=90),
        ),
        comment="The cables are moved.",
    )
    silence = Silence.create("SIL-EXAMPLEA", definition, Act(who, now()))
    silence.extend(begin + timedelta(days=60), Act(who, now()))
    silence.end(Act(who, now()))
    return [silence]
