"""The action `command` runs what is allowed, tells what came of it, and leaves nothing behind."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.actions import ActionFailedError, OutcomeUnknownError
from infrastructure.actions.command import CommandParameters, RunCommand
from infrastructure.actions.command_settings import CommandSettings
from infrastructure.secrets import EnvironmentSecrets
from tests.support.action_contract import SECRET, ActionContract, Situation, a_call
from tests.support.surroundings import surroundings

ONCE = """
import os, pathlib, sys
ledger = pathlib.Path(sys.argv[1])
key = os.environ["TOCSIN_IDEMPOTENCY_KEY"]
done = ledger.read_text().split() if ledger.exists() else []
if key not in done:
    ledger.write_text("\\n".join([*done, key]))
print(os.environ["SECRET"], sys.argv[2])
"""


def action(**allowed: Mapping[str, Any]) -> RunCommand:
    settings = CommandSettings.model_validate({"allowed": allowed})
    return RunCommand(settings, surroundings())


def python(code: str, *arguments: str, **more: Any) -> dict[str, Any]:
    return {"argv": [sys.executable, "-c", code, *arguments], **more}


def shell(script: str, **more: Any) -> dict[str, Any]:
    return {"argv": ["sh", "-c", script], **more}


def answer(
    command: Mapping[str, Any], *, seconds: float = 30.0, **arguments: Any
) -> Mapping[str, Any]:
    parameters = CommandParameters(name="it", arguments=arguments)
    return action(it=command).perform(parameters, a_call(seconds=seconds))


def reason(command: Mapping[str, Any], kind: type[Exception] = ActionFailedError) -> str:
    with pytest.raises(kind) as caught:
        answer(command)
    assert type(caught.value) is kind
    return str(caught.value)


def is_soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


class TestCommand(ActionContract):
    @pytest.fixture
    def situation(self, tmp_path: Path) -> Situation:
        ledger = tmp_path / "ledger"
        once = python(
            ONCE, str(ledger), "{word}", environment={"SECRET": "${TOKEN}"}, idempotent=True
        )
        failing = shell(
            'echo "$SECRET" >&2; echo "$SECRET"; exit 3', environment={"SECRET": "${TOKEN}"}
        )
        return Situation(
            action=action(once=once, failing=failing),
            parameters={"name": "once", "arguments": {"word": "done"}},
            broken={"name": "failing"},
            effects=lambda: ledger.read_text().split(),
        )


def test_it_answers_with_what_was_written_and_its_status() -> None:
    found = answer(shell("echo out; echo err >&2; exit 7", expected_exit=[0, 7]))
    assert found == {
        "exit": 7, "stdout": "out\n", "stderr": "err\n", "json": None, "truncated": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value"),
    [('{"a": [1, "x"]}', {"a": [1, "x"]}), ("[]", []), ("7", 7), ("", None), ("NaN", None)],
)
def test_what_is_json_is_given_as_such(written: str, value: Any) -> None:
    found = answer(python("import sys; sys.stdout.write(sys.argv[1])", "{text}"), text=written)
    assert found["json"] == value
    assert found["stdout"] == written


def test_what_is_no_utf_8_is_written_out() -> None:
    code = "import sys; sys.stdout.buffer.write(bytes([255, 0, 195, 164]))"
    assert answer(python(code))["stdout"] == "\\xff\0ä"


def test_a_status_that_is_not_expected_is_a_failure_with_the_last_lines() -> None:
    told = reason(shell("seq 1 20 >&2; echo '  broken pipe  ' >&2; echo >&2; exit 4"))
    assert told == "it ended with exit status 4: 17 | 18 | 19 | 20 | broken pipe"
    assert reason(shell("exit 1")) == "it ended with exit status 1"


def test_it_gets_a_small_environment_and_is_told_what_it_runs_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INHERITED", "no")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    found = answer(python(code, environment={"REGION": "eu-1"}))["json"]
    assert found == {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "REGION": "eu-1",
        "TOCSIN_INCIDENT_ID": "INC-20260301-ABCDEF",
        "TOCSIN_EXECUTION_ID": "RUN-20260301-ABCDEF",
        "TOCSIN_STEP_ID": "step-1",
        "TOCSIN_IDEMPOTENCY_KEY": "key-1",
    }


def test_what_it_runs_for_cannot_be_configured_away() -> None:
    command = shell("echo $TOCSIN_STEP_ID", environment={"TOCSIN_STEP_ID": "forged"})
    assert answer(command)["stdout"] == "step-1\n"


def test_it_runs_in_the_configured_folder_and_without_input(tmp_path: Path) -> None:
    found = answer(shell("pwd; cat", cwd=str(tmp_path)))
    assert found["stdout"] == f"{tmp_path}\n"
    assert answer(shell("pwd"))["stdout"] == "/\n"


class TestSecretsInItsEnvironment:
    ENVIRONMENT: Mapping[str, str] = {"AUTH": "Bearer ${TOKEN}"}

    def test_they_reach_the_program_and_nobody_else(self) -> None:
        length = len(f"Bearer {SECRET}")
        script = 'printf %s "$AUTH" | wc -c; echo "$AUTH"; echo "$AUTH" >&2'
        found = answer(shell(script, environment=self.ENVIRONMENT))
        assert found["stdout"].split() == [str(length), "Bearer", "${TOKEN}"]
        assert found["stderr"] == "Bearer ${TOKEN}\n"

    def test_nor_do_they_stand_in_json(self) -> None:
        code = "import json, os; print(json.dumps({os.environ['AUTH']: [os.environ['AUTH']]}))"
        found = answer(python(code, environment=self.ENVIRONMENT))
        assert found["json"] == {"Bearer ${TOKEN}": ["Bearer ${TOKEN}"]}

    def test_nor_does_a_part_of_one_where_the_output_is_cut(self) -> None:
        code = (
            "import os, sys; s = ('x' * 280 + os.environ['AUTH'][7:]) * 900;"
            "sys.stdout.write(s); sys.stderr.write(s)"
        )
        for limit in range(560, 600):
            found = answer(python(code, environment=self.ENVIRONMENT, output_limit=limit))
            assert found["truncated"]
            for stream in ("stdout", "stderr"):
                assert len(found[stream]) == limit
                assert set(found[stream]) <= set("x${TOKEN}")

    def test_one_that_is_not_set_is_named_and_nothing_is_run(self, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        told = reason(shell(f"touch {mark}", environment={"A": "${NOT_SET}"}))
        assert told == "the secret NOT_SET is not set: Tocsin looks for it in the environment"
        assert not mark.exists()


class TestOutput:
    def test_of_stdout_the_beginning_is_kept_and_of_stderr_the_end(self) -> None:
        code = (
            "import sys; w = sys.stdout.write; w('first' + 'o' * 3_000_000);"
            "sys.stderr.write('e' * 3_000_000 + 'last')"
        )
        found = answer(python(code, output_limit=1000))
        assert found["stdout"] == "first" + "o" * 995
        assert found["stderr"] == "e" * 996 + "last"
        assert found["truncated"]
        assert found["json"] is None

    @pytest.mark.parametrize("length", [999, 1000])
    def test_what_fits_is_whole(self, length: int) -> None:
        found = answer(python(f"print('x' * {length - 1})", output_limit=1000))
        assert (len(found["stdout"]), found["truncated"]) == (length, False)

    def test_an_endless_stream_neither_blocks_nor_fills_the_memory(self) -> None:
        begun = time.monotonic()
        told = reason(shell("yes | cat", timeout="500ms"), OutcomeUnknownError)
        assert told == "it did not end within 0.5 s"
        assert time.monotonic() - begun < 5


class TestTimeLimit:
    def test_what_is_killed_has_an_unknown_outcome(self) -> None:
        told = reason(shell("echo begun >&2; sleep 60", timeout="300ms"), OutcomeUnknownError)
        assert told == "it did not end within 0.3 s: begun"

    def test_unless_it_can_be_repeated(self) -> None:
        with pytest.raises(ActionFailedError) as caught:
            answer(shell("sleep 60", timeout="300ms", idempotent=True))
        assert caught.value.passing

    def test_the_step_may_have_less_time_than_the_command(self) -> None:
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknownError):
            answer(shell("sleep 60"), seconds=0.3)
        assert time.monotonic() - begun < 5

    def test_without_any_time_nothing_is_run(self, tmp_path: Path) -> None:
        with pytest.raises(ActionFailedError, match="no time left") as caught:
            answer(shell(f"touch {tmp_path}/mark"), seconds=0.0)
        assert caught.value.passing
        assert list(tmp_path.iterdir()) == []

    def test_it_is_asked_to_end_first(self, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        script = f"trap 'echo bye > {mark}; exit 0' TERM; while :; do sleep 0.05; done"
        reason(shell(script, timeout="300ms"), OutcomeUnknownError)
        assert mark.read_text() == "bye\n"

    def test_and_killed_with_all_its_children_if_it_does_not(self, tmp_path: Path) -> None:
        pids = tmp_path / "pids"
        script = f"trap '' TERM; (sleep 60; :) & echo $! > {pids}; echo $$ >> {pids}; sleep 60; :"
        reason(shell(script, timeout="300ms"), OutcomeUnknownError)
        ours, theirs = (int(line) for line in pids.read_text().split())
        assert is_soon(lambda: has_ended(ours))
        assert has_ended(theirs)

    def test_a_program_that_is_killed_by_others_has_an_unknown_outcome_too(self) -> None:
        told = reason(shell("kill -KILL $$"), OutcomeUnknownError)
        assert told == "it was ended by signal 9 (Killed)"


class TestWhatItLeavesBehind:
    def test_a_child_that_keeps_the_pipe_open_is_not_waited_for(self, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        begun = time.monotonic()
        found = answer(shell(f"sleep 60 & echo $! > {pid}; echo done"))
        assert found["stdout"] == "done\n"
        assert time.monotonic() - begun < 5
        assert is_soon(lambda: has_ended(int(pid.read_text())))

    def test_nor_is_one_that_left_the_group(self, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        code = (
            "import os, sys, time\n"
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    open(sys.argv[1], 'w').write(str(os.getpid()))\n"
            "    time.sleep(60)\n"
            "while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read(): pass\n"
            "print('done')"
        )
        begun = time.monotonic()
        try:
            assert answer(python(code, str(pid)))["stdout"] == "done\n"
            assert time.monotonic() - begun < 5
        finally:
            os.kill(int(pid.read_text()), 9)

    def test_no_zombie_and_no_open_file(self) -> None:
        answer(shell("true"))
        files = set(Path("/proc/self/fd").iterdir())
        for _ in range(3):
            answer(shell("(sleep 60 &) ; true"))
            reason(shell("exit 1"))
            reason({"argv": ["/nothing/there"]})
        assert set(Path("/proc/self/fd").iterdir()) == files
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def has_ended(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"  # a zombie is its new parent's to reap


class TestArguments:
    ECHO: Mapping[str, Any] = python("import json, sys; print(json.dumps(sys.argv[1:]))")

    def echo(self, *items: str, **arguments: Any) -> Any:
        return answer({"argv": [*self.ECHO["argv"], *items]}, **arguments)["json"]

    @pytest.mark.parametrize(
        "hostile",
        [
            "; touch /tmp/x", "$(id)", "`id`", "a b", "a\nb", "'", '"', "*", "~", "$HOME", "|id",
            "&", "\\", "\t", "é🔥", "{other}", "{{other}}", "${TOKEN}", "%s", "", " ",
            "\x01\x1b[31m",
        ],
    )  # fmt: skip
    def test_a_value_is_one_item_whatever_it_holds(self, hostile: str) -> None:
        assert self.echo("{value}", "--name={value}:{other}", value=hostile, other="o") == [
            hostile, f"--name={hostile}:o",
        ]  # fmt: skip

    def test_numbers_and_truth_are_written_as_in_yaml(self) -> None:
        assert self.echo("{a}", "{b}", "{c}", a=5, b=True, c=0.5) == ["5", "true", "0.5"]

    def test_braces_that_are_no_placeholder_stay(self) -> None:
        items = ['{"a": 1}', "{}", "{0}", "{A}", "{{a}}", "}{"]
        assert self.echo(*items) == ['{"a": 1}', "{}", "{0}", "{A}", "{a}", "}{"]

    @pytest.mark.parametrize(("item", "values"), [
        ("{a}", {"a": "-rf"}), ("{a}{b}", {"a": "", "b": "--all"}), ("{a}x", {"a": "-"}),
    ])  # fmt: skip
    def test_a_value_does_not_become_an_option(self, item: str, values: dict[str, str]) -> None:
        with pytest.raises(ActionFailedError, match=r"begins with -, and could be taken"):
            self.echo(item, **values)

    def test_unless_the_configuration_says_so_or_the_item_begins_with_something(self) -> None:
        command = {
            "argv": [*self.ECHO["argv"], "{a}", "--x={b}"],
            "parameters": {"a": {"allow_dash": True}},
        }
        assert answer(command, a="-1", b="-2")["json"] == ["-1", "--x=-2"]

    def test_what_allows_a_dash_is_that_of_the_value_that_brings_it(self) -> None:
        command = {
            "argv": [*self.ECHO["argv"], "{a}{b}"],
            "parameters": {"a": {"allow_dash": True}},
        }
        with pytest.raises(ActionFailedError, match="the argument b begins with -"):
            answer(command, a="", b="-2")

    @pytest.mark.parametrize("value", ["abc\n", "ABC", "", "ab c"])
    def test_a_value_matches_its_pattern_as_a_whole(self, value: str) -> None:
        command = {
            "argv": [*self.ECHO["argv"], "{id}"],
            "parameters": {"id": {"pattern": "[a-z]+|b"}},
        }
        assert answer(command, id="abc")["json"] == ["abc"]
        with pytest.raises(ActionFailedError, match=r"the argument id does not match \[a-z\]\+"):
            answer(command, id=value)

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ({}, "the argument a is missing"),
            ({"a": "x", "b": "y"}, "the command takes no argument b; it takes a"),
            ({"a": "x\0y"}, "the argument a holds a NUL character"),
            ({"a": "\ud800"}, "the argument a is no valid text"),
        ],
    )
    def test_what_cannot_be_put_in_is_named(self, arguments: dict[str, str], told: str) -> None:
        with pytest.raises(ActionFailedError) as caught:
            self.echo("{a}", **arguments)
        assert str(caught.value) == told

    def test_one_that_is_too_long_for_the_system_is_a_failure(self) -> None:
        with pytest.raises(ActionFailedError, match="cannot be started"):
            self.echo("{a}", a="x" * 1_000_000)

    @pytest.mark.parametrize("value", [None, ["a"], {"a": "b"}])
    def test_only_plain_values_can_be_put_in(self, value: Any) -> None:
        with pytest.raises(ValidationError):
            CommandParameters.model_validate({"name": "it", "arguments": {"a": value}})


def test_a_command_that_is_not_allowed_is_refused_by_name() -> None:
    with pytest.raises(ActionFailedError) as caught:
        action(one=shell("true"), two=shell("true")).perform(
            CommandParameters(name="three"), a_call()
        )
    assert str(caught.value) == "no command three is allowed; allowed: one, two"


def test_without_settings_nothing_is_allowed() -> None:
    it = RunCommand(CommandSettings(), surroundings())
    assert not it.is_idempotent(CommandParameters(name="it"))
    with pytest.raises(ActionFailedError, match="allowed: none"):
        it.perform(CommandParameters(name="it"), a_call())


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ({"argv": ["/nothing/there"]}, "/nothing/there cannot be started: No such file"),
        ({"argv": ["no-such-program"]}, "no-such-program cannot be started: No such file"),
        ({"argv": [__file__]}, f"{__file__} cannot be started: Permission denied"),
        ({"argv": ["true"], "cwd": "/nothing/here"}, "/nothing/here cannot be started: No such"),
    ],
)
def test_what_cannot_be_started_is_a_failure(command: dict[str, Any], told: str) -> None:
    assert reason(command).startswith(told)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ({"argv": []}, "at least 1 item"),
        ({"argv": ["{program}"]}, "which no step can choose"),
        ({"argv": [""]}, "which no step can choose"),
        ({"argv": ["a", "${TOKEN}"]}, "give it in environment"),
        ({"argv": ["a", "b\0c"]}, "NUL"),
        ({"argv": ["a"], "parameters": {"b": {}}}, "argv has no place for b"),
        ({"argv": ["a", "{b}"], "parameters": {"b": {"pattern": "("}}}, "RE2 cannot take"),
        ({"argv": ["a"], "cwd": "relative"}, "not an absolute path: relative"),
        ({"argv": ["a"], "environment": {"A=B": "c"}}, "match pattern"),
        ({"argv": ["a"], "environment": {"A": "b\0c"}}, "NUL"),
        ({"argv": ["a"], "timeout": "soon"}, "not a duration"),
        ({"argv": ["a"], "output_limit": 2**30}, "less than or equal"),
        ({"argv": ["a"], "expected_exit": []}, "at least 1 item"),
        ({"argv": "rm -rf /"}, "tuple"),
        ({"argv": ["a"], "shell": True}, "not permitted"),
    ],
)
def test_settings_without_meaning_are_refused(command: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CommandSettings.model_validate({"allowed": {"it": command}})


def test_a_secret_in_the_reason_for_not_starting_is_not_told() -> None:
    secrets = EnvironmentSecrets({"TOKEN": SECRET})
    secrets.resolve("${TOKEN}")
    settings = CommandSettings.model_validate({"allowed": {"it": {"argv": [f"/{SECRET}"]}}})
    around = surroundings()
    it = RunCommand(settings, type(around)(secrets, around.outgoing))
    with pytest.raises(ActionFailedError, match=r"^/\$\{TOKEN\} cannot be started"):
        it.perform(CommandParameters(name="it"), a_call())
