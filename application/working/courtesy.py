"""How long a worker leaves alone what is new, if another one may be about to take it on."""

from datetime import timedelta
from hashlib import sha256

LONGEST = timedelta(seconds=0.3)


def courtesy(worker: str, of: str) -> timedelta:
    """Give each worker another order of what is new, so that they seldom meet."""
    share = sha256(f"{worker}\n{of}".encode()).digest()[0] / 256
    return LONGEST * share
