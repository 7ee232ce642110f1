"""What do the tests of the language server share? A client that starts a real one and speaks JSON-RPC with it."""

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


class Client:
    """A small client of a language server: requests, notifications, and what the server says by itself."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dscheck", "lsp", "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.number = 0
        self.told = queue.Queue()
        self.answers = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.complaints = []
        threading.Thread(target=lambda: self.complaints.extend(self.process.stderr), daemon=True).start()

    def _listen(self):
        while header := self.process.stdout.readline():
            length = 0
            while header.strip():
                name, _, value = header.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                header = self.process.stdout.readline()
            message = json.loads(self.process.stdout.read(length))
            (self.answers if "id" in message and "method" not in message else self.told).put(message)

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        """Say something that has no answer."""
        self._send({"method": method, "params": params})

    def ask(self, method, params=None):
        """The result of a request."""
        self.number += 1
        self._send({"id": self.number, "method": method, **({} if params is None else {"params": params})})
        answer = self.answers.get(timeout=SECONDS)
        assert answer["id"] == self.number
        assert "error" not in answer, answer
        return answer["result"]

    def problems(self, uri):
        """The next diagnostics of a document."""
        while True:
            message = self.told.get(timeout=SECONDS)
            if message["method"] == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]

    def open(self, text, uri="file:///spec.dsc"):
        """Open a document; its diagnostics."""
        document = {"uri": uri, "languageId": "dscheck", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return self.problems(uri)

    def at(self, method, text, word, uri="file:///spec.dsc", **more):
        """Ask about the place of `word` in `text`, where `^` marks the cursor in it."""
        before = text[: text.index(word.replace("^", "")) + word.index("^")]
        line = before.count("\n")
        column = len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}, **more}
        return self.ask(f"textDocument/{method}", place)


@pytest.fixture(scope="module")
def client():
    """A client of one server for a file of tests, which has been told to begin, and is told to end."""
    pytest.importorskip("pygls", reason="the language server needs the extra dscheck[lsp]")
    made = Client()
    capabilities = made.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": {}})
    made.capabilities = capabilities["capabilities"]
    made.notify("initialized", {})
    yield made
    made.ask("shutdown")
    made.notify("exit", None)
    assert made.process.wait(SECONDS) == 0
