"""The directory of responders is read with every mistake at its place."""

from textwrap import dedent

from infrastructure.configuration.responder_file import directory_of
from infrastructure.configuration.yaml_document import parse_yaml


def read(text: str) -> list[str]:
    _, mistakes = directory_of(parse_yaml(dedent(text), "responders.yaml"))
    return [str(mistake) for mistake in mistakes]


def test_a_member_that_nobody_is_has_its_line() -> None:
    assert read("""\
        people:
          ada: { full_name: Ada }
        teams:
          security_team:
            members:
              - ada
              - zoe
        groups:
          owner: { by: incident.context.project, members: { shop: [ops] }, otherwise: [ada] }
        """) == [
        "responders.yaml:7:9: teams.security_team.members[1]: there is no person zoe "
        "(expected ada)",
        "responders.yaml:9:60: groups.owner.members.shop[0]: "
        "there is no person, team or rotation ops (expected ada, security_team)",
    ]


def test_every_other_mistake_has_its_line_too() -> None:
    told = read("""\
        people:
          ada:
            full_name: Ada
            email: nowhere
          ben: { pager: 7 }
        crews: {}
        """)
    assert [line.split(":")[1] for line in told] == ["4", "5", "5", "6"]


def test_a_file_of_comments_alone_names_nobody() -> None:
    directory, mistakes = directory_of(parse_yaml("# later\n", "responders.yaml"))
    assert (directory.people, mistakes) == ({}, [])


def test_every_mistake_about_rotations_is_told_at_once() -> None:
    told = read("""\
        people:
          ada: { full_name: Ada }
          ben: { pager: 7 }
        teams:
          ops.secondary: { members: [ada] }
        groups:
          duty: { by: x, members: { y: [payments, payments.secondary, ops.other] } }
        rotations:
          ada:
            members: [ada, ben]
            handoff: daily
            on: monday
            start: 2026-01-05
          payments:
            members: [ada, zoe]
            handoff: weekly
            on: Funday
            at: 9 o'clock
            timezone: Mars/Base
            start: 2026-02-30
            overrides:
              - { from: 2026-12-24 09:00, until: 2026-12-24 09:00, person: yan }
          shop:
            members: []
            handoff: hourly
            overrides:
              - { from: yesterday, until: 2026-12-24T09:00, person: ada }
        """)
    assert [line.removeprefix("responders.yaml:").partition(" (expected")[0] for line in told] == [
        "3:3: people.ben.full_name: missing",
        "3:10: people.ben.pager: unknown field",
        '5:3: teams["ops.secondary"]: a name that ends in .secondary means the secondary of '
        "a rotation",
        "7:63: groups.duty.members.y[2]: there is no person, team or rotation ops.other",
        "9:3: rotations.ada: a person has this name",
        "12:5: rotations.ada.on: a daily hand-over is on every day of the week",
        "15:20: rotations.payments.members[1]: there is no person zoe",
        "17:5: rotations.payments.on: must be one of monday, tuesday, wednesday, thursday, "
        'friday, saturday, sunday, found "Funday"',
        '18:5: rotations.payments.at: not a time of day: "9 o\'clock"; write it as 08:00',
        "19:5: rotations.payments.timezone: not a time zone: 'Mars/Base'; write an IANA name "
        "such as UTC or Europe/Berlin",
        "20:5: rotations.payments.start: not a day: '2026-02-30'; write it as 2026-01-05",
        "22:35: rotations.payments.overrides[0].until: the override ends no later than it begins, "
        "2026-12-24 09:00 UTC",
        "22:60: rotations.payments.overrides[0].person: there is no person yan",
        "23:3: rotations.shop.start: missing",
        "24:5: rotations.shop.members: must have at least 1 item",
        '25:5: rotations.shop.handoff: must be one of weekly, daily, found "hourly"',
        "27:11: rotations.shop.overrides[0].from: not a day and a time: 'yesterday'; "
        "write it as 2026-01-05 09:00",
        "27:28: rotations.shop.overrides[0].until: not a day and a time: '2026-12-24T09:00'; "
        "write it as 2026-01-05 09:00",
    ]


def test_times_may_stand_without_quotes_and_where_clocks_skip_or_repeat_them() -> None:
    directory, mistakes = directory_of(parse_yaml(dedent("""\
        people:
          ada: { full_name: Ada }
        rotations:
          payments:
            members: [ada]
            handoff: daily
            at: 02:30
            timezone: Europe/Berlin
            start: 2026-03-29
            overrides:
              - { from: 2026-03-29 02:30, until: 2026-10-25 02:30, person: ada }
        """), "responders.yaml"))  # fmt: skip
    assert mistakes == []
    assert directory.rotations["payments"].at == "02:30"


def test_what_is_not_even_a_mapping_is_told_without_a_stumble() -> None:
    for written in ("7", "[]", "rotations: 7", "rotations: { a: 7 }", "teams: { a: }"):
        assert read(written)
