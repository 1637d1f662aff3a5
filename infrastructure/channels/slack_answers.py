"""What Slack says, and what that means to a message."""

import re
from dataclasses import dataclass

from application.actions import HttpAnswer
from application.channels import Answer, Delivered, Never, TryLater
from infrastructure.channels.answers import json_object, judged, later

_SUCCESS = range(200, 300)
_CODE = re.compile(r"[a-z][a-z_]{1,59}")
# Slack's own trouble, or too much at once.
_PASSING = frozenset(
    {
        "fatal_error", "internal_error", "message_limit_exceeded", "rate_limited", "ratelimited",
        "request_timeout", "rollup_error", "service_unavailable", "team_added_to_org",
    }
)  # fmt: skip
_ADVICE = {
    "account_inactive": "the token's account was deactivated",
    "channel_is_archived": "the channel is archived",
    "channel_not_found": "there is no such channel, or the bot may not see it",
    "invalid_auth": "the token is not valid",
    "is_archived": "the channel is archived",
    "missing_scope": "the token lacks the scope chat:write",
    "no_service": "the webhook was removed or switched off",
    "not_in_channel": "the bot has to be invited into the channel",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
# What the documentation of incoming webhooks names; it is the whole body of the answer.
_OF_WEBHOOKS = frozenset(
    {
        "action_prohibited", "channel_is_archived", "channel_not_found", "invalid_blocks",
        "invalid_payload", "invalid_token", "no_active_hooks", "no_service", "no_service_id",
        "no_team", "no_text", "posting_to_general_channel_denied", "rollup_error",
        "team_disabled", "too_many_attachments", "user_not_found",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and the code of the error that led to it, empty if there was none."""

    answer: Answer
    code: str = ""


def of_a_method(answer: HttpAnswer) -> Said:
    """Judge what a method of the Web API answered; a success has the message's place in it."""
    if answer.status not in _SUCCESS:
        return Said(judged(answer, "Slack"))
    told = json_object(answer.body)
    if told.get("ok") is True:
        place = {name: told[name] for name in ("channel", "ts") if isinstance(told.get(name), str)}
        return Said(Delivered(place))
    code = told.get("error")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return Said(TryLater(f"Slack answered {answer.status} with what is no answer of Slack's"))
    if code in _PASSING:
        return Said(later(answer, _worded(code)), code)
    return Said(Never(_worded(code)), code)


def of_a_webhook(answer: HttpAnswer) -> Answer:
    """Judge what an incoming webhook answered."""
    code = answer.body[:60].decode("ascii", errors="replace").strip()
    return judged(answer, "Slack", _worded(code) if code in _OF_WEBHOOKS else "")


def _worded(code: str) -> str:
    advice = _ADVICE.get(code)
    return f"Slack says {code}" + (f": {advice}" if advice else "")
