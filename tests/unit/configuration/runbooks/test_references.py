"""Rules and runbooks know each other: what one expects of the other is checked."""

from collections.abc import Sequence

from infrastructure.configuration.rule_files import rules_of_text
from infrastructure.configuration.runbooks.files import runbook_of_text
from infrastructure.configuration.runbooks.references import reference_mistakes

RULE = """\
  - id: {id}
    name: A Rule
    description: It matches.
    detection:
      source: audit_log
      pattern: [{{ field: action, operator: equals, value: x }}]
    defaultSeverity: P1
    category: data_leak
    notifyChannels: []
    context: {{ user: actor.name }}
"""
NAMING = RULE + "    runbook: {runbook}\n    autoRemediate: {auto}\n"

RUNBOOK = """\
runbook:
  id: {id}
  name: A Runbook
  triggers: [{triggers}]
  steps:
    - id: ask
      name: Ask
      type: manual
      instructions: |
        Ask {{{{ incident.context.user }}}}
        about {{{{ incident.context.thing }}}}.
"""
CALLER = """\
runbook:
  id: caller
  name: A Caller
  steps:
    - { id: call, name: Call, type: runbook, runbook: rb }
"""


def told(rules: str, runbooks: Sequence[str]) -> list[str]:
    written, mistakes = rules_of_text("rules:\n" + rules, "rules.yaml")
    assert mistakes == []
    found = []
    for text in runbooks:
        read, mistakes = runbook_of_text(text, "runbook.yaml")
        found += read
    return [f"{each.severity} {each}" for each in reference_mistakes(written, found)]


def naming(runbook: str, auto: str = "false", id: str = "r") -> str:
    return NAMING.format(id=id, runbook=runbook, auto=auto)


def a_runbook(id: str = "rb", triggers: str = "") -> str:
    return RUNBOOK.format(id=id, triggers=triggers)


def test_a_rule_that_names_a_runbook_that_is_there_is_good() -> None:
    assert told(naming("rb"), [a_runbook()]) == []


def test_a_runbook_that_is_not_there_is_a_mistake() -> None:
    assert told(naming("rbx"), [a_runbook(), a_runbook("other")]) == [
        'error rules.yaml:12:5: rules[0].runbook: there is no runbook "rbx", did you mean "rb"? '
        "(expected one of other, rb)"
    ]


def test_where_no_runbook_is_configured_it_is_a_warning() -> None:
    assert told(naming("rb"), []) == [
        "warning rules.yaml:12:5: rules[0].runbook: names the runbook rb, and none is configured "
        "yet"
    ]


def test_a_runbook_that_is_there_and_wrong_is_there() -> None:
    assert told(naming("rb"), [a_runbook().replace("type: manual", "type: magic")]) == []


THING = (
    "warning runbook.yaml:9:7: runbook.steps[0].instructions: incident.context.thing is not "
    "given by {}, which starts this by itself (expected thing in the rule's context)"
)


def test_context_that_a_rule_that_starts_the_runbook_does_not_give_is_a_warning() -> None:
    assert told(naming("rb", "true"), [a_runbook()]) == [THING.format("r")]


def test_context_that_only_a_sub_runbook_needs_counts_too() -> None:
    assert told(naming("caller", "true"), [CALLER, a_runbook()]) == [THING.format("r")]


def test_a_rule_whose_id_is_a_trigger_starts_the_runbook() -> None:
    rules = RULE.format(id="r") + naming("rb", "true", "s") + RULE.format(id="t")
    assert told(rules, [a_runbook(triggers="r, something")]) == [THING.format("r, s")]


def test_a_template_that_knows_what_to_do_without_is_good() -> None:
    text = a_runbook().replace("context.thing }}", "context.thing | default('it') }}")
    assert told(naming("rb", "true"), [text]) == []
