"""What comes of an HTTP request, as the answer that a channel gives.

No word of an answer's body is told here: it may repeat what was sent, secrets included.
"""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from application.actions import (
    HttpAnswer,
    HttpRequest,
    NoAnswerError,
    Outgoing,
    UnreachableError,
)
from application.channels import Answer, Delivered, Never, TryLater
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError
from infrastructure.outgoing.waiting import seconds_to_wait

# Request Timeout, Too Early, Too Many Requests: what the same request may survive later.
_PASSING = frozenset({408, 425, 429})
_SUCCESS = range(200, 300)
_REDIRECTS = range(300, 400)
_SERVER_ERRORS = 500
_PLAIN_WORD = re.compile(r"['\"(]?[A-Za-z][A-Za-z_.-]{0,23}['\"):;,.]*|[0-9]{1,4}")


def exchanged(outgoing: Outgoing, request: HttpRequest, who: str) -> Answer:
    """Send a request, and judge what comes of it by the status alone; `who` is asked."""
    answer = ask(outgoing, request)
    return judged(answer, who) if isinstance(answer, HttpAnswer) else answer


def ask(outgoing: Outgoing, request: HttpRequest) -> HttpAnswer | TryLater | Never:
    """Send a request; without a whole answer to it, say what that means."""
    try:
        return outgoing.send(request)
    except (UnreachableError, NoAnswerError) as error:
        return without_answer(error)


def without_answer(error: UnreachableError | NoAnswerError) -> TryLater | Never:
    """Say what it means that no answer came: what was refused will be refused again."""
    refused = isinstance(error, RefusedError | RefusedRedirectError)
    return Never(str(error)) if refused else TryLater(str(error))


def judged(answer: HttpAnswer, who: str, said: str = "") -> Answer:
    """Judge an answer by its status; `said` is what is known to be fit to be told of its body."""
    status = answer.status
    if status in _SUCCESS:
        return Delivered()
    why = f"{who} answered {status}"
    if status in _REDIRECTS:
        why += ", a redirect, which is not followed"
    if said:
        why += f": {said}"
    if status in _PASSING or status >= _SERVER_ERRORS:
        return later(answer, why)
    return Never(why)


def later(answer: HttpAnswer, why: str) -> TryLater:
    """Say that trying again may help, after as long as the server asks to wait."""
    return TryLater(why, seconds_to_wait(answer.headers, datetime.now(UTC)))


def json_object(body: bytes) -> dict[str, Any]:
    """Read a body that should be a JSON object; an empty one if it is not."""
    with suppress(ValueError, RecursionError):
        told = json.loads(body)
        if isinstance(told, dict):
            return told
    return {}


def plain_words(text: str) -> str:
    """Give a text if it is made of plain words, and nothing if it may hold a token or a key."""
    words = text.split()
    return " ".join(words)[:200] if all(map(_PLAIN_WORD.fullmatch, words)) else ""
