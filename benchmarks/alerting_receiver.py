"""A receiver on loopback that notes when which message arrived."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MARKS = re.compile(rb"mark-[0-9]+")
"""What tells the signals apart."""
PLACE = "MARK"
"""Stands for a mark in a body that is used again."""
SLOW = "/slow"
SLOW_SECONDS = 0.2
_PATIENCE = 120.0


class Receiver(ThreadingHTTPServer):
    """Notes the arrival of every message by the mark in it; `/slow` takes its time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals: dict[bytes, float] = {}
        self.last_body = b""
        self._changed = threading.Condition()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self.server_address[1]

    def arrived(self, body: bytes, at: float) -> None:
        """Note a message; only its first arrival counts."""
        with self._changed:
            self.last_body = body
            for mark in MARKS.findall(body)[:1]:
                self.arrivals.setdefault(mark, at)
            self._changed.notify_all()

    def wait_for(self, marks: Sequence[str]) -> list[float]:
        """Wait until all have arrived; give when that was."""
        wanted = [mark.encode() for mark in marks]
        with self._changed:
            all_there = self._changed.wait_for(
                lambda: all(mark in self.arrivals for mark in wanted), _PATIENCE
            )
            assert all_there, "a message is missing"
            return [self.arrivals[mark] for mark in wanted]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.arrived(body, time.monotonic())
        if self.path == SLOW:
            time.sleep(SLOW_SECONDS)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver until left."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()
