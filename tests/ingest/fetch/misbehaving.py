"""A local server that answers as each test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """One request; `answer` sends a whole answer, a behaviour may also write what it likes."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        behaviour = self.server.behaviours.pop(0) if len(self.server.behaviours) > 1 else self.server.behaviours[0]
        behaviour(self)

    def answer(self, body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> None:
        """Send this. `length` is what Content-Length says where that is not true; the connection is then closed."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = length is not None or self.close_connection

    def piece(self, body: bytes, etag: str = '"1"') -> None:
        """Answer a range request of these bytes as a good server does."""
        wanted = self.headers.get("Range")
        if wanted is None or self.headers.get("If-Range", etag) != etag:
            self.answer(body, ETag=etag)
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        end = min(int(last or len(body)), len(body) - 1)
        place = f"bytes {first}-{end}/{len(body)}"
        self.answer(body[int(first) : end + 1], 206, Content_Range=place, ETag=etag)

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@dataclass
class Server(ThreadingHTTPServer):
    """Answers each request with the next behaviour, and all after the last with that one."""

    behaviours: list[Behaviour]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.daemon_threads = True
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def address(self, path: str = "/data.csv") -> str:
        """A full address on this server."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, *_: object) -> None:
        """A client that hung up is part of the test."""
