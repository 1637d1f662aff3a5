"""What docs/responders.md shows is a directory of responders, and its tables name every field."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from domain.responder.directory import Group, Person, Team
from domain.responder.rotation import Override, Rotation
from infrastructure.configuration.responder_file import directory_of
from infrastructure.configuration.yaml_document import parse_yaml

TEXT = (Path(__file__).parents[2] / "docs" / "responders.md").read_text("utf-8")
WHOLE, ROTATIONS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
PEOPLE = "people: { ada: { full_name: A }, ben: { full_name: B }, cleo: { full_name: C } }\n"


@pytest.mark.parametrize("written", [WHOLE, PEOPLE + ROTATIONS], ids=["whole", "rotations"])
def test_an_example_is_sound(written: str) -> None:
    directory, mistakes = directory_of(parse_yaml(written, "responders.yaml"))
    assert mistakes == []
    assert directory.rotations


@pytest.mark.parametrize("model", [Person, Team, Group, Rotation, Override])
def test_every_field_has_its_row(model: type[BaseModel]) -> None:
    article = "an" if model is Override else "a"
    _, _, rest = TEXT.partition(f"| of {article} {model.__name__.lower()} | | |\n")
    rows = rest.partition("\n\n")[0]
    documented = {name for row in rows.splitlines() for name in _named(row)}
    fields = {field.alias or name for name, field in model.model_fields.items()}
    assert documented == fields


def _named(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", row.split("|")[1])
