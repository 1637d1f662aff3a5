"""The action `command`: runs a program from the configured allow-list, never through a shell."""

import signal
from collections.abc import Mapping
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from application.actions import ActionFailedError, Call, OutcomeUnknownError, Surroundings
from domain.detection.rule import Identifier
from infrastructure.actions.child_process import CannotStartError, Ended, Launch, run
from infrastructure.actions.command_line import command_line
from infrastructure.actions.command_settings import AllowedCommand, CommandSettings

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LAST_LINES = 5
_LONGEST_REASON = 1000

ArgumentValue = StrictStr | StrictBool | StrictInt | StrictFloat


class CommandParameters(BaseModel):
    """Which of the allowed commands, and what is put into the placeholders of its argv."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Identifier
    arguments: dict[str, ArgumentValue] = Field(default_factory=dict)


class RunCommand:
    """Runs an allowed command and answers with what it wrote.

    It is told which incident, execution and step it runs for, and the idempotency key, by
    `TOCSIN_*` in its environment.
    """

    Parameters: ClassVar[type[BaseModel]] = CommandParameters
    Settings: ClassVar[type[BaseModel]] = CommandSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset(
        {"exit", "stdout", "stderr", "json", "truncated"}
    )

    def __init__(self, settings: CommandSettings, surroundings: Surroundings) -> None:
        self._allowed = settings.allowed
        self._secrets = surroundings.secrets

    def is_idempotent(self, parameters: CommandParameters) -> bool:
        """Say what the configuration says of the command."""
        allowed = self._allowed.get(parameters.name)
        return allowed is not None and allowed.idempotent

    def perform(self, parameters: CommandParameters, call: Call) -> Mapping[str, Any]:
        """Run the command.

        Raises ActionFailedError if it cannot be run or ends with a status that is not expected,
        OutcomeUnknownError if it had to be killed, or was, unless it is idempotent.
        """
        allowed = self._allowed.get(parameters.name)
        if allowed is None:
            known = ", ".join(sorted(self._allowed)) or "none"
            msg = f"no command {parameters.name} is allowed; allowed: {known}"
            raise ActionFailedError(msg)
        launch = Launch(
            argv=command_line(allowed, parameters.arguments),
            cwd=allowed.cwd,
            environment=self._environment(allowed, call),
            seconds=min(allowed.seconds, call.seconds_left()),
            keep=allowed.output_limit,
        )
        if launch.seconds <= 0:
            msg = "there was no time left to run the command"
            raise ActionFailedError(msg, passing=True)
        ended = self._run(launch)
        self._judge(parameters.name, allowed, launch, ended)
        return self._answer(ended)

    def _run(self, launch: Launch) -> Ended:
        try:
            return run(launch)
        except CannotStartError as error:
            raise ActionFailedError(self._redacted(str(error))) from None

    def _environment(self, allowed: AllowedCommand, call: Call) -> dict[str, str]:
        configured = {
            name: self._secrets.resolve(text) for name, text in allowed.environment.items()
        }
        return {
            "PATH": _PATH,
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            **configured,
            "TOCSIN_INCIDENT_ID": call.incident_id,
            "TOCSIN_EXECUTION_ID": call.execution_id,
            "TOCSIN_STEP_ID": call.step_id,
            "TOCSIN_IDEMPOTENCY_KEY": call.idempotency_key,
        }

    def _judge(self, name: str, allowed: AllowedCommand, launch: Launch, ended: Ended) -> None:
        if ended.timed_out:
            self._interrupted(allowed, f"{name} did not end within {launch.seconds:.3g} s", ended)
        if ended.status < 0:
            why = signal.strsignal(-ended.status) or "unknown"
            self._interrupted(allowed, f"{name} was ended by signal {-ended.status} ({why})", ended)
        if ended.status not in allowed.expected_exit:
            what = f"{name} ended with exit status {ended.status}"
            raise ActionFailedError(self._reason(what, ended))

    def _interrupted(self, allowed: AllowedCommand, what: str, ended: Ended) -> None:
        reason = self._reason(what, ended)
        if allowed.idempotent:
            raise ActionFailedError(reason, passing=True)
        raise OutcomeUnknownError(reason)

    def _reason(self, what: str, ended: Ended) -> str:
        lines = ended.stderr.text(self._redacted).split("\n")
        last = [line.strip() for line in lines if line.strip()][-_LAST_LINES:]
        told = " | ".join(last)[-_LONGEST_REASON:]
        return f"{what}: {told}" if told else what

    def _answer(self, ended: Ended) -> dict[str, Any]:
        return {
            "exit": ended.status,
            "stdout": ended.stdout.text(self._redacted),
            "stderr": ended.stderr.text(self._redacted),
            "json": self._secrets.redacted(_json(ended.stdout.whole)),
            "truncated": ended.stdout.is_cut or ended.stderr.is_cut,
        }

    def _redacted(self, text: str) -> str:
        redacted: str = self._secrets.redacted(text)
        return redacted


def _json(written: bytes | None) -> Any:
    try:
        return orjson.loads(written) if written else None
    except orjson.JSONDecodeError:
        return None
