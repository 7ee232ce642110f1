"""Is a queue linearizable into which each value is put at most once, and which nobody found empty?

Henzinger, Sezgin & Vafeiadis, *Aspect-Oriented Linearizability Proofs* (2013): it is, unless a value is taken that
was not put, or twice, or before it was put, or two values were surely put in one order and surely taken in the
other. O(n log n).
"""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from math import inf

from dscheck.record import record
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.witnesses import explains

METHOD = "a queue with distinct values"


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
    """Decide by the order of the values, if they are distinct and every taking returned one."""
    if part.object.name != "queue" or part.initial:
        return None
    puts: dict[Hashable, int] = {}
    takes: dict[Hashable, list[int]] = {}
    for index, item in enumerate(part.items):
        if item.call.function == "put" and item.call.argument not in puts:
            puts[item.call.argument] = index
        elif item.call.function == "take" and item.returned is not None and item.call.result is not None:
            takes.setdefault(item.call.result, []).append(index)
        else:
            return None
    for value, taken in takes.items():
        if len(taken) > 1:
            return Shortcut(False, METHOD, guilty=tuple(taken[:2]))
        if value not in puts or part.items[puts[value]].called > _returned(part, taken[0]):
            return Shortcut(False, METHOD, guilty=(taken[0],))
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
    order = _merged(part, _ordered(lives))
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
