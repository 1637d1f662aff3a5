"""Values as configuration writes them: checked, and kept as they were written."""

from typing import Annotated

from pydantic import AfterValidator, StrictStr

from domain.duration import parse_duration


def _duration(written: str) -> str:
    parse_duration(written)
    return written


Duration = Annotated[StrictStr, AfterValidator(_duration)]
