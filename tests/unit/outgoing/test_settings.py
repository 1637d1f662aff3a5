"""The configuration allows networks by their usual spelling, and refuses what is none."""

from ipaddress import ip_address
from pathlib import Path

import pytest
from pydantic import ValidationError

from infrastructure.outgoing.addresses import why_refused
from infrastructure.outgoing.client import GuardedHttp
from infrastructure.outgoing.settings import OutgoingSettings


def test_networks_and_single_addresses_are_allowed() -> None:
    settings = OutgoingSettings.model_validate(
        {"allow": ["10.20.0.0/16", "192.168.7.5", "fd12::/32"], "authorities": "/etc/ca.pem"}
    )
    for address in ("10.20.3.4", "192.168.7.5", "fd12::1"):
        assert why_refused(ip_address(address), settings.allow) is None
    for address in ("10.21.0.1", "192.168.7.6", "fd13::1"):
        assert why_refused(ip_address(address), settings.allow) == "private"
    assert settings.authorities == Path("/etc/ca.pem")
    assert isinstance(settings.client(), GuardedHttp)


@pytest.mark.parametrize("wrong", ["10.20.1.0/16", "10.20", "localhost", "", "10.0.0.0/33", 5])
def test_what_is_no_network_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        OutgoingSettings.model_validate({"allow": [wrong]})


def test_nothing_private_is_allowed_by_itself() -> None:
    assert OutgoingSettings().allow == ()
