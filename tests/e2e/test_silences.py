"""Silences at the command line: what is held back is said, and what cannot be is told."""

from pathlib import Path

import pytest

from tests.support.command import Command

ADD = ("silences", "add")
WHY = ("--for", "2h", "--reason", "we test the login")


@pytest.fixture
def read(tocsin: Command, log: Path) -> Command:
    """A log was read that has two incidents, of which none is P0."""
    tocsin.ok("ingest", log)
    return tocsin


def made(finished_out: str) -> str:
    return finished_out.split(maxsplit=1)[0]


def test_a_silence_from_its_making_to_its_end(read: Command) -> None:
    added = read.ok(*ADD, "category=authentication_failure", *WHY)
    assert "Silence: alerts with category=authentication_failure, but never of P0" in added.out
    assert "1 open incident is like that now." in added.out
    silence = made(added.out)
    (row,) = read.ok("silences", "list", "--json").json
    assert (row["id"], row["state"], row["created_by"]) == (silence, "active", "tester")
    listed = read.ok("silences", "list").out
    assert "1h left" in listed
    assert "we test the login"[:8] in listed
    assert max(map(len, listed.splitlines())) <= 80

    extended = read.ok("silences", "extend", silence[-5:], "--for", "9h", "--by", "ben")
    assert f"{silence} has another end." in extended.out
    assert "8h left" in read.ok("silences", "list").out
    assert read.ok("silences", "end", silence, "--reason", "done").out == f"{silence} has ended.\n"
    assert "Nothing is held back." in read.ok("silences", "list").out
    (row,) = read.ok("silences", "list", "--all", "--json").json
    assert (row["state"], row["ended_by"], row["version"]) == ("ended", "tester", 3)
    again = read.run("silences", "end", silence)
    assert again.status == 1
    assert "was ended by tester before; make a new one" in again.err


def test_a_window_comes_back_by_the_clock_on_the_wall(tocsin: Command) -> None:
    added = tocsin.ok(
        *ADD, "--maintenance", "--everything", "--every", "week", "--timezone", "Europe/Berlin",
        "--from", "2026-06-04T23:30", "--for", "1h", "--reason", "backup",
    )  # fmt: skip
    told = " ".join(added.out.split())
    assert "Maintenance: all alerts but those of P0" in told
    assert "Holds every week from Thursday 23:30 until Friday 00:30, Europe/Berlin" in told
    (row,) = tocsin.ok("silences", "list", "--json").json
    assert (row["starts_at"], row["over_at"]) == ("2026-06-04T21:30:00Z", None)
    assert (row["repeats"], row["everything"], row["kind"]) == ("weekly", True, "maintenance")


def test_what_is_p0_says_how_it_could_be_held_back(read: Command) -> None:
    (incident,) = read.ok("incidents", "--category", "authentication_failure", "--json").json
    part = incident["id"][-6:]
    read.ok("assess", part, "--severity", "P0", "--reason", "it is")
    spared = " ".join(read.ok(*ADD, "source~.", *WHY).out.split())
    assert "1 open incident is like that now. 1 open P0 incident would be, and still" in spared
    named = read.ok(*ADD, f"incident={part.lower()}", *WHY).out
    assert f"alerts with incident={incident['id']}\n" in named
    assert "1 open incident is like that now." in named
    both = read.ok(*ADD, "severity=p0,P1", *WHY).out
    assert "alerts with severity=P0,P1\n" in both


def test_every_mistake_is_told_at_once(tocsin_on_a_file: Command) -> None:
    refused = tocsin_on_a_file.run(
        *ADD, "team=x", "severity=P9", "incident=zzz", "nonsense", "about!~x", "rule~(",
        "--for", "1h", "--until", "2h", "--every", "day",
    )  # fmt: skip
    assert (refused.status, refused.out) == (2, "")
    assert [line.partition(";")[0] for line in refused.err.splitlines()] == [
        "tocsin: there is no incident zzz",
        "'nonsense' asks nothing: write NAME=VALUE, as in rule=auth-001",
        "'about!~x': there is no !~, only ~, = and !=",
        "it does not say until when: say --for or --until, and not both",
        "there is no 'team' to ask for",
        "there is no severity 'P9'",
        "rule: RE2 cannot take the pattern: missing ): (",
        "it does not say why",
        "only a maintenance window comes back",
    ]
    assert "Nothing is held back." in tocsin_on_a_file.ok("silences", "list", "--all").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "rule=x", "--for", "2x", "--reason", "x"], "not a duration: '2x'"),
        (["add", "rule=x", "--until", "soon", "--reason", "x"], "write 2h or 7d for so long from"),
        (["add", "rule=x", "--until", "0001-01-01T00:00+14:00"], "--until"),
        (["add", "rule=x", "--until", "2020-01-01", "--reason", "x"], "it is over already"),
        (["add", "rule=x", "--for", "1h", "--from", "366d", "--timezone", "Mars"], "no"),
        (["add", "--for", "1h", "--reason", "x"], "it does not say what it holds back"),
        (["add", "--everything", "--for", "1h", "--reason", "x"], "only a maintenance window"),
        (["list", "all"], "unexpected extra argument"),
    ],
)
def test_what_is_typed_wrongly_is_not_understood(
    tocsin_on_a_file: Command, words: list[str], said: str
) -> None:
    refused = tocsin_on_a_file.run("silences", *words)
    assert (refused.status, refused.out) == (2, "")
    assert said in refused.err


def test_an_end_that_cannot_be_is_told(tocsin_on_a_file: Command) -> None:
    silence = made(tocsin_on_a_file.ok(*ADD, "rule=x", *WHY).out)
    for words, said in (
        (["--until", "2020-01-01"], "cannot end in the past; to end it now, say so"),
        (["--for", "1h", "--until", "2h"], "say --for or --until, and not both"),
        ([], "say --for or --until, and not both"),
    ):
        refused = tocsin_on_a_file.run("silences", "extend", silence, *words)
        assert refused.status == 2
        assert said in refused.err
    unknown = tocsin_on_a_file.run("silences", "end", "SIL-NONE")
    assert unknown.status == 1
    assert "See them: tocsin silences list --all" in unknown.err
