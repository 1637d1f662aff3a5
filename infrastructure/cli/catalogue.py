"""Which commands there are, and what each is for, without importing any of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A command: where its code is, as `module:name`, and what it does in a few words."""

    code: str
    summary: str


_HERE = "infrastructure.cli"

SECTIONS: dict[str, dict[str, Entry]] = {
    "Start": {
        "demo": Entry(f"{_HERE}.demo:demo", "Detect incidents in a bundled log and show them."),
        "init": Entry(f"{_HERE}.init:init", "Write the shipped configuration for editing."),
        "ingest": Entry(f"{_HERE}.ingest:ingest", "Read a log and detect incidents in it."),
    },
    "See": {
        "incidents": Entry(f"{_HERE}.incidents:incidents", "The board: the worst first."),
        "show": Entry(f"{_HERE}.show:show", "Everything known about an incident."),
        "timeline": Entry(f"{_HERE}.timeline:timeline", "What happened, when, and by whom."),
        "why": Entry(f"{_HERE}.why:why", "Who was told of it, who was not, and why."),
        "deliveries": Entry(f"{_HERE}.deliveries:deliveries", "Alerts that have not arrived."),
        "obligations": Entry(
            f"{_HERE}.obligations:obligations", "What severities require to be done."
        ),
        "tasks": Entry(f"{_HERE}.tasks:tasks", "What waits for you."),
        "oncall": Entry(f"{_HERE}.oncall:oncall", "Who is on call, and who is next."),
        "executions": Entry(f"{_HERE}.executions:executions", "Runbooks being carried out."),
    },
    "Act": {
        "ack": Entry(f"{_HERE}.acting:ack", "Answer for an incident."),
        "investigate": Entry(f"{_HERE}.acting:investigate", "Start to look into it."),
        "assess": Entry(f"{_HERE}.assess:assess", "Add facts, or say how bad it is."),
        "assign": Entry(f"{_HERE}.acting:assign", "Make somebody responsible."),
        "run": Entry(f"{_HERE}.executions:run", "Start a runbook for it."),
        "task": Entry(f"{_HERE}.task:task", "Do, approve, decide on or review a step."),
        "fulfil": Entry(f"{_HERE}.obligations:fulfil", "Say that what is required is done."),
        "note": Entry(f"{_HERE}.acting:note", "Write something down."),
        "resolve": Entry(f"{_HERE}.acting:resolve", "Say that the harm has ended."),
        "close": Entry(f"{_HERE}.acting:close", "End it: resolved, false alarm, or duplicate."),
        "reopen": Entry(f"{_HERE}.acting:reopen", "Take back that it is over."),
        "silences": Entry(f"{_HERE}.silences:silences", "Hold alerts back for a time."),
    },
    "Operate": {
        "work": Entry(f"{_HERE}.working:work", "Tell people, keep clocks, carry out runbooks."),
        "channels": Entry(f"{_HERE}.channels:channels", "See and try how people are told."),
        "rules": Entry(f"{_HERE}.rules:rules", "Check rules and runbooks; list the rules."),
        "runbooks": Entry(f"{_HERE}.runbooks:runbooks", "See runbooks, and import playbooks."),
        "sources": Entry(f"{_HERE}.sources:sources", "How far each source has been read."),
        "dead-letters": Entry(f"{_HERE}.dead_letters:dead_letters", "Lines that are unreadable."),
        "projections": Entry(f"{_HERE}.projections:projections", "See and rebuild the views."),
    },
}

COMMANDS: dict[str, Entry] = {
    name: entry for section in SECTIONS.values() for name, entry in section.items()
}
