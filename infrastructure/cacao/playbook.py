"""A CACAO 2.0 playbook as JSON: what the import reads of it, and what it must have.

Section numbers are those of the specification. What is not listed here is kept as an extra
field, so that the import can say that it was there.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field

# Of what RFC 5322 allows, what people use; above all nothing that a shell or header would obey.
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def _email(written: str) -> str:
    if not _EMAIL.fullmatch(written):
        msg = "not an e-mail address"
        raise ValueError(msg)
    return written


_PlaybookId = Annotated[str, Field(pattern=r"^playbook--[0-9A-Za-z-]{1,100}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Variable(_Part):
    """Section 10.18. Its value is text, whatever its type."""

    type: str
    description: str = ""
    value: Any = None
    constant: bool = False
    external: bool = False


class Command(_Part):
    """Section 5; of which type it is decides what it needs."""

    type: str
    description: str = ""
    command: str | None = None
    command_b64: str | None = None
    headers: dict[str, tuple[str, ...] | str] = Field(default_factory=dict)
    content: str | None = None
    content_b64: str | None = None


class Contact(_Part):
    """Section 10.5."""

    email: dict[str, Annotated[str, AfterValidator(_email)]] = Field(default_factory=dict)


class AgentTarget(_Part):
    """Section 7: who does something, or to what it is done."""

    type: str
    name: str
    description: str = ""
    address: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    port: str | int | None = None
    contact: Contact | None = None
    authentication_info: str | None = None


class Authentication(_Part):
    """Section 6. Its secrets are never read."""

    type: str


class _Step(_Part):
    """Section 4.1: what all steps share. Times are in milliseconds."""

    name: str = ""
    description: str = ""
    delay: Annotated[int, Field(ge=0)] | None = None
    timeout: Annotated[int, Field(ge=0)] | None = None
    step_variables: dict[str, Variable] = Field(default_factory=dict)
    on_completion: str | None = None
    on_success: str | None = None
    on_failure: str | None = None


class Start(_Step):
    """Section 4.3."""

    type: Literal["start"]
    on_completion: str


class End(_Step):
    """Section 4.4: where a branch ends, or the whole."""

    type: Literal["end"]


class Action(_Step):
    """Section 4.5: commands, each of which is done to each of the targets."""

    type: Literal["action"]
    commands: Annotated[tuple[Command, ...], Field(min_length=1)]
    agent: str
    targets: tuple[str, ...] = ()
    in_args: tuple[str, ...] = ()
    out_args: tuple[str, ...] = ()


class PlaybookAction(_Step):
    """Section 4.6: another playbook."""

    type: Literal["playbook-action"]
    playbook_id: _PlaybookId
    playbook_version: str | None = None
    in_args: tuple[str, ...] = ()
    out_args: tuple[str, ...] = ()


class Parallel(_Step):
    """Section 4.7: branches that may run at the same time."""

    type: Literal["parallel"]
    next_steps: Annotated[tuple[str, ...], Field(min_length=1)]


class IfCondition(_Step):
    """Section 4.8."""

    type: Literal["if-condition"]
    condition: str
    on_true: str
    on_false: str | None = None


class WhileCondition(_Step):
    """Section 4.9."""

    type: Literal["while-condition"]
    condition: str
    on_true: str


class SwitchCondition(_Step):
    """Section 4.10."""

    type: Literal["switch-condition"]
    switch: str
    cases: Annotated[dict[str, str], Field(min_length=1)]


Step = (
    Start
    | End
    | Action
    | PlaybookAction
    | Parallel
    | IfCondition
    | WhileCondition
    | SwitchCondition
)


class Playbook(_Part):
    """Section 3."""

    type: Literal["playbook"]
    spec_version: Literal["cacao-2.0"]
    id: _PlaybookId
    name: Annotated[str, Field(min_length=1)]
    description: str = ""
    created_by: str
    created: str
    modified: str
    revoked: bool = False
    workflow_start: str
    workflow_exception: str | None = None
    workflow: dict[str, Annotated[Step, Discriminator("type")]]
    playbook_variables: dict[str, Variable] = Field(default_factory=dict)
    agent_definitions: dict[str, AgentTarget] = Field(default_factory=dict)
    target_definitions: dict[str, AgentTarget] = Field(default_factory=dict)
    authentication_info_definitions: dict[str, Authentication] = Field(default_factory=dict)

    def definition(self, name: str) -> AgentTarget:
        """Give an agent or target by its identifier."""
        return self.target_definitions.get(name) or self.agent_definitions[name]


def extras(part: BaseModel) -> Mapping[str, Any]:
    """Give the fields of a part that the import does not know."""
    return part.model_extra or {}
