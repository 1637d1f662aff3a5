"""Reverts a commit in a configured repository, and pushes the revert."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from application.actions import ActionFailedError, Call, Surroundings
from infrastructure.git.commits import commits_called, the_commit
from infrastructure.git.configured import GitSettings, RepositoryName, checked_branch
from infrastructure.git.mirror import Mirrors
from infrastructure.git.revert_message import key_of, revert_message
from infrastructure.git.reverting import Reverting, Target, Task

PersonName = Annotated[StrictStr, Field(pattern=r"^[^<>\x00-\x1f]*[^<>\x00-\x20][^<>\x00-\x1f]*$")]


class Author(BaseModel):
    """Who the reverts are by, as git records it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: PersonName = "Tocsin"
    email: PersonName = "tocsin@localhost"

    @property
    def environment(self) -> dict[str, str]:
        """What git takes author and committer from."""
        return {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", self.name), ("EMAIL", self.email))
        }


class RevertSettings(GitSettings):
    """Where reverts are pushed to: to the main line, or each to a branch of its own."""

    push: Literal["branch", "main"] = "branch"
    branch: Annotated[
        StrictStr, Field(min_length=1, max_length=100), AfterValidator(checked_branch)
    ] = "tocsin/revert-"
    author: Author = Author()


class RevertParameters(BaseModel):
    """Which commit, by its id or at least four digits of it, and where it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    commit: Annotated[StrictStr, Field(pattern=r"^[0-9A-Fa-f]{4,64}$")]
    repository: RepositoryName | None = None
    reason: Annotated[StrictStr, Field(max_length=2_000)] | None = None


class GitRevert:
    """Undoes what a commit did, by a commit that says for which incident.

    A commit whose revert is there already is an answer, not an error.
    """

    Parameters: ClassVar[type[BaseModel]] = RevertParameters
    Settings: ClassVar[type[BaseModel]] = RevertSettings
    outputs: ClassVar[frozenset[str] | None] = frozenset(
        {"repository", "commit", "revert_commit", "branch", "pushed", "already_reverted"}
    )

    def __init__(self, settings: RevertSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._secrets = surroundings.secrets

    def is_idempotent(self, parameters: RevertParameters) -> bool:  # noqa: ARG002 - the port's
        return True

    def perform(self, parameters: RevertParameters, call: Call) -> Mapping[str, Any]:
        settings = self._settings
        mirrors = Mirrors(settings, self._secrets, call.seconds_left)
        target = Target(settings.push, settings.branch, settings.author.environment)
        with mirrors.fetched(self._repository(parameters, mirrors)) as mirror:
            commit = the_commit(mirror, parameters.commit)
            message = revert_message(commit, call, parameters.reason)
            outcome = Reverting(mirror, target, Task(commit, key_of(call), message)).outcome()
        return {
            "repository": mirror.name,
            "commit": commit.id,
            "revert_commit": outcome.revert_commit,
            "branch": outcome.branch,
            "pushed": outcome.pushed,
            "already_reverted": outcome.already,
        }

    def _repository(self, parameters: RevertParameters, mirrors: Mirrors) -> str:
        """Say which repository is meant; raises ActionFailedError if that is not clear."""
        wanted = None if parameters.repository is None else [parameters.repository]
        names = self._settings.names(wanted)
        if len(names) == 1:
            return names[0]
        having = [each for each in names if _has(mirrors, each, parameters.commit)]
        if len(having) == 1:
            return having[0]
        if not having:
            msg = f"no repository has the commit {parameters.commit}: not {', '.join(names)}"
        else:
            msg = f"several repositories have {parameters.commit}: {', '.join(having)}; name one"
        raise ActionFailedError(msg)


def _has(mirrors: Mirrors, name: str, digits: str) -> bool:
    with mirrors.fetched(name) as mirror:
        return bool(commits_called(mirror, digits))
