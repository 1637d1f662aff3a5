"""What a search finds in the history of one repository: each use of a secret once."""

from contextlib import closing
from dataclasses import dataclass, field

from infrastructure.actions.credential_matches import Match, Search, searchable
from infrastructure.git.appearances import appearances, contents
from infrastructure.git.blobs import Blob, blobs
from infrastructure.git.mirror import Mirror

# What is kept of one repository, so that a pattern that matches nearly all of it ends, too.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret in a file: where it first appeared, and whether the main line still has it there.

    Of a content that only a tag has, and no commit, `commit` and `path` are not known.
    """

    repository: str
    commit: str | None
    path: str | None
    match: Match
    in_main: bool


@dataclass(slots=True)
class Searched:
    """A repository that was searched: how many contents, and what was left out.

    `binary` contents were passed over; of `limited` ones only the beginning was searched.
    `is_whole` is false if there were too many matches to look at all.
    """

    name: str
    contents: int = 0
    binary: int = 0
    limited: int = 0
    is_whole: bool = True
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class State:
    """What is searched: all that branches and tags hold, and the end of the main line."""

    tips: list[str]
    main: str | None

    @classmethod
    def of(cls, mirror: Mirror) -> "State":
        """Take down the state of a mirror; raises ActionFailedError without a main line."""
        tips = mirror.tips()
        return cls(tips, mirror.tip_of(mirror.main()) if tips else None)


def searched(mirror: Mirror, state: State, search: Search) -> Searched:
    """Search a repository's whole history; raises ActionFailedError if it cannot be finished."""
    told = Searched(mirror.name)
    if not state.tips or state.main is None:
        return told
    hits = _hits(mirror, state, search, told)
    if hits:
        told.findings = _findings(mirror, state, hits)
    return told


def _hits(mirror: Mirror, state: State, search: Search, told: Searched) -> dict[str, list[Match]]:
    hits: dict[str, list[Match]] = {}
    room = _MOST
    with closing(blobs(mirror.git, state.tips)) as every:
        for blob in every:
            mirror.git.check_time(f"the search of {mirror.name}")
            found = _matches(blob, search, told, room)
            if found:
                hits[blob.id] = found
                room -= len(found)
            if not room:
                told.is_whole = False
                break
    return hits


def _matches(blob: Blob, search: Search, told: Searched, room: int) -> list[Match]:
    text = searchable(blob.content)
    if text is None:
        told.binary += 1
        return []
    told.contents += 1
    told.limited += blob.is_cut
    return search.matches(text, room)


def _findings(mirror: Mirror, state: State, hits: dict[str, list[Match]]) -> list[Finding]:
    """Place matches: the first commit that has so many of one secret under one path."""
    first: dict[tuple[str, str, int], tuple[str, Match]] = {}
    unplaced = dict(hits)
    for each in appearances(mirror.git, state.tips):
        for match in hits.get(each.blob, ()):
            key = (each.path, match.fingerprint, match.occurrence)
            first.setdefault(key, (each.commit, match))
        unplaced.pop(each.blob, None)
    still = _keys(contents(mirror.git, state.main or ""), hits)
    name = mirror.name
    placed = [
        Finding(name, commit, key[0], match, key in still) for key, (commit, match) in first.items()
    ]
    tagged = [match for matches in unplaced.values() for match in matches]
    return placed + [Finding(name, None, None, match, in_main=False) for match in tagged]


def _keys(files: dict[str, str], hits: dict[str, list[Match]]) -> set[tuple[str, str, int]]:
    return {
        (path, match.fingerprint, match.occurrence)
        for path, blob in files.items()
        for match in hits.get(blob, ())
    }
