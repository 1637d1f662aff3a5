"""Who is told of an event of an incident, by which routes, and who is not, and why."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

RouteKind = Literal[
    "rule", "severity", "table", "tier", "earlier", "obligation", "fallback", "runbook", "person"
]
"""What leads to a channel.

`rule` is the rule's `notifyChannels`, `severity` the level's `notifications`, `table` the routing
table, `tier` a tier of the escalation, `earlier` that the channel was told of the incident before,
`obligation` a message that the level requires, `fallback` that another channel failed, `runbook`
a step that writes to people, `person` somebody who tries a channel.
"""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Route(_Part):
    """What leads to a channel: of which kind, and its name."""

    kind: RouteKind
    name: str

    def __str__(self) -> str:
        return _WORDS[self.kind].format(self.name)


_WORDS: dict[str, str] = {
    "rule": "the rule {} names it",
    "severity": "the level {} names it",
    "table": "the route {} leads there",
    "tier": "it belongs to {}",
    "earlier": "it was told before ({})",
    "obligation": "{} is to be fulfilled by it",
    "fallback": "it stands in for {}",
    "runbook": "a step of {} writes to people",
    "person": "{} tries it",
}


class Chosen(_Part):
    """A channel that is told, in the delivery named, by all the routes that lead to it."""

    channel: str
    delivery: str
    routes: tuple[Route, ...]


class PassedOver(_Part):
    """A channel that a route leads to and that is not told; `channel` is empty for no channel."""

    channel: str
    routes: tuple[Route, ...]
    why: str
