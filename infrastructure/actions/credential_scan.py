"""Searches configured repositories, their history included, for uses of a credential."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StrictStr

from application.actions import Call, Surroundings
from domain.detection.condition import compiled_regex
from infrastructure.actions.credential_findings import Finding, Searched, State, searched
from infrastructure.actions.credential_matches import Search, Texts
from infrastructure.git.configured import GitSettings, RepositoryName
from infrastructure.git.mirror import Mirrors
from infrastructure.git.process import OutOfTimeError


def _checked_pattern(written: str) -> str:
    try:
        compiled = compiled_regex(written)
    except ValueError as error:
        # RE2 quotes the pattern, which may be the secret itself.
        what, _, reason = str(error).partition(": ")
        msg = f"{what}: {reason.partition(':')[0]}"
        raise ValueError(msg) from None
    if compiled.search("") is not None:
        msg = "matches nothing at all, too, so it would be found everywhere"
        raise ValueError(msg)
    return written


class ScanParameters(BaseModel):
    """What to look for, as a regular expression of RE2, and where; `most` findings are told."""

    # What is refused is not quoted: the pattern may be the secret itself.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    credential_pattern: Annotated[
        StrictStr, Field(min_length=1, max_length=2_000), AfterValidator(_checked_pattern)
    ]
    scope: Literal["all_repos"] | Annotated[list[RepositoryName], Field(min_length=1)] = "all_repos"
    most: Annotated[StrictInt, Field(ge=1, le=10_000)] = 1_000


class CredentialScan:
    """Tells where a secret is and was, without telling the secret."""

    Parameters: ClassVar[type[BaseModel]] = ScanParameters
    Settings: ClassVar[type[BaseModel]] = GitSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset(
        {"matches", "count", "repositories", "truncated"}
    )

    def __init__(self, settings: GitSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._secrets = surroundings.secrets

    def is_idempotent(self, parameters: ScanParameters) -> bool:  # noqa: ARG002 - the port's
        return True

    def perform(self, parameters: ScanParameters, call: Call) -> Mapping[str, Any]:
        wanted = None if parameters.scope == "all_repos" else parameters.scope
        names = self._settings.names(wanted)
        mirrors = Mirrors(self._settings, self._secrets, call.seconds_left)

        def check_time() -> None:
            if call.seconds_left() <= 0:
                during = "the search"
                raise OutOfTimeError(during)

        search = Search(parameters.credential_pattern, check_time)
        every = [_searched(mirrors, name, search) for name in names]
        findings = [finding for each in every for finding in each.findings]
        told = findings[: parameters.most]
        return {
            "matches": [_told(each, search.texts) for each in told],
            "count": len(findings),
            "repositories": [_summary(each) for each in every],
            "truncated": len(findings) > len(told) or not all(each.is_whole for each in every),
        }


def _searched(mirrors: Mirrors, name: str, search: Search) -> Searched:
    with mirrors.fetched(name) as mirror:
        state = State.of(mirror)
    # A search may take long: others need not wait for it.
    return searched(mirror.for_reading(), state, search)


def _summary(each: Searched) -> dict[str, Any]:
    return {
        "name": each.name,
        "contents": each.contents,
        "binary": each.binary,
        "limited": each.limited,
    }


def _told(finding: Finding, texts: Texts) -> dict[str, Any]:
    match, path = finding.match, finding.path
    return {
        "repository": finding.repository,
        "commit": finding.commit,
        "path": None if path is None else texts.removed(path),
        "line": match.line,
        "excerpt": texts.removed(match.excerpt),
        "fingerprint": match.fingerprint,
        "in_main": finding.in_main,
    }
