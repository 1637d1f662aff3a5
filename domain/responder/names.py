"""How whoever can be told is named, and what is written about them on one line."""

from typing import Annotated

from pydantic import Field, StrictStr

Name = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,99}$")]
Line = Annotated[StrictStr, Field(pattern=r"^[^\r\n\t\x00]{1,200}$")]
SECONDARY = ".secondary"
"""What follows a rotation's name where its secondary is meant."""
