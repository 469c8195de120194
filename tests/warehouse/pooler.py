"""A pooler in transaction mode, as small as one can be: every client in turn has the same process of the server."""

from __future__ import annotations

import select
import socket
import struct
import threading
from types import TracebackType
from typing import Self

READY, IDLE = b"Z", b"I"


class TransactionPooler:
    """Stands before a server on a port of its own while its `with` block lasts. It speaks no TLS."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._turn, self._shared = threading.Lock(), None
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._listener.close()
        if self._shared:
            self._shared.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        own = socket.create_connection(self._server)
        with client:
            if not _signed_in(client, own):
                return
            with self._turn:
                self._shared = self._shared or own
            if own is not self._shared:
                own.close()
            has_turn = False
            while (asked := client.recv(1 << 16)) and asked[:1] != b"X":
                if not has_turn:
                    self._turn.acquire()
                self._shared.sendall(asked)
                has_turn = _answered(self._shared, client) != IDLE
                if not has_turn:
                    self._turn.release()
            if has_turn:
                self._turn.release()


def _signed_in(client: socket.socket, server: socket.socket) -> bool:
    """Let both talk until the server is ready; the client keeps the number of the process that greeted it."""
    while True:
        readable, _, _ = select.select([client, server], [], [])
        if client in readable:
            said = client.recv(1 << 16)
            if not said:
                return False
            server.sendall(said)
        if server in readable:
            kind = _passed_on(server, client)[0]
            if kind in (READY, b"E", b""):
                return kind == READY


def _answered(server: socket.socket, client: socket.socket) -> bytes:
    """Pass on what the server answers until it is ready again; the state of its transaction."""
    while True:
        kind, body = _passed_on(server, client)
        if kind in (READY, b""):
            return body


def _passed_on(server: socket.socket, client: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(server, 5)
    if not head:
        return b"", b""
    body = _exactly(server, struct.unpack("!i", head[1:])[0] - 4)
    client.sendall(head + body)
    return head[:1], body


def _exactly(source: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count and (more := source.recv(count - len(found))):
        found += more
    return found
