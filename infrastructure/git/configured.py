"""The repositories that actions may use, as a section of `actions.yaml` names them."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr, model_validator

from application.actions import ActionFailedError
from infrastructure.git.address import checked_path, checked_url
from infrastructure.settings import Settings as Environment

# What `git check-ref-format` refuses anywhere in the name of a branch.
_NO_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|\.$|^[-./]|^@$")


def checked_branch(written: str) -> str:
    """Give a branch's name if git takes it for one, or for the beginning of one."""
    if _NO_BRANCH.search(written) or written.startswith("refs/"):
        msg = "is no name of a branch: see `git help check-ref-format`"
        raise ValueError(msg)
    return written


def _checked_whole_branch(written: str) -> str:
    if written.endswith("/"):
        msg = "is no name of a branch: it ends with a slash"
        raise ValueError(msg)
    return checked_branch(written)


# A repository's name is the name of a folder, too.
RepositoryName = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
BranchName = Annotated[
    StrictStr, Field(min_length=1, max_length=200), AfterValidator(_checked_whole_branch)
]


class _Part(BaseModel):
    # What is refused is not quoted: a password may stand where `${NAME}` should.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Repository(_Part):
    """Where a repository is, by address or as a folder, and which branch is its main line.

    Without `main` the main line is the branch that the remote's HEAD names.
    """

    url: Annotated[StrictStr, AfterValidator(checked_url)] | None = None
    path: Annotated[StrictStr, AfterValidator(checked_path)] | None = None
    main: BranchName | None = None

    @model_validator(mode="after")
    def _has_one_place(self) -> "Repository":
        if (self.url is None) is (self.path is None):
            msg = "a repository needs either `url` or `path`"
            raise ValueError(msg)
        return self

    @property
    def place(self) -> str:
        """Its address as it is configured: secrets stand there by name only."""
        return self.url or self.path or ""


class GitSettings(_Part):
    """What the actions that use git share: the repositories, and the folder of their mirrors."""

    repositories: dict[RepositoryName, Repository] = Field(default_factory=dict)
    folder: Annotated[StrictStr, AfterValidator(checked_path)] | None = None

    def names(self, wanted: Sequence[str] | None) -> list[str]:
        """Give the names of the wanted repositories, each once; of all for None.

        Raises ActionFailedError for one that is not configured.
        """
        if not self.repositories:
            msg = "no repository is configured: name them under `repositories` in actions.yaml"
            raise ActionFailedError(msg)
        names = sorted(self.repositories)
        if unknown := [each for each in wanted or () if each not in names]:
            msg = f"no repository {', '.join(unknown)} is configured, only {', '.join(names)}"
            raise ActionFailedError(msg)
        return names if wanted is None else list(dict.fromkeys(wanted))

    @property
    def mirrors(self) -> Path:
        """The folder of the mirrors; by default `tocsin/repositories` in the user's cache."""
        if self.folder is None:
            return Environment.of().cache / "repositories"
        return Path(self.folder).expanduser()
