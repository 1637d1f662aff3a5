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
        "responders.yaml:9:60: groups.owner.members.shop[0]: there is no person or team ops "
        "(expected ada, security_team)",
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
