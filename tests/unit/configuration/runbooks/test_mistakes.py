"""Every mistake in a runbook is told at once, with its place, its field, and what would help."""

from itertools import pairwise

import pytest

from infrastructure.actions import catalogue
from infrastructure.configuration.mistakes import Mistake, in_reading_order
from infrastructure.configuration.runbooks.checks import runbook_mistakes
from infrastructure.configuration.runbooks.files import runbook_of_text
from tests.support.fake_actions import installed_fakes

GOOD = """\
runbook:
  id: rb
  name: A Runbook
  category: security_breach
  triggers: [secret_detected]
  steps:
    - id: scan
      name: Scan
      type: automated
      action: credential_scan
      parameters:
        credential_pattern: "{{ incident.context.pattern }}"
        depth: "{{ incident.facts.affected_users }}"
      retry: { attempts: 3, backoff: 5s }
      timeout: 30s
    - id: step-2
      name: Look
      type: manual
      instructions: |
        Look at {{ steps.scan.output.matches }} of {{ incident.labels['team'] }}
        for {{ execution.started_by }} in {{ runbook.name }}.
      outputs: [key_id]
      requires_approval: true
    - id: tell
      name: Tell
      type: automated
      action: notify
      parameters:
        recipients:
          - "{{ steps['step-2'].output.key_id }}"
          - "${TOKEN} and $${literally}"
      when:
        - { field: steps.scan.output.count, operator: gt, value: 0 }
        - any:
            - { field: incident.severity, operator: in, value: [P0, P1] }
            - not: { field: steps.step-2.status, operator: equals, value: skipped }
  completion:
    require_review: true
"""


@pytest.fixture(autouse=True)
def _fake_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "installed", installed_fakes)


def mistakes_in(*texts: str, whole: bool = True) -> list[Mistake]:
    written, mistakes = [], []
    for number, text in enumerate(texts):
        found, wrong = runbook_of_text(text, f"{'abcdefgh'[number]}.yaml")
        written += found
        mistakes += wrong
    return list(in_reading_order([*mistakes, *runbook_mistakes(written, whole=whole)]))


def told(*texts: str, whole: bool = True) -> list[str]:
    return [f"{each.severity} {each}" for each in mistakes_in(*texts, whole=whole)]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_good_runbook_has_no_mistake() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "action: credential_scan", "action: credential_scn",
            '10:7: runbook.steps[0].action: there is no action "credential_scn", did you mean '
            '"credential_scan"? (expected one of broken, credential_scan, http_request, notify)',
            id="unknown action",
        ),
        pytest.param(
            "        credential_pattern: \"{{ incident.context.pattern }}\"\n", "",
            "11:7: runbook.steps[0].parameters.credential_pattern: missing",
            id="missing parameter",
        ),
        pytest.param(
            'depth: "{{ incident.facts.affected_users }}"', 'dept: "{{ incident.id }}"',
            '13:9: runbook.steps[0].parameters.dept: unknown field, did you mean "depth"?',
            id="unknown parameter",
        ),
        pytest.param(
            'depth: "{{ incident.facts.affected_users }}"', "depth: deep",
            "13:9: runbook.steps[0].parameters.depth: must be a whole number, found \"deep\"",
            id="parameter of the wrong kind",
        ),
        pytest.param(
            "incident.context.pattern", "incident.contxt.pattern",
            "12:9: runbook.steps[0].parameters.credential_pattern: unknown variable "
            'incident.contxt.pattern, did you mean "incident.context"?',
            id="unknown variable",
        ),
        pytest.param(
            "{{ incident.context.pattern }}", "{{ incidnt.id }}",
            "12:9: runbook.steps[0].parameters.credential_pattern: unknown variable incidnt.id, "
            'did you mean "incident"?',
            id="unknown root",
        ),
        pytest.param(
            "{{ incident.context.pattern }}", "{{ whatever }}",
            "12:9: runbook.steps[0].parameters.credential_pattern: unknown variable whatever "
            "(expected one of execution, incident, runbook, steps)",
            id="unknown root, like no other",
        ),
        pytest.param(
            "incident.facts.affected_users", "incident.facts.users_affected_by_it",
            "13:9: runbook.steps[0].parameters.depth: unknown variable "
            "incident.facts.users_affected_by_it (expected one of affected_revenue, "
            "affected_users, compliance_impact, data_at_risk, previous_incidents, "
            "security_breach, service_availability after incident.facts)",
            id="unknown fact",
        ),
        pytest.param(
            "incident.context.pattern", "incident.id.short",
            "12:9: runbook.steps[0].parameters.credential_pattern: incident.id has no "
            '"short": it is one value',
            id="a part of what has none",
        ),
        pytest.param(
            "incident.context.pattern", "steps.tell.status",
            "12:9: runbook.steps[0].parameters.credential_pattern: unknown variable "
            "steps.tell.status: the step tell is not an earlier one",
            id="a later step",
        ),
        pytest.param(
            "steps['step-2'].output", "steps['tell'].output",
            "30:13: runbook.steps[2].parameters.recipients[0]: unknown variable "
            "steps.tell.output.key_id: the step tell is not an earlier one "
            "(expected an earlier step: scan, step-2)",
            id="the step itself",
        ),
        pytest.param(
            "steps['step-2'].output", "steps.step-2.output",
            "30:13: runbook.steps[2].parameters.recipients[0]: unknown variable steps.step "
            '(expected steps["step-2"], as the step\'s id has a hyphen)',
            id="a hyphen taken for a minus",
        ),
        pytest.param(
            "steps.scan.output.matches", "steps.scan.output.match",
            "19:7: runbook.steps[1].instructions: unknown variable steps.scan.output.match, "
            'did you mean "steps.scan.output.matches"?',
            id="an output that the action does not give",
        ),
        pytest.param(
            "steps['step-2'].output.key_id", "steps['step-2'].output.nothing_of_it",
            "30:13: runbook.steps[2].parameters.recipients[0]: unknown variable "
            "steps.step-2.output.nothing_of_it (expected one of key_id after steps.step-2.output)",
            id="an output that the step does not declare",
        ),
        pytest.param(
            "{{ runbook.name }}", "{{ runbook.name }",
            "19:7: runbook.steps[1].instructions: no template in line 2 of the text: "
            "unexpected '}'",
            id="template syntax",
        ),
        pytest.param(
            "field: steps.scan.output.count", "field: steps.scan.output.counts",
            '33:13: runbook.steps[2].when[0].field: unknown variable steps.scan.output.counts, '
            'did you mean "steps.scan.output.count"?',
            id="unknown field of a condition",
        ),
        pytest.param(
            "steps.step-2.status", "steps.step-3.status",
            "36:22: runbook.steps[2].when[1].any[1].not.field: unknown variable "
            'steps.step-3.status, did you mean "steps.step-2"?',
            id="unknown field of a condition, deep down",
        ),
        pytest.param(
            "${TOKEN}", "${TO KEN}",
            '31:13: runbook.steps[2].parameters.recipients[1]: "${TO KEN}" is no reference to a '
            "secret (expected ${NAME} of letters, digits and _, or $${ where ${ itself is meant)",
            id="a reference to a secret that is none",
        ),
        pytest.param(
            "id: step-2", "id: scan",
            "16:7: runbook.steps[1].id: the id scan is used at line 7 (expected another id)",
            id="two steps with one id",
        ),
        pytest.param(
            "type: manual", "type: manul",
            '18:7: runbook.steps[1].type: must be one of automated, manual, runbook, found "manul"',
            id="schema: type",
        ),
        pytest.param(
            "operator: gt, value: 0", "operator: gt, value: many",
            "33:11: runbook.steps[2].when[0]: value must be a number",
            id="schema: condition",
        ),
        pytest.param(
            "category: security_breach", "catgory: security_breach",
            '4:3: runbook.catgory: unknown field, did you mean "category"?',
            id="schema: unknown field",
        ),
        pytest.param(
            "completion:", "conclusion:",
            "37:3: runbook.conclusion: unknown field, did you mean \"completion\"?",
            id="schema: unknown field, nearly another",
        ),
        pytest.param(
            "timeout: 30s", "timeout: 30 years",
            "15:7: runbook.steps[0].timeout: not a duration: '30 years'; write a whole number and "
            "a unit, as in 30s, 5m, 24h, 7d",
            id="schema: duration",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, expected: str) -> None:
    found = told(changed(old, new))
    assert f"error a.yaml:{expected}" in found, found


def test_mistakes_of_schema_and_of_meaning_are_told_at_once() -> None:
    text = (
        changed("type: manual", "type: manul")
        .replace("credential_scan", "scn")
        .replace("incident.severity", "incident.severty")
        .replace("  id: rb\n", "")
    )
    assert [each.field for each in mistakes_in(text)] == [
        "runbook.id",
        "runbook.steps[0].action",
        "runbook.steps[1].type",
        "runbook.steps[2].when[1].any[0].field",
    ]


def test_what_a_step_that_is_wrong_gives_is_not_doubted() -> None:
    text = changed("type: manual", "type: manul")
    assert [each.field for each in mistakes_in(text)] == ["runbook.steps[1].type"]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("outputs: [matches, lines]", "outputs[1]"),
        ("outputs: { found: matches.file, all: lines.x }", "outputs.all"),
    ],
)
def test_outputs_are_what_the_action_gives(written: str, field: str) -> None:
    text = changed("timeout: 30s", written)
    mistake = next(each for each in mistakes_in(text) if "outputs" in each.field)
    assert mistake.field == f"runbook.steps[0].{field}"
    assert mistake.problem == 'the action credential_scan gives no "lines"'
    assert mistake.expected == "one of count, matches"


def test_declared_outputs_are_all_that_later_steps_can_use() -> None:
    text = changed("timeout: 30s", "outputs: { hits: matches }")
    assert "unknown variable steps.scan.output.matches (expected" in told(text)[0]


def test_outputs_that_nobody_knows_before_are_not_doubted() -> None:
    text = changed("action: credential_scan", "action: notify").replace(
        """      parameters:
        credential_pattern: "{{ incident.context.pattern }}"
        depth: "{{ incident.facts.affected_users }}"
""",
        "",
    )
    assert told(text) == []


def test_a_step_without_any_parameters_is_told_which_it_needs() -> None:
    lines = GOOD.splitlines(keepends=True)
    assert "error a.yaml:7:7: runbook.steps[0].parameters.credential_pattern: missing" in told(
        "".join(lines[:10] + lines[13:])
    )


def test_a_value_with_a_template_in_it_may_become_anything() -> None:
    text = changed("recipients:", 'recipients: "{{ incident.context.who }}"\n      ignored:')
    assert [each.field for each in mistakes_in(text)] == ["runbook.steps[2].ignored"]


def test_a_broken_action_is_a_warning_and_its_parameters_are_not_checked() -> None:
    (mistake,) = mistakes_in(changed("action: notify", "action: broken"))
    assert (mistake.severity, mistake.line) == ("warning", 27)
    assert "the action broken (tests.support.fake_actions:NoSuchClass) cannot be loaded" in str(
        mistake
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: runbook: missing"),
        ("rules: []", "1:1: rules: unknown field"),
        ("runbook: []", "1:1: runbook: must be a mapping, found a list"),
        (
            "runbook: { id: a, name: A, steps: [] }",
            "1:28: runbook.steps: must have at least 1 item",
        ),
        ("runbook: [", "1:11: "),
    ],
)
def test_what_is_no_runbook_is_told(text: str, expected: str) -> None:
    assert any(each.startswith(f"error a.yaml:{expected}") for each in told(text)), told(text)


def calling(name: str, *others: str) -> str:
    steps = "".join(
        f"\n    - {{ id: s{at}, name: S, type: runbook, runbook: {other} }}"
        for at, other in enumerate(others)
    ) or "\n    - { id: do, name: Do, type: manual, instructions: Do it. }"  # fmt: skip
    return f"runbook:\n  id: {name}\n  name: {name}\n  steps:{steps}\n"


def test_runbooks_that_run_each_other_to_an_end_are_good() -> None:
    assert told(calling("a", "b", "c"), calling("b", "c"), calling("c")) == []


def test_an_unknown_sub_runbook_is_a_mistake() -> None:
    assert told(calling("alpha", "beat"), calling("beta")) == [
        'error a.yaml:5:41: runbook.steps[0].runbook: there is no runbook "beat", did you mean '
        '"beta"? (expected one of alpha, beta)'
    ]


def test_an_unknown_sub_runbook_may_be_elsewhere_if_not_all_files_are_known() -> None:
    (mistake,) = mistakes_in(calling("a", "elsewhere"), whole=False)
    assert mistake.severity == "warning"
    assert mistake.problem == 'there is no runbook "elsewhere" among these files'


@pytest.mark.parametrize(
    ("texts", "chain", "file"),
    [
        ([calling("a", "a")], "a → a", "a.yaml"),
        ([calling("x"), calling("a", "b"), calling("b", "c"), calling("c", "x", "a")],
         "a → b → c → a", "b.yaml"),
    ],
)  # fmt: skip
def test_a_cycle_is_told_once(texts: list[str], chain: str, file: str) -> None:
    (mistake,) = mistakes_in(*texts)
    assert mistake.problem == f"runs itself: {chain}"
    assert (mistake.file, mistake.line, mistake.field) == (file, 5, "runbook.steps[0].runbook")


def test_two_cycles_are_two_mistakes() -> None:
    found = mistakes_in(calling("a", "b"), calling("b", "a"), calling("c", "c"))
    assert [each.problem for each in found] == ["runs itself: a → b → a", "runs itself: c → c"]


def test_nesting_has_a_limit() -> None:
    names = "abcdef"
    texts = [calling(name, after) for name, after in pairwise(names)]
    assert told(*texts[1:], calling("f")) == []
    (mistake,) = mistakes_in(*texts, calling("f"))
    assert mistake.problem == "runs 6 runbooks inside one another: a → b → c → d → e → f"
    assert (mistake.file, mistake.expected) == ("a.yaml", "at most 5")
