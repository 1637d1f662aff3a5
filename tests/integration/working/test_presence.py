"""A worker's sign is there as long as the worker is, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from infrastructure.working.presence import LockPresence

ROOT = Path(__file__).parents[3]
WORKER = """
import sys, time
from pathlib import Path
from infrastructure.working.presence import LockPresence
with LockPresence(Path(sys.argv[1])) as presence:
    print(presence.name, flush=True)
    time.sleep(600)
"""


def test_a_worker_that_is_there_is_not_gone(tmp_path: Path) -> None:
    with LockPresence(tmp_path) as other:
        with LockPresence(tmp_path) as one:
            assert not other.is_gone(one.name)
        assert other.is_gone(one.name)


def test_one_that_was_killed_is_gone(tmp_path: Path) -> None:
    with (
        LockPresence(tmp_path) as presence,
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert not presence.is_gone(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert presence.is_gone(name)


def test_of_workers_of_other_machines_nobody_can_tell(tmp_path: Path) -> None:
    with LockPresence(tmp_path) as presence:
        assert not presence.is_gone("another-host-1-abcd")
        assert not presence.is_gone("../../etc/passwd")


def test_of_one_that_left_no_sign_nobody_can_tell(tmp_path: Path) -> None:
    with LockPresence(tmp_path) as presence:
        host = presence.name.rsplit("-", 2)[0]
        assert not presence.is_gone(f"{host}-1-abcd")


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with LockPresence(blocked / "workers") as presence:
        assert not presence.is_gone("anybody")


def test_old_signs_are_swept_away(tmp_path: Path) -> None:
    old = tmp_path / "host-1-abcd.worker"
    old.write_text("")
    os.utime(old, (0, 0))
    with LockPresence(tmp_path):
        assert not old.exists()
