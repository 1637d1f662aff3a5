"""What commands become: requests, and tasks for people; and what becomes of variables."""

from base64 import b64encode
from typing import Any

import pytest

from infrastructure.cacao.findings import NoCounterpartError
from infrastructure.cacao.variables import literal
from infrastructure.templates.engine import JinjaTemplates
from tests.support.playbooks import action, http, imported, notes_of, runbook_in, steps_of

SERVER = {"type": "http-api", "name": "Server 1", "address": {"dname": ["api.test"]}}


def sent(command: dict[str, Any], target: dict[str, Any] | None = None, **more: Any) -> Any:
    """Import one request; give the parameters of its step."""
    targets = {"http-api--1": target} if target else {}
    step = action("end--1", command, targets=list(targets))
    (made,) = steps_of({"a--1": step}, target_definitions=targets, **more)
    assert made["action"] == "http_request"
    return made["parameters"]


@pytest.mark.parametrize(
    ("line", "method", "url"),
    [
        ("GET https://x.test/a?b=1 HTTP/1.1", "GET", "https://x.test/a?b=1"),
        ("get get HTTP1.1", "GET", "https://api.test/get"),
        ("POST /a/b HTTP/2.0", "POST", "https://api.test/a/b"),
        ("DELETE /", "DELETE", "https://api.test/"),
    ],
)
def test_the_first_line_of_a_request_says_method_and_address(
    line: str, method: str, url: str
) -> None:
    assert sent(http(line), SERVER) == {"method": method, "url": url}


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ({"address": {"url": ["http://x.test/v1/"]}}, "http://x.test/v1/a"),
        ({"address": {"dname": ["x.test"]}, "port": "80"}, "http://x.test/a"),
        ({"address": {"dname": ["x.test"]}, "port": 8443}, "https://x.test:8443/a"),
        ({"address": {"ipv4": ["192.0.2.1"]}}, "https://192.0.2.1/a"),
        ({"address": {"ipv6": ["2001:db8::1"]}, "port": "443"}, "https://[2001:db8::1]/a"),
        ({"address": {"dname": ["__host__:value"]}}, "https://{{ incident.context.host }}/a"),
    ],
)
def test_the_target_says_which_server(target: dict[str, Any], url: str) -> None:
    assert sent(http("GET /a"), {**SERVER, **target})["url"] == url


@pytest.mark.parametrize("address", [{}, {"dname": ["hxxp://x.test/"]}, {"l2_mac": ["aa"]}])
def test_a_target_that_is_no_server_has_no_counterpart(address: dict[str, Any]) -> None:
    with pytest.raises(NoCounterpartError, match="is not the address of a server"):
        sent(http("GET /a"), {**SERVER, "address": address})


def test_headers_and_body_are_carried_over() -> None:
    made = sent(
        http(headers={"Accept": ["a", "b"]}, content='{"a": ["${HOME} {{ x }}", 1.5, null]}')
    )
    assert made["headers"] == {"Accept": "a, b"}
    rendered = JinjaTemplates().render_with_secrets(made["body"], {}, str)
    assert rendered == {"a": ["${HOME} {{ x }}", 1.5, None]}


def test_a_body_in_base64_is_decoded() -> None:
    assert sent(http(content_b64=b64encode(b"plain").decode()))["body"] == "plain"
    with pytest.raises(NoCounterpartError, match="not Base64 of UTF-8 text"):
        sent(http(content_b64=b64encode(b"\xff").decode()))


def test_no_secret_is_carried_over_but_its_place_is() -> None:
    workflow = {
        "a--1": action("end--1", http(headers={"X-Api-Key": ["s3cret"]}), targets=["http-api--1"])
    }
    found = imported(
        workflow,
        target_definitions={"http-api--1": {**SERVER, "authentication_info": "http-basic--1"}},
        authentication_info_definitions={
            "http-basic--1": {"type": "http-basic", "user_id": "admin", "password": "s3cret"}
        },
    )
    (step,) = runbook_in(found).model_dump()["steps"]
    assert step["parameters"]["headers"] == {
        "X-Api-Key": "${CACAO_X_API_KEY}",
        "Authorization": "Basic ${CACAO_SERVER_1_HTTP_BASIC}",
    }
    assert "s3cret" not in found.text
    assert sum("a secret is not carried over: set" in str(note) for note in found.notes) == 2


VARIABLES = {
    "__fixed__": {"type": "string", "value": "a/b {{ 1 }}", "constant": True},
    "__given__": {"type": "string", "external": True},
    "__usual__": {"type": "string", "external": True, "value": 'say "x"'},
}


def test_a_variable_that_never_changes_is_its_value_and_any_other_an_input() -> None:
    line = "GET https://x.test/__fixed__:value/__given__:value/__usual__:value/__new__"
    made = sent(http(line), playbook_variables=VARIABLES)
    scope = {"incident": {"context": {"given": "ü/&", "new": 1}}}
    assert JinjaTemplates().render(made["url"], scope) == (
        "https://x.test/a/b {{ 1 }}/%C3%BC/%26/say%20%22x%22/1"
    )


def test_inputs_are_noted() -> None:
    workflow = {"a--1": action("end--1", http("GET https://x.test/__given__:value/__new__"))}
    path = "$.workflow['a--1'].commands[0].command"
    found = notes_of(workflow, playbook_variables={"__given__": VARIABLES["__given__"]})
    assert found == [
        f"{path}: __given__ is an input; the incident's context has to give given",
        f"{path}: __new__ is declared nowhere; the incident's context has to give new",
    ]


def test_a_step_s_own_variable_hides_the_playbook_s() -> None:
    own = {"__x__": {"type": "string", "value": "own", "constant": True}}
    other = {"__x__": {"type": "string", "value": "other", "constant": True}}
    step = action("end--1", http("GET https://x.test/__x__:value"), step_variables=own)
    (made,) = steps_of({"a--1": step}, playbook_variables=other)
    assert made["parameters"]["url"] == "https://x.test/own"


def test_what_a_step_gives_later_ones_can_use() -> None:
    ask = action("b--1", name="Ask who", out_args=["__who__"])
    tell = action("c--1", http("GET https://x.test/__who__:value"), name="b", out_args=["__all__"])
    again = action("end--1", {"type": "manual", "command": "Read __all__:value"}, name="c")
    first, second, third = steps_of({"a--1": ask, "b--1": tell, "c--1": again})
    assert first["outputs"] == ["who"]
    assert second["parameters"]["url"] == (
        'https://x.test/{{ steps["ask-who"].output.who | urlencode }}'
    )
    assert second["outputs"] == {"all": "body"}
    assert third["instructions"] == "Read {{ steps.b.output.all }}\n"


def test_what_a_step_cannot_give_cannot_be_used() -> None:
    two = action("b--1", http(), name="a", out_args=["__x__", "__y__"])
    with pytest.raises(NoCounterpartError, match="__y__ is set by a step whose counterpart"):
        imported({"a--1": two, "b--1": action("end--1", http("GET https://x.test/__y__:value"))})


def test_names_are_made_fit_for_a_runbook() -> None:
    names = ["__ü-1__", f"__{'x' * 300}__", "", *(f"__o{number}__" for number in range(60))]
    step = action("end--1", name="n" * 300, out_args=names)
    found = imported({"a--1": step}, name="N" * 300)
    (made,) = runbook_in(found).model_dump()["steps"]
    assert made["outputs"][:4] == ("__1", "x" * 100, "_", "o0")
    assert len(made["outputs"]) == 50
    assert any("__o59__ is not given to later steps" in str(note) for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "said"), [("bash", "in bash"), ("ssh", "over SSH"), ("powershell", "in PowerShell")]
)
def test_what_a_shell_would_run_is_shown_to_a_person(kind: str, said: str) -> None:
    command = {"type": kind, "command": "rm __path__:value ${HOME}; echo __fixed__:value"}
    step = action("end--1", command, name="Clean", description="Clean up.", targets=["ssh--1"])
    workflow, more = (
        {"a--1": step},
        {
            "target_definitions": {
                "ssh--1": {"type": "ssh", "name": "web", "address": {"ipv4": ["192.0.2.1"]}}
            },
            "playbook_variables": VARIABLES,
        },
    )
    (made,) = steps_of(workflow, **more)
    assert made["type"] == "manual"
    scope = {"incident": {"context": {"path": "/; reboot"}}}
    assert JinjaTemplates().render(made["instructions"], scope) == (
        f"Clean up.\n\nRun {said} on web (192.0.2.1):\n\n"
        "    rm __path__ ${HOME}; echo a/b {{ 1 }}\n\n"
        "Look at each value before you use it: it comes from outside.\n\n"
        "__path__ is: /; reboot\n"
    )
    assert any("a person runs it" in note for note in notes_of(workflow, **more))


def test_a_task_is_for_the_person_that_is_named() -> None:
    people = {"group--1": {"type": "group", "name": "The Team"}}
    (made,) = steps_of(
        {"a--1": {**action(), "agent": "group--1", "timeout": 90_000}}, agent_definitions=people
    )
    assert (made["assignee"], made["timeout"]) == ("The Team", "90s")


@pytest.mark.parametrize(
    "text", ["{{", "{% raw %}", "{", "{{{", "a{#b", "${A}", "$${A}", "${{A}", "$", "${", "{{ '}}"]
)
def test_text_stays_text(text: str) -> None:
    written = literal(text)
    for more in ("", "x", "{{ 1 }}"):
        rendered = JinjaTemplates().render_with_secrets(written + more, {}, str)
        assert rendered == text + more.replace("{{ 1 }}", "1") or (rendered, more) == (1, "{{ 1 }}")
