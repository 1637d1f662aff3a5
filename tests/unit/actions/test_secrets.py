"""Secrets are looked up when they are used, and taken out of whatever is told."""

import json

import pytest

from application.actions import ActionFailedError
from infrastructure.secrets import EnvironmentSecrets, references


def test_a_reference_becomes_its_value() -> None:
    secrets = EnvironmentSecrets({"TOKEN": "abcdef"})
    assert secrets.resolve("Bearer ${TOKEN}") == "Bearer abcdef"


@pytest.mark.parametrize("environment", [{}, {"TOKEN": ""}])
def test_one_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(ActionFailedError, match="the secret TOKEN is not set"):
        EnvironmentSecrets(environment).resolve("${TOKEN}")


def test_what_is_no_reference_stays() -> None:
    assert EnvironmentSecrets({}).resolve("$TOKEN {TOKEN} ${1} ${}") == "$TOKEN {TOKEN} ${1} ${}"


def test_what_was_handed_out_is_taken_out_of_any_depth() -> None:
    secrets = EnvironmentSecrets({"SHORT": "abcdef", "LONG": "abcdefgh"})
    secrets.resolve("${SHORT}${LONG}")
    told = {"a": ["x abcdefgh", {"abcdef": 1}], "b": None, "c": 5}
    assert secrets.redacted(told) == {"a": ["x ${LONG}", {"${SHORT}": 1}], "b": None, "c": 5}


def test_it_is_found_inside_a_json_text_as_well() -> None:
    secrets = EnvironmentSecrets({"KEY": 'line 1\nline "2"'})
    secrets.resolve("${KEY}")
    assert secrets.redacted(json.dumps({"key": 'line 1\nline "2"'})) == '{"key": "${KEY}"}'


def test_the_names_that_a_text_refers_to() -> None:
    assert references("${A}:${B_2} $C ${d-e}") == ["A", "B_2"]


def test_two_dollars_stand_for_one_that_begins_no_reference() -> None:
    secrets = EnvironmentSecrets({"TOKEN": "abcdef"})
    assert secrets.resolve("$${TOKEN} ${TOKEN}") == "${TOKEN} abcdef"
    assert references("$${TOKEN} ${OTHER}") == ["OTHER"]


def test_a_value_is_resolved_at_any_depth_and_its_keys_stay() -> None:
    secrets = EnvironmentSecrets({"TOKEN": "abcdef"})
    assert secrets.resolved({"${TOKEN}": ["${TOKEN}", 1]}) == {"${TOKEN}": ["abcdef", 1]}
