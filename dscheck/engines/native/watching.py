"""How does a running search answer to the clock, to Ctrl-C, and to whoever wants to know how far it is?"""

import threading
import time
from collections.abc import Callable

from dscheck.engines.native.library import Search
from dscheck.engines.native.saving import Saving
from dscheck.engines.native.structs import Status
from dscheck.explore.finding import SearchEnd
from dscheck.explore.limits import memory_limit, resident_bytes
from dscheck.options import Limits
from dscheck.progress import Observer, Progress

_SLICE = 50  # milliseconds that a wait may take: as long may Ctrl-C and the clock be unheard
_TELL_EVERY = 0.2  # seconds between two looks at the memory and two calls of the observer

_ENDS = {
    Status.EXHAUSTED: SearchEnd.EXHAUSTED,
    Status.FOUND: SearchEnd.FOUND,
    Status.MAX_STATES: SearchEnd.MAX_STATES,
    Status.MAX_DEPTH: SearchEnd.MAX_DEPTH,
    Status.MAX_MEMORY: SearchEnd.MAX_MEMORY,
    Status.NO_MEMORY: SearchEnd.MAX_MEMORY,  # the system refused before the limit was reached
}


class Watch:
    """Stands by a search until it ends.

    Attributes:
        limits: when to end it early.
        most_memory: bytes that the process may take.
    """

    def __init__(self, limits: Limits, observer: Observer | None, started: float) -> None:
        """Begin.

        Args:
            limits: when to end it early.
            observer: told about five times a second how far the search is.
            started: when the clock of the check began to run (`time.monotonic`).
        """
        self.limits = limits
        self._observer = observer
        self._started = started
        self._told = time.monotonic()
        self.most_memory = memory_limit(limits.max_memory)
        self._before = 0.0

    @property
    def seconds(self) -> float:
        """Since the check began, in this process and in those that it goes on from."""
        return self._before + time.monotonic() - self._started

    @property
    def seconds_left(self) -> float | None:
        """Until the time limit is reached; None without one."""
        timeout = self.limits.timeout
        return None if timeout is None else max(0.0, timeout - (time.monotonic() - self._started))

    def run(self, search: Search, saving: Saving) -> SearchEnd | None:
        """Why the search ended; None when a width was too small."""
        self._before = saving.seconds_before
        try:
            status = search.start()
            while status in {Status.RUNNING, Status.AT_LEVEL}:
                end = self._glance(search)
                if end is not None:
                    return self._stop(search, end)
                if status is Status.AT_LEVEL:
                    saving.save(search, self.seconds)
                    status = search.go_on()
                else:
                    status = search.wait(_SLICE)
        except KeyboardInterrupt:
            return self._stop(search, SearchEnd.INTERRUPTED)
        return self.end_of(status)

    def end_of(self, status: Status) -> SearchEnd | None:
        """What it means that a search ended by itself in `status`; None when a width was too small."""
        return None if status is Status.OVERFLOW else _ENDS[status]

    def follow(self, search: Search, job: Callable[[], None]) -> SearchEnd | None:
        """Run `job`, which asks for a loop of `search`, in a thread; why it had to be given up, if it had to.

        Raises:
            Exception: what `job` raises.
        """
        problems: list[Exception] = []
        done = threading.Event()  # an interrupted `Thread.join` may take the thread for ended (bpo-45274)

        def work() -> None:
            try:
                job()
            except Exception as problem:  # noqa: BLE001  (raised again where it is waited for)
                problems.append(problem)
            finally:
                done.set()

        threading.Thread(target=work, daemon=True).start()
        end: SearchEnd | None = None
        while not done.is_set():  # nobody may free what C still works on, however often Ctrl-C is pressed
            try:
                if not done.wait(_SLICE / 1000):
                    end = end or self.glance(search)
            except KeyboardInterrupt:
                end = SearchEnd.INTERRUPTED
            if end is not None:
                search.hurry()
        if problems:
            raise problems[0]
        return end

    def glance(self, search: Search) -> SearchEnd | None:
        """Why the limits end what is being done; None when they do not."""
        return self._glance(search)

    def _stop(self, search: Search, end: SearchEnd) -> SearchEnd | None:
        """Let the workers come to rest."""
        search.stop()
        status = search.start()  # an interrupt may have come before it was called; workers that stop at once do no harm
        while status in {Status.RUNNING, Status.AT_LEVEL}:
            status = search.wait(_SLICE)
        # A width that was too small just before would let the search start again, although nobody waits for it.
        return end if status in {Status.STOPPED, Status.OVERFLOW} else self.end_of(status)

    def _glance(self, search: Search) -> SearchEnd | None:
        now = time.monotonic()
        if self.seconds_left == 0:
            return SearchEnd.TIMEOUT
        if now - self._told < _TELL_EVERY:
            return None
        self._told = now
        memory = resident_bytes()
        if self._observer is not None:
            report = search.report()
            self._observer(
                Progress(
                    states=report.states,
                    transitions=report.transitions,
                    queue=report.queue,
                    depth=report.depth,
                    seconds=self.seconds,
                    memory_bytes=memory,
                )
            )
        return SearchEnd.MAX_MEMORY if memory > self.most_memory else None
