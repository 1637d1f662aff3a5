"""Runs a program in a process group of its own, for a limited time, and leaves nothing behind."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infrastructure.actions.kept_output import KeptOutput

_LOOK = 0.02  # seconds between looks at whether the program has ended
_GRACE = 2.0  # seconds from SIGTERM to SIGKILL
_CHUNK = 64 * 1024


class CannotStartError(Exception):
    """The program did not start; the message says why."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is to be run. `seconds` is its time limit, `keep` how many bytes of each stream."""

    argv: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    seconds: float
    keep: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: `status` is its exit status, or minus the signal that ended it."""

    status: int
    timed_out: bool
    stdout: KeptOutput
    stderr: KeptOutput


def run(launch: Launch) -> Ended:
    """Run a program to its end, or to its time limit; raises CannotStartError.

    It is over when the process itself ends: whatever that left running in its group is killed.
    """
    stdout, stderr = KeptOutput(launch.keep), KeptOutput(launch.keep, last=True)
    process = _started(launch)
    assert process.stdout is not None  # noqa: S101 - both are pipes
    assert process.stderr is not None  # noqa: S101 - both are pipes
    streams = {process.stdout.fileno(): stdout, process.stderr.fileno(): stderr}
    with process.stdout, process.stderr, _Streams(streams) as reading:
        try:
            in_time = _watch(process.pid, reading, launch.seconds)
            if not in_time:
                _signal(process.pid, signal.SIGTERM)
                _watch(process.pid, reading, _GRACE)
        finally:
            # It has not been waited for yet: therefore the group's number is still its own.
            _signal(process.pid, signal.SIGKILL)
            process.wait()
        reading.read_rest()
    return Ended(process.returncode, not in_time, stdout, stderr)


class _Streams:
    """The ends of the pipes that the program writes to."""

    def __init__(self, streams: Mapping[int, KeptOutput]) -> None:
        self._selector = selectors.DefaultSelector()
        for descriptor, kept in streams.items():
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ, kept)

    def __enter__(self) -> "_Streams":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    def read(self, seconds: float) -> bool:
        """Wait for output and keep it; say whether there was any, or an end of it."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return False
        ready = self._selector.select(seconds)
        for key, _ in ready:
            with suppress(BlockingIOError):
                chunk = os.read(key.fd, _CHUNK)
                key.data.add(chunk)
                if not chunk:
                    self._selector.unregister(key.fd)
        return bool(ready)

    def read_rest(self) -> None:
        """Read what is there already, also if somebody outside of the group holds a pipe open."""
        until = time.monotonic() + _GRACE
        while self._selector.get_map() and time.monotonic() < until and self.read(0):
            pass


def _started(launch: Launch) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(  # noqa: S603 - the argv is from the configured allow-list
            launch.argv,
            bufsize=0,
            cwd=launch.cwd,
            env=launch.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        msg = f"{error.filename or launch.argv[0]} cannot be started: {error.strerror or error}"
        raise CannotStartError(msg) from None


def _watch(pid: int, reading: _Streams, seconds: float) -> bool:
    """Read until the process ends; say whether it did so in time."""
    until = time.monotonic() + seconds
    while not _has_ended(pid):
        left = until - time.monotonic()
        if left <= 0:
            return False
        reading.read(min(_LOOK, left))
    return True


def _has_ended(pid: int) -> bool:
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, pid, options) is not None


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
