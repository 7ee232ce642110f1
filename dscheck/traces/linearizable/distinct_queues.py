"""Is a queue linearizable into which each value is put at most once?

Henzinger, Sezgin & Vafeiadis, *Aspect-Oriented Linearizability Proofs* (2013): it is, unless a value is taken that
was not put, or twice, or before it was put, or two values were surely put in one order and surely taken in the
other, or somebody found it empty while at each moment some value was surely inside. O(n log n).

A stack with distinct values is refuted in the first three cases too; else the search decides.
"""

from bisect import bisect_right
from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from math import inf

from dscheck.record import record
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains

METHOD = "a queue with distinct values"
STACK_METHOD = "a stack with distinct values"


@record
class _Life:
    """A value's way through the queue; a value that stays has no `take` (-1)."""

    put: int
    take: int
    put_called: float
    put_returned: float
    take_called: float
    take_returned: float


def distinct_queue(part: Part) -> Shortcut | None:
    """Decide by the order of the values, if they are distinct and every taking returned."""
    if part.object.name not in ("queue", "stack") or part.initial:
        return None
    empty: list[int] = []
    puts: dict[Hashable, int] = {}
    takes: dict[Hashable, list[int]] = {}
    for index, item in enumerate(part.items):
        if item.call.function == "put" and item.call.argument not in puts:
            puts[item.call.argument] = index
        elif item.call.function == "put" or item.returned is None:
            return None
        elif item.call.result is None:
            empty.append(index)
        else:
            takes.setdefault(item.call.result, []).append(index)
    method = METHOD if part.object.name == "queue" else STACK_METHOD
    for value, taken in takes.items():
        if len(taken) > 1:
            return Shortcut(False, method, guilty=tuple(taken[:2]))
        if value not in puts or part.items[puts[value]].called > _returned(part, taken[0]):
            return Shortcut(False, method, guilty=(taken[0],))
    if part.object.name != "queue":
        return None
    lives = [
        _life(part, put, takes[value][0] if value in takes else -1)
        for value, put in puts.items()
        if value in takes or part.items[put].returned is not None
    ]
    crossed = _crossed(lives)
    if crossed is not None:
        named = [each for life in crossed for each in (life.put, life.take)]
        returned = [each for each in named if each >= 0 and part.items[each].returned is not None]
        return Shortcut(False, METHOD, guilty=tuple(returned))
    spells = _spells(lives)
    moments: list[tuple[float, int]] = []
    for index in empty:
        moment = _moment(part, index, spells)
        if moment is None:
            return Shortcut(False, METHOD, guilty=(*_inside(part, index, lives), index))
        moments.append((moment, index))
    order = _between(part, lives, sorted(moments))
    return Shortcut(True, METHOD, order=order) if explains(part, order) else None


def _crossed(lives: list[_Life]) -> tuple[_Life, _Life] | None:
    """Two values, the first put before the second, and taken after it or never."""
    by_return = sorted(lives, key=lambda life: life.put_returned)
    earlier = 0
    latest: _Life | None = None
    for life in sorted(lives, key=lambda life: life.put_called):
        while earlier < len(by_return) and by_return[earlier].put_returned < life.put_called:
            if latest is None or by_return[earlier].take_called > latest.take_called:
                latest = by_return[earlier]
            earlier += 1
        if latest is not None and latest.take_called > life.take_returned:
            return latest, life
    return None


def _spells(lives: list[_Life]) -> list[tuple[float, float]]:
    """From when to when some value was surely inside, in order."""
    spells: list[tuple[float, float]] = []
    for life in sorted(lives, key=lambda life: life.put_returned):
        if life.put_returned >= life.take_called:
            continue
        if spells and life.put_returned <= spells[-1][1]:
            spells[-1] = spells[-1][0], max(spells[-1][1], life.take_called)
        else:
            spells.append((life.put_returned, life.take_called))
    return spells


def _moment(part: Part, index: int, spells: list[tuple[float, float]]) -> float | None:
    """When nothing need have been inside during the taking; between two events."""
    moment = part.items[index].called + 0.5
    place = bisect_right(spells, moment, key=lambda spell: spell[0]) - 1
    if place >= 0 and spells[place][1] > moment:
        moment = spells[place][1] + 0.5
    return moment if moment < _returned(part, index) else None


def _inside(part: Part, index: int, lives: list[_Life]) -> tuple[int, ...]:
    """The operations on values of which one was surely inside at each moment of the taking."""
    moment, end = part.items[index].called + 0.5, _returned(part, index)
    named: list[int] = []
    while moment < end:
        life = max(
            (life for life in lives if life.put_returned < moment < life.take_called), key=lambda life: life.take_called
        )
        named += [each for each in (life.put, life.take) if each >= 0 and part.items[each].returned is not None]
        moment = life.take_called + 0.5
    return tuple(dict.fromkeys(named))


def _between(part: Part, lives: list[_Life], moments: list[tuple[float, int]]) -> tuple[int, ...]:
    """All operations: each value as early as it can be between two moments when the queue is empty."""
    times = [moment for moment, _ in moments]
    spans: list[list[_Life]] = [[] for _ in range(len(moments) + 1)]
    for life in lives:
        spans[bisect_right(times, max(life.put_called, life.take_called))].append(life)
    order: list[int] = []
    for number, span in enumerate(spans):
        order += _merged(part, _ordered(span))
        order += [index for _, index in moments[number : number + 1]]
    return tuple(order)


def _ordered(lives: list[_Life]) -> list[_Life]:
    """The values in an order that agrees with those of their puttings and takings, if there is one."""
    by_put_return = [(life.put_returned, number) for number, life in enumerate(lives)]
    waiting = [(life.put_called, number) for number, life in enumerate(lives)]
    heapify(by_put_return)
    heapify(waiting)
    ready: list[tuple[float, float, int]] = []
    done: set[int] = set()
    ordered: list[_Life] = []
    while len(ordered) < len(lives):
        while by_put_return[0][1] in done:
            heappop(by_put_return)
        while waiting and waiting[0][0] <= by_put_return[0][0]:
            _, number = heappop(waiting)
            heappush(ready, (lives[number].take_called, lives[number].put_returned, number))
        number = heappop(ready)[2]
        done.add(number)
        ordered.append(lives[number])
    return ordered


def _merged(part: Part, lives: list[_Life]) -> tuple[int, ...]:
    """Puttings and takings in one order: a taking as soon as its value is in and no putting has to come first."""
    puts = [life.put for life in lives]
    takes = [life.take for life in lives if life.take >= 0]
    soonest: list[float] = [inf] * (len(puts) + 1)  # the first return of the puttings from here on
    for position in range(len(puts) - 1, -1, -1):
        soonest[position] = min(_returned(part, puts[position]), soonest[position + 1])
    order: list[int] = []
    put = 0
    inside: set[int] = set()
    of_take = {life.take: life.put for life in lives if life.take >= 0}
    for take in takes:
        while put < len(puts) and (of_take[take] not in inside or soonest[put] < part.items[take].called):
            inside.add(puts[put])
            order.append(puts[put])
            put += 1
        order.append(take)
    return (*order, *puts[put:])


def _life(part: Part, put: int, take: int) -> _Life:
    return _Life(
        put=put,
        take=take,
        put_called=part.items[put].called,
        put_returned=_returned(part, put),
        take_called=part.items[take].called if take >= 0 else inf,
        take_returned=_returned(part, take) if take >= 0 else inf,
    )


def _returned(part: Part, index: int) -> float:
    returned = part.items[index].returned
    return inf if returned is None else returned
