"""Checks which runbooks run which: that they exist, never run themselves, and nest not too deep."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple, TypeAlias

from domain.runbook.runbook import DEEPEST
from domain.runbook.step import SubRunbookStep
from infrastructure.configuration.mistakes import KeyPath, Mistake, Severity, quoted, shorten
from infrastructure.configuration.runbooks.files import WrittenRunbook

_LONGEST_LIST = 300


class _Call(NamedTuple):
    """A step that runs another runbook."""

    caller: WrittenRunbook
    path: KeyPath
    callee: str


_Calls: TypeAlias = dict[str, dict[str, _Call]]
"""By caller and callee, the first step of the one that runs the other."""


def nesting_mistakes(written: Sequence[WrittenRunbook], *, whole: bool) -> Iterator[Mistake]:
    """Find sub-runbooks that do not exist, cycles, and nesting that is too deep.

    If these are not the `whole` configuration, a runbook may exist elsewhere, and one that is not
    here is worth a warning only.
    """
    known = _by_id(written)
    yield from _unknown(written, known, whole=whole)
    calls = _calls(known)
    while cycle := _cycle(calls):
        call = calls[cycle[0]].pop(cycle[1])
        problem = f"runs itself: {_chain(cycle)}"
        yield call.caller.mistake(call.path, problem, "runbooks that end")
    yield from _too_deep(calls)


def reachable(name: str, written: Sequence[WrittenRunbook]) -> list[WrittenRunbook]:
    """Give a runbook and all that it runs, directly or not."""
    known = _by_id(written)
    calls, waiting, found = _calls(known), [name], dict[str, WrittenRunbook]()
    while waiting:
        each = waiting.pop()
        if each in known and each not in found:
            found[each] = known[each]
            waiting.extend(calls[each])
    return list(found.values())


def unknown_runbook(name: str, names: Sequence[str]) -> tuple[str, str]:
    """Say that there is no such runbook, and which ones there are, or which one was meant."""
    problem = f"there is no runbook {quoted(name)}"
    if close := get_close_matches(shorten(name), names, n=1):
        problem = f"{problem}, did you mean {quoted(close[0])}?"
    return problem, shorten(f"one of {', '.join(sorted(names))}", _LONGEST_LIST) if names else ""


def _by_id(written: Sequence[WrittenRunbook]) -> dict[str, WrittenRunbook]:
    known: dict[str, WrittenRunbook] = {}
    for each in written:
        if each.id is not None:
            known.setdefault(each.id, each)
    return known


def _unknown(
    written: Sequence[WrittenRunbook], known: Mapping[str, WrittenRunbook], *, whole: bool
) -> Iterator[Mistake]:
    severity: Severity = "error" if whole else "warning"
    for each in written:
        for call in _steps_of(each):
            if call.callee not in known:
                problem, expected = unknown_runbook(call.callee, list(known))
                where = "" if whole else " among these files"
                yield each.mistake(call.path, problem + where, expected, severity)


def _steps_of(written: WrittenRunbook) -> Iterator[_Call]:
    for each in written.steps:
        if isinstance(each.step, SubRunbookStep):
            yield _Call(written, each.path("runbook"), each.step.runbook)


def _calls(known: Mapping[str, WrittenRunbook]) -> _Calls:
    calls: _Calls = {name: {} for name in known}
    for name, written in known.items():
        for call in _steps_of(written):
            if call.callee in known:
                calls[name].setdefault(call.callee, call)
    return calls


def _cycle(calls: _Calls) -> list[str]:
    """Give runbooks that run one another in turn, the first again at the end; else nothing."""
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        # It lists what comes before what: those that are run before those that run them.
        members = error.args[1][:0:-1]
        first = members.index(min(members, key=list(calls).index))
        return [*members[first:], *members[:first], members[first]]
    return []


def _too_deep(calls: _Calls) -> Iterator[Mistake]:
    deepest: dict[str, list[str]] = {}
    for name in TopologicalSorter(calls).static_order():
        below = max((deepest[each] for each in calls[name]), key=len, default=[])
        deepest[name] = [name, *below]
    called = {callee for callees in calls.values() for callee in callees}
    for name, chain in deepest.items():
        if len(chain) > DEEPEST and name not in called:
            call = calls[name][chain[1]]
            problem = f"runs {len(chain)} runbooks inside one another: {_chain(chain)}"
            yield call.caller.mistake(call.path, problem, f"at most {DEEPEST}")


def _chain(names: Sequence[str]) -> str:
    return shorten(" → ".join(shorten(each) for each in names), _LONGEST_LIST)
