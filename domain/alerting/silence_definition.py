"""What a silence holds back, when and why, as whoever makes it says."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.alerting.content import Alert
from domain.alerting.matcher import Matcher
from domain.alerting.schedule import Schedule
from domain.incident.severity import Severity

Kind = Literal["silence", "maintenance"]

_MOST_MATCHERS = 100
_LONGEST_COMMENT = 2_000


class SilenceDefinition(BaseModel):
    """A silence or a maintenance window: every matcher has to hold for it to cover an alert.

    Nothing is checked where it is read, so that what was stored can be read for ever; `mistakes`
    are what keeps one from being made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "silence"
    matchers: tuple[Matcher, ...] = ()
    everything: bool = False
    schedule: Schedule
    comment: str

    def concerns(self, alert: Alert, channel: str | None) -> bool:
        """Say whether this is about an alert; without a channel, on one that it might go to.

        P0 is never meant by accident: only where the severity or the incident is spelled out.
        """
        return self.would_concern(alert, channel) and not (
            alert.severity is Severity.P0 and not any(each.is_explicit for each in self.matchers)
        )

    def would_concern(self, alert: Alert, channel: str | None) -> bool:
        """Say whether this would be about an alert if it were not so severe."""
        return all(each.holds(alert, channel) for each in self.matchers)

    def mistakes(self, at: datetime) -> tuple[str, ...]:
        """Say everything that is wrong with it if it is made at a time."""
        return (*self._mistakes_of_matchers(), *self._other_mistakes(), *self.schedule.mistakes(at))

    def _mistakes_of_matchers(self) -> Iterator[str]:
        if self.everything and self.matchers:
            yield "it holds back everything, and yet only what its matchers say"
        if self.everything and self.kind != "maintenance":
            yield "only a maintenance window may hold back everything"
        if not self.everything and not self.matchers:
            yield "it does not say what it holds back"
        if len(self.matchers) > _MOST_MATCHERS:
            yield f"it has more than {_MOST_MATCHERS} matchers"
        for each in self.matchers:
            yield from each.mistakes()

    def _other_mistakes(self) -> Iterator[str]:
        if not self.comment.strip():
            yield "it does not say why"
        if len(self.comment) > _LONGEST_COMMENT:
            yield f"it says why in more than {_LONGEST_COMMENT:,} characters"
        if self.schedule.repeats is not None and self.kind != "maintenance":
            yield "only a maintenance window comes back"
