"""Pushing a commit to a branch, and understanding what became of it."""

from application.actions import ActionFailedError, OutcomeUnknownError
from infrastructure.git.complaint import shown
from infrastructure.git.mirror import Mirror
from infrastructure.git.process import Answer, OutOfTimeError

# What `git push --porcelain` says of a branch that has moved on, or moves at the same moment.
_RACES = (
    "non-fast-forward", "fetch first", "needs force", "stale info", "cannot lock ref",
    "failed to update ref", "incorrect old value",
)  # fmt: skip
_UNCLEAR = "[remote failure]"


class UnclearPushError(Exception):
    """The connection broke; whether the push arrived, the remote must be asked."""


def lost_race(mirror: Mirror, commit: str, branch: str) -> str | None:
    """Push without force; None when it is done, else how another push was faster.

    Raises ActionFailedError with the remote's words if it refuses, UnclearPushError, or
    OutcomeUnknownError if the time is up.
    """
    mirror.git.check_time("git push")
    try:
        answer = mirror.git.ask(
            "push", "--porcelain", "--no-verify", "origin", f"{commit}:refs/heads/{branch}"
        )
    except OutOfTimeError:
        msg = f"the time was up during a push to {branch} of {mirror.name}"
        raise OutcomeUnknownError(msg) from None
    if answer.status == 0:
        return None
    summary = _summary(answer)
    if summary is None or summary.startswith(_UNCLEAR):
        raise UnclearPushError(answer.complaint)
    if any(race in summary for race in _RACES):
        return summary
    told = mirror.git.address.redacted(": ".join(filter(None, (summary, answer.remote))))
    msg = f"{mirror.name} refused the push to {branch}: {told}"
    raise ActionFailedError(msg)


def _summary(answer: Answer) -> str | None:
    """Give what is said of the one branch: `!<TAB>from:to<TAB>[rejected] (reason)`."""
    lines = answer.out.decode("utf-8", "replace").splitlines()
    told = next((line.split("\t") for line in lines if line.startswith("!\t")), None)
    return shown(told[-1]) if told else None
