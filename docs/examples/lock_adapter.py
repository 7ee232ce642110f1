"""How does dscheck drive the lock service? What a client is asked to do, and what can be seen of it and the server."""

import time

from lock_service import LockClient, LockServer

from dscheck import TraceRecorder

SPEC = "specs/centralized_lock.dsc"


class LockAdapter:
    """One server and three clients, started afresh for each example."""

    def __init__(self, clients: int = 3, bug: str = "") -> None:
        self.log = TraceRecorder(spec=SPEC, set={"N": clients, "ENTRIES": 2})
        self.server = LockServer(self.log, bug)
        address = ("127.0.0.1", self.server.server_address[1])
        self.clients = [LockClient(f"Client[{number}]", address, self.log) for number in range(clients)]

    def request(self, client) -> None:
        self.clients[client.number].request()

    def leave(self, client) -> None:
        self.clients[client.number].leave()

    def observe(self) -> dict:
        self.wait_until_quiet()
        modes = {f"{client.name}.mode": client.mode for client in self.clients}
        return modes | {"Server.holder": self.server.holder, "Server.queue": list(self.server.queue)}

    def wait_until_quiet(self) -> None:
        """Until every message that was sent was received, and the server has answered."""
        deadline = time.monotonic() + 10
        while True:
            with self.server.mutex:
                if not self.log.under_way:
                    return
            if time.monotonic() > deadline:
                raise TimeoutError(f"still under way after 10 s: {self.log.under_way}")
            time.sleep(0.001)

    def stop(self) -> None:
        for client in self.clients:
            client.close()
        self.server.shutdown()
        self.server.server_close()
