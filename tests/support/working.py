"""A worker with everything about it in memory: a log, a clock that tests move, scripted effects."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from application.commands.executions import ExecutionCommands
from application.commands.incidents import Order
from application.commands.starting import Starting
from application.journal import Journal
from application.log import Headline
from application.processes.auto_remediation import AutoRemediation
from application.processes.following import Following
from application.runbooks import Runbooks
from application.templates import TemplateError
from application.working.execution_desk import Active, ExecutionDesk, Tools
from application.working.performing import Done, Effect, Outcome
from application.working.settling import Settling
from application.working.stepping import Stepping
from application.working.worker import Rhythm, Worker
from domain.incident.incident import Incident
from domain.runbook.execution import RunbookExecution
from domain.runbook.runbook import Runbook
from tests.support.runbooks import START

_VARIABLE = re.compile(r"\{\{ *([\w.]+) *\}\}")
Answer = Outcome | Callable[[Effect], Outcome]


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """Give the time."""
        return self.at

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


class FakeStop:
    """Ends work after so many rests; each rest takes its time on the clock."""

    def __init__(self, clock: FakeClock, rests: int = 1000) -> None:
        self._clock = clock
        self._rests = rests

    def is_set(self) -> bool:
        """Say whether to stop."""
        return self._rests <= 0

    def wait(self, timeout: float) -> bool:
        """Let the time pass."""
        self._rests -= 1
        self._clock.move(seconds=max(timeout, 0.01))
        return self.is_set()


class FakeHands:
    """Effects that end as scripted: by action, one answer after the other, the last for ever."""

    def __init__(self, script: Mapping[str, Sequence[Answer]], idempotent: Iterable[str]) -> None:
        self._script = {action: list(answers) for action, answers in script.items()}
        self._idempotent = set(idempotent)
        self._waiting: list[tuple[Effect, Outcome]] = []
        self.performed: list[Effect] = []
        self.holds_back = False
        self.free = 4

    @property
    def busy(self) -> bool:
        """Whether an outcome waits to be taken."""
        return bool(self._waiting) and not self.holds_back

    def begin(self, effect: Effect) -> None:
        """Perform an effect at once."""
        self.performed.append(effect)
        answers = self._script.get(effect.action, [Done({})])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        outcome = answer(effect) if callable(answer) else answer
        self._waiting.append((effect, outcome))

    def ended(self) -> list[tuple[Effect, Outcome]]:
        """Give what was performed, unless the worker is to die before it learns of that."""
        if self.holds_back:
            return []
        taken, self._waiting = self._waiting, []
        return taken

    def is_idempotent(self, effect: Effect) -> bool:
        """Say what the test says."""
        return effect.action in self._idempotent


class FakeBell:
    """Everything has ended already."""

    def wait(self, timeout: float) -> None:
        """Wait for nothing."""


class FakePresence:
    """A worker's name, and those of workers that have ended."""

    def __init__(self, name: str, gone: set[str]) -> None:
        self.name = name
        self._gone = gone

    def is_gone(self, worker: str) -> bool:
        """Say what the test says."""
        return worker in self._gone


class FakeTemplates:
    """Puts the values of dotted paths in; knows nothing else."""

    def render(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """Render texts at any depth."""
        if isinstance(value, Mapping):
            return {key: self.render(item, scope) for key, item in value.items()}
        if not isinstance(value, str):
            return value
        whole = _VARIABLE.fullmatch(value)
        if whole:
            return _value(scope, whole[1])
        return _VARIABLE.sub(lambda found: str(_value(scope, found[1])), value)

    def variables(self, value: Any) -> set[str]:
        """Give the paths."""
        return set(_VARIABLE.findall(str(value)))


def _value(scope: Any, path: str) -> Any:
    for segment in path.split("."):
        try:
            scope = scope[segment]
        except (KeyError, TypeError):
            msg = f"{path} is undefined"
            raise TemplateError(msg) from None
    return scope


class MemoryHeadlines:
    """The headlines of a journal in memory."""

    def __init__(self, journal: Journal) -> None:
        self._recorder = journal.recorder

    def headlines(self, after: int, limit: int) -> list[Headline]:
        """Read from after a position."""
        found = self._recorder.select_notifications(after + 1, limit)
        return [
            Headline(int(n.id), str(n.originator_id), n.originator_version, n.topic) for n in found
        ]

    def head(self) -> int:
        """Give the end of the log."""
        return int(self._recorder.max_notification_id() or 0)


class MemoryBookmarks:
    """Bookmarks in memory."""

    def __init__(self) -> None:
        self.at: dict[str, int] = defaultdict(int)

    def position(self, process: str) -> int:
        """Give a bookmark."""
        return self.at[process]

    def move(self, process: str, to: int) -> None:
        """Move it on."""
        self.at[process] = max(to, self.at[process])


class Workshop:
    """A log in memory, runbooks, and as many workers as a test wants."""

    def __init__(
        self,
        *runbooks: Runbook,
        script: Mapping[str, Sequence[Answer]] | None = None,
        idempotent: Iterable[str] = (),
    ) -> None:
        self.journal = Journal({
            "ORIGINATOR_ID_TYPE": "text",
            "MAPPER_TOPIC": "infrastructure.store.mapper:JsonMapper",
        })  # fmt: skip
        self.clock = FakeClock()
        self.hands = FakeHands(script or {}, idempotent)
        self.gone: set[str] = set()
        self.bookmarks = MemoryBookmarks()
        self.runbooks = Runbooks({each.id: each for each in runbooks})
        self.starting = Starting(self.journal, self.clock, self.runbooks, FakeTemplates())
        self.commands = ExecutionCommands(self.journal, self.clock, self.starting, lambda _: ())
        self._orders = 0

    def add(self, *incidents: Incident) -> None:
        """Let incidents be detected."""
        self.journal.commit(incidents)

    def order(self, by: str = "ana", reason: str = "") -> Order:
        """Give a person's order."""
        self._orders += 1
        return Order(by=by, id=f"command-{self._orders}", reason=reason)

    def worker(self, name: str = "worker-1") -> Worker:
        """Make a worker that knows of everything that is not over."""
        presence = FakePresence(name, self.gone)
        stepping = Stepping(self.journal, self.clock, FakeTemplates(), self.hands, presence)
        process = AutoRemediation(self.journal, self.runbooks, self.starting)
        settling = Settling(self.journal, self.clock, name)
        tools = Tools(stepping, settling, self.hands)
        desk = ExecutionDesk(name, self.clock, tools, self._active())
        following = Following(MemoryHeadlines(self.journal), self.bookmarks, [process])
        return Worker(self.clock, following, [desk], FakeBell(), Rhythm())

    def work(self, name: str = "worker-1", *, once: bool = True, rests: int = 1000) -> None:
        """Let a worker do what there is to do."""
        self.worker(name).run(FakeStop(self.clock, rests), once=once)

    def executions(self) -> list[RunbookExecution]:
        """Give all executions, in the order in which they were started."""
        found = MemoryHeadlines(self.journal).headlines(0, 100_000)
        ids = [each.originator_id for each in found if each.topic == "execution.started"]
        return [self.execution(each) for each in ids]

    def execution(self, of: str) -> RunbookExecution:
        """Give an execution as it is now."""
        found = self.journal.load(RunbookExecution, of)
        assert found is not None
        return found

    def incident(self, of: str) -> Incident:
        """Give an incident as it is now."""
        found = self.journal.load(Incident, of)
        assert found is not None
        return found

    def topics(self, of: str) -> list[str]:
        """Name what happened to an aggregate, in order."""
        found = MemoryHeadlines(self.journal).headlines(0, 100_000)
        return [each.topic.partition(".")[2] for each in found if each.originator_id == of]

    def _active(self) -> list[Active]:
        return [Active(each.id, each.incident_id) for each in self.executions() if not each.ended]
