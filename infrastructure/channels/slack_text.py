"""Texts for Slack in which nothing foreign can become a mention, a link or a command."""

import re
from collections.abc import Sequence

from application.channels import Recipient
from infrastructure.channels.foreign import cut, sound, units

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# The ids that Slack gives to people and to groups of them; a mere name mentions nobody.
_MEMBER = re.compile(r"@?([UW][A-Z0-9]{6,20})")
_USER_GROUP = re.compile(r"@?(S[A-Z0-9]{6,20})")


def escaped(text: str, longest: int) -> str:
    """Escape what Slack gives a meaning, in at most so many units; never half an entity."""
    return cut(sound(text), longest, _size).translate(_ESCAPED)


def mentions(recipients: Sequence[Recipient], longest: int) -> str:
    """Name those whom a message is for, by their `slack` name, as many as fit; empty for nobody."""
    named = dict.fromkeys(_mention(each.slack) for each in recipients if each.slack)
    told = ""
    for each in named:
        if units(f"{told} {each} …") > longest - len("For "):
            return f"{told} …"
        told = f"{told} {each}".strip()
    return told


def _mention(name: str) -> str:
    if member := _MEMBER.fullmatch(name):
        return f"<@{member[1]}>"
    if group := _USER_GROUP.fullmatch(name):
        return f"<!subteam^{group[1]}>"
    return escaped(name if name.startswith(("@", "#")) else f"@{name}", 100)


def _size(text: str) -> int:
    return units(text.translate(_ESCAPED))
