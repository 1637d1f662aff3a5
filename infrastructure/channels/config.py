"""What the configurations of channels are made of."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StrictStr

from domain.alerting.channel import ChannelPart
from infrastructure.secrets import references


class ChannelConfig(ChannelPart):
    """A channel's `config`. Errors do not repeat it: a secret may stand in the wrong place."""

    model_config = ConfigDict(hide_input_in_errors=True)


def _names_a_secret(written: str) -> str:
    if not references(written):
        msg = "this is a secret: write ${NAME}, and set NAME in Tocsin's environment"
        raise ValueError(msg)
    return written


# What is not known to be a secret could not be taken out of what is told.
SecretText = Annotated[StrictStr, AfterValidator(_names_a_secret)]
# It may be a secret as a whole, so more than this cannot be said of it.
Url = Annotated[StrictStr, Field(pattern=r"^(https?://|\$\{)\S*$")]


def _has_the_incident(written: str) -> str:
    if "{incident}" not in written:
        msg = "write {incident} where the incident's id belongs"
        raise ValueError(msg)
    return written


IncidentLink = Annotated[
    StrictStr, Field(pattern=r"^https?://[^\s\x00]{1,500}$"), AfterValidator(_has_the_incident)
]
