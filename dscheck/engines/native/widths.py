"""How wide are clocks, channels and bags in the states of one system? Chosen from states that were seen.

What is chosen too small ends a search at once (`Codings.keys` says which width it was); then it is widened and the
search starts again. So states that lie deep are worth a look before the first one: most searches never start twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dscheck.domains import Stamp, Vector
from dscheck.engines.native.codec import TooNarrow
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.splitting import split_wide_maps
from dscheck.engines.native.written import constant_slots
from dscheck.explore.stepper import Stepper
from dscheck.model.layout import State
from dscheck.model.system import System

_NEAR = 400  # states looked at around the initial ones
_WALKS, _STEPS = 16, 50  # walks away from there: clocks and channels grow with the length of a run
_SPARE_CLOCK_BITS = 2


def some_states(stepper: Stepper, initial: Sequence[State]) -> Iterator[State]:
    """Some reachable states, near and far; the same ones every time."""
    known = dict.fromkeys(initial)
    waiting = list(initial)
    for state in waiting:
        yield state
        if len(known) >= _NEAR:
            break
        fresh = dict.fromkeys(normal for normal in _successors(stepper, state) if normal not in known)
        known |= fresh
        waiting += fresh
    number = 1
    for _ in range(_WALKS):
        state = waiting[number % len(waiting)]
        for _ in range(_STEPS):
            after = _successors(stepper, state)
            if not after:
                break
            number = number * 1103515245 + 12345 & 0x7FFFFFFF  # a linear congruential generator: any would do
            state = after[(number >> 16) % len(after)]
            yield state


def _successors(stepper: Stepper, state: State) -> list[State]:
    return [stepper.normalise(raw) for _, raw, _, _ in stepper.edges(state) if raw is not None]


def packing_of(system: System, initial: Sequence[State]) -> Packing:
    """How the states of a system are packed, with the least widths.

    Args:
        system: what is explored.
        initial: its initial states; none when it has none.

    Raises:
        NotPackable: they cannot be.
    """
    split = split_wide_maps(system)
    if split is not None:
        system, initial = split.system, [split.split(state) for state in initial]
    return Packing(system, Codings(Widths()), constant_slots(system, initial) if initial else {}, split)


def fitting(packing: Packing, states: Iterable[State]) -> Packing:
    """The packing with widths so large that all `states` fit.

    Raises:
        NotPackable: no widths are large enough.
    """
    for state in states:
        while True:
            try:
                packing.pack(state)
                break
            except TooNarrow as narrow:
                packing = packing.with_widths(packing.codings.widths.widened(narrow.key))
    return packing


def with_spare_bits(packing: Packing) -> Packing:
    """The same with wider clocks and collections, where that costs no further word of a state."""
    for key in tuple(packing.codings.keys):
        now = packing.codings.widths.of(key)
        # Every further item makes the code that sorts and searches longer; a bit costs nothing.
        most = _SPARE_CLOCK_BITS if isinstance(key, Stamp | Vector) else max(1, now // 2)
        for more in range(most, 0, -1):
            try:
                wider = packing.with_widths(packing.codings.widths.widened(key, more))
            except NotPackable:
                continue
            if wider.words == packing.words:
                packing = wider
                break
    return packing


def as_texts(codings: Codings) -> dict[str, int]:
    """The widths in use, by a text for each of their keys: to be remembered."""
    return {repr(key): codings.widths.of(key) for key in codings.keys}


def from_texts(codings: Codings, texts: Mapping[str, int]) -> Widths:
    """The widths of `codings`, widened to what `as_texts` gave before."""
    now = codings.widths
    more = {key: texts[repr(key)] for key in codings.keys if texts.get(repr(key), 0) > now.of(key)}
    return replace(now, chosen={**now.chosen, **more}) if more else now
