"""The channel `apprise`: a message by any of the services of the Apprise library."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StrictStr
from pydantic import model_validator as validated

from application.actions import ActionFailedError, Surroundings
from application.alerting.wording import facts, one_line, title
from application.channels import Answer, Delivered, Message, Never, TryLater
from application.projections.texts import harmless
from domain.alerting.content import Content
from domain.incident.severity import Severity
from infrastructure.channels.apprise_library import Kind, Notice, notify
from infrastructure.channels.legible import legible
from infrastructure.channels.several import Several
from infrastructure.outgoing.deadline import Deadline

# Of the process, and not of a channel, which may be made anew for every message.
_URLS = Several("URLs")
_SCHEME = re.compile(r"[A-Za-z0-9]+(?=://)")
_BAD = frozenset({Severity.P0, Severity.P1})
_GOOD = frozenset({"resolved", "closed"})
_NEUTRAL = frozenset({"acknowledged", "digest", "message", "test"})

Url = Annotated[StrictStr, Field(min_length=1, max_length=8192)]


class AppriseConfig(BaseModel):
    """Which services: one Apprise URL, or several. Secrets in them are `${NAME}`."""

    # A URL holds passwords and tokens, and somebody may have written them out.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: Url | None = Field(default=None, repr=False)
    urls: Annotated[tuple[Url, ...], Field(max_length=20)] = Field(default=(), repr=False)

    @validated(mode="after")
    def _there_is_a_service(self) -> Self:
        if (self.url is None) == (not self.urls):
            msg = "give either url or urls"
            raise ValueError(msg)
        return self

    @property
    def all_urls(self) -> tuple[str, ...]:
        """The URLs as they are written."""
        return self.urls if self.url is None else (self.url,)


class AppriseChannel:
    """Sends a message to each URL; whoever has it is not sent it again when another has not."""

    Config: ClassVar[type[BaseModel]] = AppriseConfig
    reaches: ClassVar[str | None] = None

    def __init__(self, config: AppriseConfig, surroundings: Surroundings) -> None:
        self._urls = {_name(place, url): url for place, url in enumerate(config.all_urls, start=1)}
        self._secrets = surroundings.secrets

    def send(self, message: Message) -> Answer:
        """Send a message to all URLs that have not got it already."""
        content = message.content
        notice = Notice(title(content), "\n".join(_lines(content)), _kind(content))
        had = _URLS.told(message.id)
        waiting = [name for name in self._urls if name not in had]
        answers: dict[str, Answer] = dict.fromkeys(had & set(self._urls), Delivered())
        deadline = Deadline(message.seconds)
        for place, name in enumerate(waiting):
            # One that hangs leaves the others their share.
            seconds = deadline.left() / (len(waiting) - place)
            answers[name] = self._sent(self._urls[name], notice, seconds)
        return _URLS.answer(message.id, answers, {})

    def _sent(self, url: str, notice: Notice, seconds: float) -> Answer:
        try:
            return notify(self._secrets.resolve(url), notice, seconds)
        except ActionFailedError as error:
            # Only of this URL: the others may have got it.
            return TryLater(str(error)) if error.passing else Never(str(error))


def _name(place: int, url: str) -> str:
    """Name a URL by its place and scheme: the rest may be secret."""
    scheme = _SCHEME.match(url)
    return f"URL {place} ({scheme[0]}://)" if scheme else f"URL {place}"


def _lines(content: Content) -> Iterator[str]:
    if content.text:
        yield from legible(content.text.rstrip())
        return
    yield harmless(content.sentence)
    if content.alert is not None:
        yield from (f"{name}: {harmless(value)}" for name, value in facts(content.alert))
        if content.alert.acknowledged_by is None and content.occasion not in _GOOD:
            yield f"Answer with: tocsin ack {harmless(content.alert.incident_id)}"
    yield from (harmless(one_line(alert)) for alert in content.covers)
    hidden = sum(content.counts.values()) - len(content.covers)
    if content.counts and hidden > 0:
        yield f"{hidden:,} more are on the board: tocsin incidents"


def _kind(content: Content) -> Kind:
    if content.occasion in _GOOD:
        return "success"
    if content.occasion in _NEUTRAL:
        return "info"
    severities = {content.alert.severity} if content.alert else set(content.counts)
    return "failure" if severities & _BAD else "warning"
