"""How small can a lock service be? A server and its clients, which talk JSON lines over TCP; both write a log.

The protocol is that of specs/centralized_lock.dsc. `bug` breaks the server on purpose, so that one can see how a test
finds it: `forgets` notes nobody as the holder, `newest first` serves the client that came last, `keeps` forgets to hand
the lock on.
"""

import json
import socket
import socketserver
import threading
from collections.abc import Callable

from dscheck import TraceRecorder


class LockServer(socketserver.ThreadingTCPServer):
    """Gives a lock to one client after the other."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, log: TraceRecorder, bug: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.log, self.bug = log, bug
        self.holder: str | None = None
        self.queue: list[str] = []
        self.clients: dict[str, Callable[[dict[str, str]], None]] = {}
        self.mutex = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def handle_message(self, message: dict[str, str]) -> None:
        """One message, all at once: what it changes, what is logged, what is answered."""
        with self.mutex:
            granted = self.asked(message["from"]) if message["kind"] == "Request" else self.released()
            self.log.receive("Server", message["id"], holder=self.holder, queue=list(self.queue))
            if granted is not None:
                self.clients[granted]({"kind": "Grant", "id": self.log.send("Server", granted, "Grant")})

    def asked(self, client: str) -> str | None:
        """Who gets the lock after a request."""
        if self.holder is not None:
            self.queue.append(client)
            return None
        if self.bug != "forgets":
            self.holder = client
        return client

    def released(self) -> str | None:
        """Who gets the lock after a release."""
        if not self.queue:
            self.holder = None
            return None
        self.holder = self.queue.pop(-1 if self.bug == "newest first" else 0)
        return None if self.bug == "keeps" else self.holder


class Conversation(socketserver.StreamRequestHandler):
    """The server's end of one connection."""

    disable_nagle_algorithm = True
    server: LockServer

    def handle(self) -> None:
        """Read messages until the client goes; the first says who it is."""
        name = json.loads(self.rfile.readline())["name"]
        self.server.clients[name] = self.answer
        self.answer({"kind": "Welcome"})
        for line in self.rfile:
            self.server.handle_message(json.loads(line))

    def answer(self, message: dict[str, str]) -> None:
        """Send a message to the client."""
        self.wfile.write(json.dumps(message).encode() + b"\n")


class LockClient:
    """Asks for the lock, and gives it back."""

    def __init__(self, name: str, address: tuple[str, int], log: TraceRecorder) -> None:
        self.name, self.log, self.mode = name, log, "idle"
        self.connection = socket.create_connection(address)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.connection.makefile("rw")
        self._send({"name": name})
        self.lines.readline()  # Welcome: from now on the server knows us
        threading.Thread(target=self._listen, daemon=True).start()

    def request(self) -> None:
        """Ask for the lock."""
        self.mode = "waiting"
        self.log.event(self.name, "request", mode=self.mode)
        self._send({"kind": "Request", "from": self.name, "id": self.log.send(self.name, "Server", "Request")})

    def leave(self) -> None:
        """Give the lock back."""
        self.mode = "idle"
        self.log.event(self.name, "leave", mode=self.mode)
        self._send({"kind": "Release", "from": self.name, "id": self.log.send(self.name, "Server", "Release")})

    def close(self) -> None:
        """Hang up."""
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def _listen(self) -> None:
        try:
            for line in self.lines:
                self.mode = "inside"
                self.log.receive(self.name, json.loads(line)["id"], mode=self.mode)
        except (OSError, ValueError):
            return  # we hung up

    def _send(self, message: dict[str, str]) -> None:
        self.lines.write(json.dumps(message) + "\n")
        self.lines.flush()
