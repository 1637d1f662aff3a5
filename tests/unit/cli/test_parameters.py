"""How what is typed is read."""

from typing import get_args

import click
import pytest

from domain.detection.rule import Category
from domain.incident.facts import Facts
from domain.incident.incident import Status
from domain.incident.severity import Severity
from infrastructure.cli.assess import FACTS, facts_of
from infrastructure.cli.failures import BadInputError, without_password
from infrastructure.cli.incidents import short_ids
from infrastructure.cli.parameters import CATEGORIES, SEVERITIES, STATUSES, Among, Label


def test_the_words_are_those_of_the_domain() -> None:
    assert get_args(Category) == CATEGORIES
    assert get_args(Status) == STATUSES
    assert tuple(Severity) == SEVERITIES
    assert set(FACTS) == set(Facts.model_fields)


def test_words_may_be_several_in_any_case() -> None:
    among = Among(["P0", "P1", "P2"], bad=["P0", "P1"])
    assert among.convert("p2, BAD", None, None) == ("P2", "P0", "P1")
    with pytest.raises(click.BadParameter, match="no 'P3', ''; there are bad, P0, P1, P2"):
        among.convert("P3,P0,", None, None)


def test_a_label_is_split_once() -> None:
    assert Label().convert("url=a=b", None, None) == ("url", "a=b")
    assert Label().convert("empty=", None, None) == ("empty", "")


def test_facts_are_read_by_either_name() -> None:
    written = ["affectedUsers=20_000", "data-at-risk=Yes", "service_availability=99.5%"]
    learned = {"affected_users": 20000, "data_at_risk": True, "service_availability": 99.5}
    assert facts_of(written) == learned
    assert Facts.model_validate(learned).affected_users == 20000


def test_every_impossible_fact_is_named() -> None:
    written = ["affected_users=1.5", "affectedRevenue=inf", "x=1", "y", "service_availability=nan"]
    with pytest.raises(BadInputError) as refused:
        facts_of([*written, "previous_incidents=1", "previousIncidents=2"])
    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "affected_users", "affectedRevenue", "x", "'y'", "service_availability",
        "previousIncidents",
    ]  # fmt: skip


def test_an_id_is_shortened_unless_that_is_ambiguous() -> None:
    alike = ["INC-20241210-AAAAAA", "INC-20241211-AAAAAA"]
    assert short_ids([*alike, "INC-20241210-BBBBBB", "odd"]) == {
        alike[0]: alike[0], alike[1]: alike[1], "INC-20241210-BBBBBB": "BBBBBB", "odd": "odd",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ana:pa:ss@host/db", "postgresql://ana:***@host/db"),
        (
            "postgresql://host/db?user=a&password=x&b=c",
            "postgresql://host/db?user=a&password=***&b=c",
        ),
        ("sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown
