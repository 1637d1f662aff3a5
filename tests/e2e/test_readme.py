"""The README is true: its commands are run, and they print what it quotes.

After a change of what is printed, `python -m tests.e2e.test_readme` quotes it anew.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from domain.detection.condition import satisfies
from domain.detection.detector import Attached, Detection, Opened
from domain.signal import Signal, lookup
from infrastructure.configuration.rule_files import rules_of_text
from tests.support.detection import START, a_detector, a_rule, a_signal, observed

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COPIED = ("Makefile", "pyproject.toml", "requirements", "rules")

_FOLDERS = "domain|application|infrastructure|tests|benchmarks|docs|rules|requirements"
# A console block, or the content of a file that a comment above it names.
_BLOCK = re.compile(r"(?:<!-- file: (\S+) -->\n```\w+|```console)\n(.*?)```", re.DOTALL)
_MARK = "@@ step "
# What the clock decides, and the width of columns that hold such.
_CLOCK = [
    (re.compile(r"\b\d+[smhdy]\b(?= |\)| ago)"), "AGE"),
    (re.compile(r"\b(?!2026-03-10)\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ"), "NOW"),
    (re.compile(r"\bat \d\d:\d\d:\d\dZ by \S+-\d+-[0-9a-f]{8}"), "at NOW by WORKER"),
    (re.compile(r" in [\d.,]+ s( \([\d,]+ lines a second\))?"), " in TIME"),
    (re.compile(r"(?<=\S) {2,}"), " "),
]
# Where the project lies is not for everybody to read; a long path is written in several lines.
_SAMPLE_PATH = (re.compile(r"^  /[^|]*?(rules/\S+)$", re.MULTILINE), r"  /home/you/tocsin/\1")


@dataclass(frozen=True)
class Step:
    """A command that the README shows, and what it says the command prints."""

    command: str
    output: str


def steps_of(markdown: str) -> list[Step]:
    """Give the steps that a page shows, in order."""
    return list(chain.from_iterable(steps_in(block) for block in _BLOCK.finditer(markdown)))


def steps_in(block: re.Match[str]) -> list[Step]:
    """Take a console block apart, or make a file's content the step that writes the file."""
    file, content = block.groups()
    if file:
        return [Step(f"cat > {file} <<'END'\n{content}END\n", "")]
    steps: list[Step] = []
    for line in content.splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append(Step(line[2:], ""))
        else:
            steps[-1] = Step(steps[-1].command, steps[-1].output + line)
    return steps


def run(steps: Sequence[Step], folder: Path) -> list[str]:
    """Run commands, one after another in one shell, in a copy of the project; give their output."""
    project = copied(folder)
    script = "".join(f"echo '{_MARK}'\n{step.command}" for step in steps)
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=project,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    path, instead = _SAMPLE_PATH
    return [path.sub(instead, output) for output in done.stdout.split(f"{_MARK}\n")[1:]]


def copied(folder: Path) -> Path:
    """Copy what the commands use, with this environment's programs as the copy's own."""
    project = folder / "tocsin"
    project.mkdir()
    for name in COPIED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, project / name)
    (project / ".venv").mkdir()
    for each in Path(sys.prefix).iterdir():
        if each.name not in {".python", ".run", ".dev"}:
            (project / ".venv" / each.name).symlink_to(each)
    for stamp in (".python", ".run"):
        # As if `make` had just installed everything.
        (project / ".venv" / stamp).touch()
    return project


def environment(folder: Path) -> dict[str, str]:
    """Give a new user's environment: a home of its own, and nothing of Tocsin's."""
    home = folder / "home"
    home.mkdir()
    return {
        "HOME": str(home),
        "PATH": os.defpath + ":/usr/local/bin",
        "LANG": "C.UTF-8",
        "USER": "somebody",
    }


def normal(output: str) -> list[str]:
    """Leave out what the clock decides."""
    for pattern, instead in _CLOCK:
        output = pattern.sub(instead, output)
    return [line.rstrip() for line in output.rstrip().splitlines()]


class TestReadme:
    def test_its_commands_print_what_it_quotes(self, tmp_path: Path) -> None:
        steps = steps_of(README.read_text("utf-8"))
        printed = run(steps, tmp_path)
        assert len(steps) > 10
        for step, output in zip(steps, printed, strict=True):
            assert (step.command, normal(output)) == (step.command, normal(step.output))


def links_in(page: Path) -> Iterator[Path]:
    """Give the files that a page links to, or names as `tests/…` or `domain/…` in code."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        yield page.parent / target
    for target in re.findall(rf"`((?:{_FOLDERS})/[\w./-]+)[`:]", text):
        yield ROOT / target


def named_tests_in(page: Path) -> Iterator[tuple[Path, str]]:
    """Give the tests that a page names, as `tests/…/test_x.py::test_y`, by file and name."""
    for file, name in re.findall(r"`(tests/[\w./-]+)::(\w+)`", page.read_text("utf-8")):
        yield ROOT / file, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
class TestPages:
    def test_name_files_that_exist(self, page: Path) -> None:
        missing = {str(path) for path in links_in(page) if not path.exists()}
        assert missing == set()

    def test_name_tests_that_exist(self, page: Path) -> None:
        for file, name in named_tests_in(page):
            assert re.search(rf"^(def|class) {name}\b", file.read_text("utf-8"), re.MULTILINE), name

    def test_show_rules_that_are_good(self, page: Path) -> None:
        text = page.read_text("utf-8")
        for block in re.findall(r"```yaml\n(rules:.*?)```", text, re.DOTALL):
            _, mistakes = rules_of_text(block, page.name)
            assert [str(mistake) for mistake in mistakes] == []


def table_under(heading: str) -> list[list[str]]:
    """Give the cells of the first table under a heading of the rule reference."""
    text = (ROOT / "docs/rules.md").read_text("utf-8").partition(f"\n### {heading}\n")[2]
    rows = [line for line in text.partition("\n\nNumbers")[0].splitlines() if line[:1] == "|"]
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows if "---" not in row
    ]


VALUES: dict[str, Any] = {
    "`5`": 5,
    "`5.0`": 5.0,
    '`"5"`': "5",
    "`true`": True,
    "`1`": 1,
    "`503`": 503,
    '`{"code": 5}`': {"code": 5},
    "`[5, 7]`": [5, 7],
    "`null`, missing": None,
}
QUESTIONS: dict[str, tuple[str, Any]] = {
    "`equals: 5`": ("equals", 5),
    '`equals: "5"`': ("equals", "5"),
    "`equals: true`": ("equals", True),
    "`equals: 1`": ("equals", 1),
    "`contains: 5`": ("contains", 5),
    "`gt: 4`": ("gt", 4),
}


class TestRuleReference:
    def test_says_what_equals_what(self) -> None:
        (_, *questions), *rows = table_under("What equals what")
        assert len(rows) == len(VALUES)
        for written, *answers in rows:
            signal = Signal(
                id="1", source="audit_log", type="", timestamp=START, data={"f": VALUES[written]}
            )
            for question, answer in zip(questions, answers, strict=True):
                operator, expected = QUESTIONS[question]
                holds = satisfies(operator, lookup(signal, "f"), expected)
                assert (written, question, holds) == (written, question, answer == "yes")

    @pytest.mark.parametrize("order", ["abcdefg", "acdbefg", "gfedcba"])
    def test_draws_what_happens(self, order: str) -> None:
        minutes = {"a": 0, "b": 1, "c": 3, "d": 7, "e": 13, "f": 14, "g": 16}
        rule = a_rule(
            threshold={"count": 3, "window": "5m"}, correlate={"field": "actor.ip", "within": "5m"}
        )
        found = observed(
            a_detector(rule), rule, [a_signal(each, minutes[each] * 60) for each in order]
        )
        assert incidents_of(found) == {"c": "abcd", "g": "efg"}


def incidents_of(found: Sequence[Detection]) -> dict[str, str]:
    """Give the signals of each incident by the signal that opened it."""
    opened = {each.incident_id: each.opening.id for each in found if isinstance(each, Opened)}
    signals: dict[str, str] = {}
    for each in found:
        assert isinstance(each, Opened | Attached)
        opening = opened[each.incident_id]
        signals[opening] = signals.get(opening, "") + "".join(one.id for one in each.signals)
    return {opening: "".join(sorted(ids)) for opening, ids in signals.items()}


def quoted_anew(markdown: str, printed: Sequence[str]) -> str:
    """Put what was printed into the console blocks, where it differs by more than the clock."""
    outputs = iter(printed)

    def block(found: re.Match[str]) -> str:
        told = [
            f"$ {step.command}{_newer(step, next(outputs))}".rstrip() for step in steps_in(found)
        ]
        return found[0] if found[1] else "\n".join(["```console", *told, "```"])

    return _BLOCK.sub(block, markdown)


def _newer(step: Step, printed: str) -> str:
    return step.output if normal(step.output) == normal(printed) else printed


if __name__ == "__main__":
    text = README.read_text("utf-8")
    with tempfile.TemporaryDirectory() as temporary:
        README.write_text(quoted_anew(text, run(steps_of(text), Path(temporary))), "utf-8")
