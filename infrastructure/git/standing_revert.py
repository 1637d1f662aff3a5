"""Whether a commit has been reverted already, and that revert still stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from infrastructure.git.mirror import Mirror
from infrastructure.git.revert_message import GREP, Said


@dataclass(frozen=True, slots=True)
class StandingRevert:
    """A revert that was found; `is_own` if the same attempt made it."""

    commit: str
    is_own: bool


def standing_revert(
    mirror: Mirror, commit: str, tips: list[str], key: str
) -> StandingRevert | None:
    """Find the revert of a commit in the history of some tips.

    A revert that was itself reverted later does not stand, unless this very attempt made it: then
    its work was done, and somebody has decided against it since.
    """
    undone: set[str] = set()
    standing: StandingRevert | None = None
    for said in _reverts(mirror, commit, tips):
        if commit in said.reverts and key in said.keys:
            return StandingRevert(said.commit, is_own=True)
        if said.commit in undone:
            continue
        undone |= said.reverts
        if commit in said.reverts:
            standing = StandingRevert(said.commit, is_own=False)
    return standing


def _reverts(mirror: Mirror, commit: str, tips: list[str]) -> Iterator[Said]:
    """Give what reverts since a commit say, the later before those that they may revert."""
    told = mirror.git.do(
        "log", "-z", "--topo-order", "--no-show-signature", "--format=%H%n%B",
        "--fixed-strings", f"--grep={GREP}", *tips, f"^{commit}",
    )  # fmt: skip
    for each in told.decode("utf-8", "replace").split("\0"):
        name, _, message = each.partition("\n")
        if name:
            yield Said.of(name, message)
