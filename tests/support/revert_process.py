"""Performing `git_revert` in a process of its own, which a hook may kill."""

import json
import os
import sys
from pathlib import Path

from infrastructure.actions.git_revert import GitRevert
from tests.support.action_contract import a_call
from tests.support.git_repository import surroundings


def main(settings: str, commit: str, key: str, mark: str) -> None:
    """Write the process's id where the hook looks for it, and revert."""
    Path(mark).write_text(str(os.getpid()), "utf-8")
    action = GitRevert(GitRevert.Settings.model_validate(json.loads(settings)), surroundings())  # type: ignore[arg-type] # its own
    parameters = GitRevert.Parameters.model_validate({"commit": commit})
    print(json.dumps(action.perform(parameters, a_call(key))))  # type: ignore[arg-type] # its own


if __name__ == "__main__":
    main(*sys.argv[1:])
