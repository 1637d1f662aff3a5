"""The action `notify`: writes to people of the directory, by a template, into the outbox."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from application.actions import ActionFailedError, Call, Surroundings
from application.templates import TemplateError
from domain.detection.rule import Identifier
from domain.responder.directory import Directory, NobodyError
from infrastructure.clock import SystemClock
from infrastructure.outbox import Outbox
from infrastructure.settings import data_folder
from infrastructure.templates.message import Message, MessageTemplate

_TAKEN = {"incident", "runbook", "execution", "steps", "step", "recipient"}


def _free(name: str) -> str:
    if name in _TAKEN:
        msg = f"{name} has a meaning of its own in templates; choose another name"
        raise ValueError(msg)
    return name


VariableName = Annotated[
    StrictStr, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$"), AfterValidator(_free)
]
TemplateName = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]


class NotifyParameters(BaseModel):
    """Which template, for whom, and what it may read besides what every template may."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: TemplateName
    recipients: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=100)]
    variables: dict[VariableName, Any] = Field(default_factory=dict)


class NotifySettings(BaseModel):
    """Where messages wait to be sent: `tocsin/outbox` in the user's data folder by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outbox: Path = Field(default_factory=lambda: data_folder() / "outbox")


class Notify:
    """Puts one message for each person behind the recipients into the outbox."""

    Parameters: ClassVar[type[BaseModel]] = NotifyParameters
    Settings: ClassVar[type[BaseModel]] = NotifySettings
    outputs: ClassVar[frozenset[str] | None] = frozenset({"messages", "recipients"})

    def __init__(self, settings: NotifySettings, surroundings: Surroundings) -> None:
        self._folder = settings.outbox
        self._outbox = Outbox(settings.outbox)
        self._surroundings = surroundings
        self._clock = SystemClock()

    def is_idempotent(self, parameters: NotifyParameters) -> bool:
        """Always: a message is named after the call and the person."""
        del parameters
        return True

    def perform(self, parameters: NotifyParameters, call: Call) -> Mapping[str, Any]:
        """Write all the messages; raises ActionFailedError, and then there is none."""
        scope = _scope(call)
        directory = self._surroundings.directory or Directory()
        behind = partial(directory.people_behind, at=self._clock.now(), scope=scope)
        people = _people(behind, parameters.recipients)
        template = self._template(parameters.template)
        known = {**parameters.variables, **scope}
        messages = [
            self._message(template, {**known, "recipient": _addressed(directory, person)})
            for person in people
        ]
        ids = [_message_id(call, person) for person in people]
        for message_id, message in zip(ids, messages, strict=True):
            self._put(message_id, {"id": message_id, **self._origin(parameters, call), **message})
        return {"messages": ids, "recipients": people}

    def _template(self, name: str) -> MessageTemplate:
        folder = self._surroundings.templates
        if folder is None:
            msg = "there is no folder of templates"
            raise ActionFailedError(msg)
        path = next((each for each in _candidates(folder, name) if each.is_file()), None)
        if path is None:
            known = ", ".join(sorted(each.name for each in folder.glob("[!.]*"))) or "none"
            msg = f"there is no template {name} in {folder}; there are: {known}"
            raise ActionFailedError(msg)
        try:
            return MessageTemplate(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            msg = f"the template {path} cannot be read: {getattr(error, 'strerror', None) or error}"
            raise ActionFailedError(msg) from None
        except TemplateError as error:
            msg = f"{path}: {error}"
            raise ActionFailedError(msg) from None

    def _message(self, template: MessageTemplate, scope: dict[str, Any]) -> dict[str, Any]:
        recipient = scope["recipient"]
        try:
            written = template.render(scope)
        except (TemplateError, TypeError) as error:
            msg = self._redacted(f"the message to {recipient['name']} cannot be written: {error}")
            raise ActionFailedError(msg) from None
        return {"recipient": recipient, **self._without_secrets(written)}

    def _without_secrets(self, message: Message) -> dict[str, str]:
        # A secret that a parameter named would otherwise be sent by mail.
        return {
            "subject": self._redacted(message.subject),
            "text": self._redacted(message.text),
        }

    def _origin(self, parameters: NotifyParameters, call: Call) -> dict[str, Any]:
        return {
            "created": self._clock.now().isoformat(),
            "incident": call.incident_id,
            "execution": call.execution_id,
            "step": call.step_id,
            "template": parameters.template,
        }

    def _put(self, message_id: str, message: Mapping[str, Any]) -> None:
        try:
            self._outbox.put(message_id, message)
        except OSError as error:
            msg = f"the outbox {self._folder} cannot be written: {error.strerror or error}"
            raise ActionFailedError(msg, passing=True) from None

    def _redacted(self, text: str) -> str:
        redacted: str = self._surroundings.secrets.redacted(text)
        return redacted


def _scope(call: Call) -> dict[str, Any]:
    known = {
        "incident": {"id": call.incident_id},
        "execution": {"id": call.execution_id},
    }
    return {**known, **call.context, "step": {"id": call.step_id}}


def _people(behind: Callable[[str], tuple[str, ...]], recipients: Sequence[str]) -> list[str]:
    """Name every person once, however many names they are behind."""
    try:
        found = [name for each in recipients for name in behind(each)]
    except NobodyError as error:
        raise ActionFailedError(str(error)) from None
    return list(dict.fromkeys(found))


def _addressed(directory: Directory, name: str) -> dict[str, Any]:
    return {"name": name, **directory.people[name].model_dump(mode="json")}


def _candidates(folder: Path, name: str) -> Iterator[Path]:
    yield from (folder / f"{name}{suffix}" for suffix in ("", ".md", ".txt"))


def _message_id(call: Call, person: str) -> str:
    return sha256(f"{call.idempotency_key}\n{person}".encode()).hexdigest()[:32]
