"""A request made by an action, and what its outcome means to a runbook."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StrictStr

from application.actions import (
    ActionFailedError,
    Call,
    HttpAnswer,
    HttpRequest,
    NoAnswerError,
    OutcomeUnknownError,
    Outgoing,
    UnreachableError,
)
from infrastructure.outgoing.refusals import RefusedError, RefusedRedirectError
from infrastructure.outgoing.waiting import seconds_to_wait

# Request Timeout, Too Early, Too Many Requests: what the same request may survive later.
_PASSING = frozenset({408, 425, 429})
_SERVER_ERRORS = 500
# Bad Gateway, Gateway Timeout: somebody in between had no answer from who was meant.
_NO_WORD_FROM_BEHIND = frozenset({502, 504})
_REDIRECTS = range(300, 400)


def _listed(written: Any) -> Any:
    return written if isinstance(written, list | tuple) else (written,)


# Statuses as they are written: numbers, and classes such as `2xx`; one may stand alone.
Statuses = Annotated[
    tuple[
        Annotated[StrictInt, Field(ge=200, le=599)]
        | Annotated[StrictStr, Field(pattern=r"^[2-5]xx$")],
        ...,
    ],
    BeforeValidator(_listed),
]


def exchange(outgoing: Outgoing, request: HttpRequest, *, repeatable: bool) -> HttpAnswer:
    """Send a request; `repeatable` says that sending it again does no harm.

    Raises ActionFailedError, or OutcomeUnknownError when there is no answer to a request that
    must not be repeated.
    """
    try:
        return outgoing.send(request)
    except UnreachableError as error:
        raise ActionFailedError(str(error), passing=not isinstance(error, RefusedError)) from None
    except NoAnswerError as error:
        if not repeatable:
            raise OutcomeUnknownError(str(error)) from None
        passing = not isinstance(error, RefusedRedirectError)
        raise ActionFailedError(str(error), passing=passing) from None


def time_for(call: Call, longest: float = 30.0) -> float:
    """Say how many seconds a request of a call may take."""
    return min(longest, call.seconds_left())


def json_body(value: Any) -> bytes:
    """Encode a body; raises ActionFailedError for what JSON cannot hold."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        raise ActionFailedError("the body holds what JSON cannot hold") from None


def unexpected(
    answer: HttpAnswer, who: str, *, repeatable: bool, passing: Collection[int] = _PASSING
) -> ActionFailedError | OutcomeUnknownError:
    """Make the error that an unexpected status is, without a word of the answer's body.

    `passing` are the statuses that trying again later may help against, besides the server's
    errors.
    """
    status = answer.status
    reason = f"{who} answered {status}"
    if not repeatable and status in _NO_WORD_FROM_BEHIND:
        return OutcomeUnknownError(f"{reason}: the request may have got through")
    if status in _REDIRECTS:
        reason += ", a redirect, which was not followed"
    if seconds := seconds_to_wait(answer.headers, datetime.now(UTC)):
        reason += f" and asks to wait {seconds} s (Retry-After)"
    return ActionFailedError(reason, passing=status in passing or status >= _SERVER_ERRORS)


def is_expected(status: int, expected: Collection[int | str]) -> bool:
    """Say whether a status is listed."""
    return status in expected or f"{status // 100}xx" in expected
