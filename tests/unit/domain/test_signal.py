"""How a field is looked up in a signal."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from domain.signal import Signal, lookup

AT = datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1)))


def a_signal(**data: Any) -> Signal:
    return Signal(id="s1", source="audit_log", type="login", timestamp=AT, data=data)


def test_a_dotted_path_goes_into_nested_data() -> None:
    assert lookup(a_signal(actor={"ip": "10.0.0.1"}), "actor.ip") == ("10.0.0.1",)


def test_a_missing_field_has_no_values() -> None:
    assert lookup(a_signal(actor={}), "actor.ip") == ()
    assert lookup(a_signal(actor="root"), "actor.ip") == ()


@pytest.mark.parametrize("nothing", [None, [], [None], [[]]])
def test_a_null_and_an_empty_list_are_missing(nothing: Any) -> None:
    assert lookup(a_signal(field=nothing), "field") == ()


@pytest.mark.parametrize("value", [0, 0.0, False, ""])
def test_an_empty_value_is_not_missing(value: Any) -> None:
    assert lookup(a_signal(field=value), "field") == (value,)


def test_a_list_at_the_end_means_any_of_its_elements() -> None:
    assert lookup(a_signal(tags=["a", None, ["b"]]), "tags") == ("a", "b")


def test_a_list_on_the_way_means_any_of_its_elements() -> None:
    hosts = [{"name": "a"}, {"other": 1}, {"name": ["b", "c"]}]
    assert lookup(a_signal(hosts=hosts), "hosts.name") == ("a", "b", "c")


def test_an_object_is_a_value() -> None:
    assert lookup(a_signal(actor={"ip": "x"}), "actor") == ({"ip": "x"},)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "login"),
        ("source", "audit_log"),
        ("id", "s1"),
        ("timestamp", "2026-03-01T12:00:00Z"),
    ],
)
def test_what_the_data_lacks_is_looked_up_in_the_envelope(path: str, value: str) -> None:
    assert lookup(a_signal(), path) == (value,)


def test_the_data_goes_before_the_envelope() -> None:
    assert lookup(a_signal(type="data's own"), "type") == ("data's own",)


def test_a_null_in_the_data_leaves_the_field_to_the_envelope() -> None:
    assert lookup(a_signal(type=None), "type") == ("login",)


def test_a_path_can_name_the_data_in_full() -> None:
    assert lookup(a_signal(type="data's own", x=1), "data.type") == ("data's own",)
    assert lookup(a_signal(x=1), "data.x") == (1,)


def test_data_inside_the_data_goes_before_the_data_itself() -> None:
    assert lookup(a_signal(data={"x": 1}, x=2), "data.x") == (1,)


def test_a_signal_has_a_time_zone() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        Signal(id="s", source="metric", type="t", timestamp=AT.replace(tzinfo=None), data={})
