"""What Twilio's Messages API says, and what that means to a text message."""

import re

from application.actions import HttpAnswer
from application.channels import Answer, Delivered, Never
from infrastructure.channels.answers import json_object, judged, later

_SUCCESS = range(200, 300)
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
# Too many requests or queued messages, and Twilio's own trouble.
_PASSING = frozenset({14107, 20429, 20500, 20503, 21611})
# In our words: Twilio's repeat the number.
_MEANINGS = {
    20003: "the credentials are not accepted",
    20404: "there is no such account",
    20429: "too many requests",
    21211: "the number is not valid",
    21408: "the account may not send to that country",
    21606: "the sender may not send to that number",
    21608: "a trial account sends to verified numbers only",
    21610: "the recipient has unsubscribed",
    21611: "too many messages wait at the sender",
    21612: "the number cannot be reached from the sender",
    21614: "the number is not a mobile one",
    21617: "the message is too long",
    21635: "the number is of a landline",
}


def of_twilio(answer: HttpAnswer) -> Answer:
    """Judge an answer by its status and, where Twilio gives one, by the code in it."""
    told = json_object(answer.body)
    if answer.status in _SUCCESS:
        sid = told.get("sid")
        return Delivered({"sid": sid} if isinstance(sid, str) and _SID.fullmatch(sid) else {})
    code = told.get("code")
    if not isinstance(code, int) or isinstance(code, bool) or not 0 < code < 10**6:
        return judged(answer, "Twilio")
    meaning = _MEANINGS.get(code)
    said = f"error {code}" + (f", {meaning}" if meaning else "")
    outcome = judged(answer, "Twilio", said)
    if isinstance(outcome, Never) and code in _PASSING:
        return later(answer, outcome.why)
    return outcome
