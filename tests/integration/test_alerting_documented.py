"""What docs/alerting.md shows is a sound configuration, and its tables say what the code does."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from domain.alerting.channel import Filters, Grouping, Limit, Retrying
from domain.alerting.content import Occasion
from domain.alerting.settings import Heartbeat, RoutingTable, TableRoute, When
from domain.incident.levels import Repeat, SeverityLevels, Tier
from domain.incident.obligations import DEFAULT_TERMS, Evidence, ObligationTerms
from domain.incident.routed import RouteKind
from domain.responder.directory import Directory
from infrastructure.configuration.channel_file import channels_of
from infrastructure.configuration.validation import validate
from infrastructure.configuration.yaml_document import parse_yaml

TEXT = (Path(__file__).parents[2] / "docs" / "alerting.md").read_text("utf-8")
CHANNELS, LEVELS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
PEOPLE = Directory.model_validate(
    {
        "people": {"grace": {"full_name": "Grace Good"}},
        "teams": {"payments": {"members": ["grace"]}},
    }
)


def rows(header: str) -> list[list[str]]:
    """Give the rows of the table with that header."""
    _, found, rest = TEXT.partition(f"| {header} |")
    assert found
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_channels_shown_are_sound() -> None:
    settings, mistakes = channels_of(parse_yaml(CHANNELS, "channels.yaml"), PEOPLE)
    assert mistakes == []
    shown = settings.channel("slack_payments")
    assert shown is not None
    # What is shown there as possible is what holds anyway, as the text says of the defaults.
    assert (shown.retry, shown.group) == (Retrying(), Grouping())
    assert settings.stale_after == "7d"


def test_the_levels_shown_are_sound() -> None:
    levels = validate(parse_yaml(LEVELS, "severity-levels.yaml"), SeverityLevels)
    (p0, *_) = levels.severity_levels.values()
    assert [tier.after for tier in p0.escalation] == ["10 minutes", "10 minutes"]
    assert levels.terms("executive_notification").fulfilled_by == "message"


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("route | where it is written", get_args(RouteKind)),
        ("occasion | when | told to", [name.replace("_", " ") for name in get_args(Occasion)]),
        ("`fulfilled_by` | fulfilled when", [f"`{name}`" for name in get_args(Evidence)]),
    ],
)
def test_every_name_has_its_row(header: str, known: list[str]) -> None:
    assert {row[0] for row in rows(header)} == set(known)


def test_what_obligations_mean_by_themselves() -> None:
    *named, other = rows("name | within | fulfilled by")
    assert {row[0].strip("`"): (row[1], row[2]) for row in named} == {
        name: (terms.within, terms.fulfilled_by) for name, terms in DEFAULT_TERMS.items()
    }
    assert other[1:] == [ObligationTerms().within or "", ObligationTerms().fulfilled_by]


@pytest.mark.parametrize(
    "model",
    [
        Filters, Grouping, Heartbeat, Limit, ObligationTerms, Repeat, Retrying, RoutingTable,
        TableRoute, Tier, When,
    ],
)  # fmt: skip
def test_every_field_is_shown(model: type[BaseModel]) -> None:
    optional = {"method", "description"}
    fields = {field.alias or name for name, field in model.model_fields.items()}
    for name in fields - optional:
        snake = re.sub(r"([A-Z])", lambda found: f"_{found[1].lower()}", name)
        assert re.search(rf"\b({name}|{snake})\b", TEXT), name
