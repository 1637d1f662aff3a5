"""Running git: an argv list, a clean environment, a time to end in, and no secret told."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO, Any

from application.actions import ActionFailedError
from infrastructure.git.address import Address
from infrastructure.git.complaint import complaint

# Configuration of the system and the user is not read; this is what git is told instead. Hooks
# and monitors of a repository are programs, `ext` runs any program, and a redirect would carry
# credentials to another host.
_CONFIGURATION = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "credential.helper": "",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",
    "protocol.ext.allow": "never",
    "advice.detachedHead": "false",
}
_OPTIONS = tuple(each for key, value in _CONFIGURATION.items() for each in ("-c", f"{key}={value}"))
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
    # A repository's `refs/replace` would show another history than the one that is there.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_PASSED = (
    "PATH", "HOME", "USER", "TMPDIR", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY",
)  # fmt: skip
_GRACE = 2.0


class GitFailedError(ActionFailedError):
    """Git refused a command; the message is its own, without secrets."""


class OutOfTimeError(ActionFailedError):
    """The time that an action has is up; nothing was done in part."""

    def __init__(self, during: str) -> None:
        super().__init__(f"the time was up during {during}", passing=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """How git ended: its status, its output, and its complaint, made fit to be told."""

    status: int
    out: bytes
    complaint: str
    remote: str


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in a folder.

    `kept` is an open file that all processes hold as long as they live, so that a lock on it
    outlasts a killed worker until the git that it had started has ended.
    """

    folder: Path
    seconds_left: Callable[[], float]
    address: Address = field(default_factory=lambda: Address(""))
    kept: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def at(self, folder: Path, **environment: str) -> "Git":
        """Give the same in another folder, with another environment of its own."""
        return replace(self, folder=folder, environment=environment)

    def check_time(self, during: str) -> float:
        """Give the seconds that are left; raises OutOfTimeError if there are none."""
        left = self.seconds_left()
        if left <= 0:
            raise OutOfTimeError(during)
        return left

    def ask(self, *arguments: str, given: bytes = b"") -> Answer:
        """Run a command that may end with any status; raises OutOfTimeError."""
        during = f"git {arguments[0]}"
        left = self.check_time(during)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with self._started(arguments, **pipes) as process:
            try:
                out, err = process.communicate(given, timeout=left)
            except subprocess.TimeoutExpired:
                raise OutOfTimeError(during) from None
        told = self.address.redacted(err.decode("utf-8", "replace"))
        return Answer(process.returncode, out, complaint(told), complaint(told, remote=True))

    def do(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run a command and give its output; raises GitFailedError or OutOfTimeError."""
        answer = self.ask(*arguments, given=given)
        if answer.status:
            raise _failed(arguments, answer.complaint)
        return answer.out

    def says(self, *arguments: str) -> bool:
        """Ask a question that git answers with 0 for yes and 1 for no."""
        answer = self.ask(*arguments)
        if answer.status not in (0, 1):
            raise _failed(arguments, answer.complaint)
        return answer.status == 0

    @contextmanager
    def stream(self, *arguments: str, given: bytes) -> Iterator[IO[bytes]]:
        """Read a command's output as it comes. It is cut short when the time is up.

        Raises GitFailedError or OutOfTimeError at the end. Who stops reading ends the command.
        """
        during = f"git {arguments[0]}"
        left = self.check_time(during)
        with ExitStack() as stack:
            put, err = (stack.enter_context(TemporaryFile()) for _ in range(2))
            put.write(given)
            put.seek(0)
            pipes = {"stdin": put, "stdout": subprocess.PIPE, "stderr": err}
            process = stack.enter_context(self._started(arguments, **pipes))
            watch = Timer(left, _end, [process])
            watch.daemon = True
            watch.start()
            stack.callback(watch.cancel)
            yield process.stdout  # type: ignore[misc] # it is a pipe
            process.stdout.close()  # type: ignore[union-attr] # it is a pipe
            status = process.wait()
            if status not in (0, -signal.SIGPIPE):
                self.check_time(during)
                err.seek(0)
                told = self.address.redacted(err.read().decode("utf-8", "replace"))
                raise _failed(arguments, complaint(told))

    @contextmanager
    def _started(
        self, arguments: tuple[str, ...], **pipes: Any
    ) -> Iterator[subprocess.Popen[bytes]]:
        passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
        environment = passed | _ENVIRONMENT | self.address.environment | dict(self.environment)
        kept = () if self.kept is None else (self.kept,)
        try:
            process = subprocess.Popen(  # noqa: S603 - an argv list, no shell
                ["git", *_OPTIONS, *arguments],  # noqa: S607 - which git, PATH says
                cwd=self.folder, env=environment, pass_fds=kept, start_new_session=True, **pipes,
            )  # fmt: skip
        except OSError as error:
            msg = f"git cannot be run: {error.strerror}"
            raise ActionFailedError(msg) from None
        try:
            yield process
        finally:
            _end(process)
            for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
                with suppress(OSError):
                    pipe.close()


def _failed(arguments: tuple[str, ...], told: str) -> GitFailedError:
    return GitFailedError(f"git {arguments[0]} failed: {told}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that still runs, and whatever it has started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
