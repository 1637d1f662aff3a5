"""A real git server on loopback: `git http-backend` behind HTTP with a password."""

import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_HEADERS = {"CONTENT_TYPE": "Content-Type", "HTTP_CONTENT_ENCODING": "Content-Encoding"}


class _Handler(BaseHTTPRequestHandler):
    server: "GitServer"
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.headers.get("Authorization") != self.server.expected:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
            return
        told = subprocess.run(
            ["git", "http-backend"], env=self._environment(), input=self._body(),
            capture_output=True, check=False,
        )  # fmt: skip
        head, _, body = told.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _environment(self) -> dict[str, str]:
        address = urlsplit(self.path)
        told = {
            "PATH": os.environ.get("PATH", ""),
            "GIT_PROJECT_ROOT": str(self.server.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "REMOTE_USER": "bot",
        }
        return told | {
            key: self.headers[name] for key, name in _HEADERS.items() if name in self.headers
        }

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        self.server.log.append(format % args)


class GitServer(ThreadingHTTPServer):
    """Serves the repositories in a folder to who knows the password."""

    daemon_threads = True

    def __init__(self, folder: Path, user: str, password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.expected = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
        self.log: list[str] = []

    def url(self, credentials: str, name: str) -> str:
        """Give the address of a repository, with credentials as configuration writes them."""
        return f"http://{credentials}@127.0.0.1:{self.server_port}/{name}.git"


@contextmanager
def git_server(folder: Path, user: str, password: str) -> Iterator[GitServer]:
    """Serve until the block ends."""
    with GitServer(folder, user, password) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
