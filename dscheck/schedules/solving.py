"""Which messages explain clock values that are given, are there others, and if none do: which of the values exclude it?

Z3 looks for them (`dscheck.schedules.symbolic` says what it is asked). Whoever shows an answer of it has it evaluated
without z3 first.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from dscheck.record import record
from dscheck.schedules.patience import Deadline
from dscheck.schedules.sheet import Sheet, SheetMessage
from dscheck.schedules.symbolic import Truth, Unknowns

TIME_IS_OVER = "the time is over"

_PLAINER = 5.0
"""Seconds that z3 may take for one question whose answer makes an explanation plainer, and decides nothing."""


class WrongAnswer(Exception):
    """Z3 named messages with which something is not as it said: a fault of dscheck or of z3, never an answer."""


@record
class Puzzle:
    """A question to z3.

    Attributes:
        unknowns: the sheet, and what clocks show by its messages.
        solver: knows the facts, and each given behind its marker.
        markers: one per given.
        deadline: when to stop.
    """

    unknowns: Unknowns
    solver: Any
    markers: tuple[Truth, ...]
    deadline: Deadline


@record
class Explanation:
    """Messages that explain everything: the event that sends and the one that receives, of each."""

    messages: tuple[tuple[int, int], ...]


@record
class Undecided:
    """Z3 gave up, because of `TIME_IS_OVER` or as it says itself."""

    reason: str


def puzzle_of(unknowns: Unknowns, givens: Sequence[Truth]) -> Puzzle:
    """Set up z3.

    Args:
        unknowns: what is open; their deadline is for all questions together.
        givens: terms that are true.
    """
    import z3

    solver = z3.Solver()
    solver.add(*unknowns.facts)
    markers = tuple(z3.Bool(f"given {number}") for number in range(len(givens)))
    for marker, given in zip(markers, givens, strict=True):
        solver.add(z3.Implies(marker, given))
    return Puzzle(unknowns, solver, markers, unknowns.deadline)


def explain(puzzle: Puzzle, *claims: Truth) -> Explanation | Undecided | None:
    """Messages with which the givens and `claims` are true; None if there are none.

    Of several such sets it is the smallest one, and of those the first in the order of events, so that the answer does
    not depend on the version of z3; unless it takes too long to find out.

    Raises:
        KeyboardInterrupt: the user stopped z3.
    """
    import z3

    found = _ask(puzzle, claims, puzzle.deadline.left)
    every = list(puzzle.unknowns.messages.values())
    while isinstance(found, Explanation) and found.messages:
        fewer = z3.AtMost(*every, len(found.messages) - 1)
        better = _ask(puzzle, (*claims, fewer), _a_while(puzzle))
        if not isinstance(better, Explanation):
            break
        found = better
    return _first(puzzle, claims, found) if isinstance(found, Explanation) and found.messages else found


def _first(puzzle: Puzzle, claims: Sequence[Truth], found: Explanation) -> Explanation:
    """Of the explanations with as many messages, the first in the order of events."""
    import z3

    messages = puzzle.unknowns.messages
    alike = [*claims, z3.AtMost(*messages.values(), len(found.messages))]
    last, place = (-1, -1), 0
    while place < len(found.messages):
        pair = found.messages[place]
        earlier = [there for other, there in messages.items() if last < other < pair]
        better = _ask(puzzle, (*alike, z3.Or(earlier)), _a_while(puzzle))
        match better:
            case Explanation():
                found = better
            case Undecided():
                return found
            case None:
                alike.append(messages[pair])
                last, place = pair, place + 1
    return found


def explain_otherwise(puzzle: Puzzle, known: Explanation) -> Explanation | Undecided | None:
    """Another explanation; None if `known` is the only one."""
    import z3

    messages = puzzle.unknowns.messages
    return explain(
        puzzle, z3.Or([z3.Not(there) if pair in known.messages else there for pair, there in messages.items()])
    )


def contradiction(puzzle: Puzzle) -> tuple[int, ...]:
    """Numbers of givens that no messages explain together, when all givens together have no explanation.

    Each is needed: without it the others have an explanation, or z3 finds no proof in time that they have none.
    """
    every = list(range(len(puzzle.markers)))
    core = _impossible_among(puzzle, every, puzzle.deadline.left) or every
    for number in tuple(core):
        if number in core:
            rest = [each for each in core if each != number]
            core = _impossible_among(puzzle, rest, _a_while(puzzle)) or core
    return tuple(sorted(core))


def _impossible_among(puzzle: Puzzle, numbers: Sequence[int], seconds: float) -> list[int] | None:
    """Some of the givens `numbers` that have no explanation; None if z3 finds no proof that they have none."""
    by_name = {str(puzzle.markers[number]): number for number in numbers}
    if _check(puzzle, [puzzle.markers[number] for number in numbers], seconds) is not False:
        return None
    return [by_name[str(marker)] for marker in puzzle.solver.unsat_core()]


def with_messages(sheet: Sheet, explanation: Explanation) -> Sheet:
    """The sheet with the messages that were found, under names that it does not have yet."""
    taken = {*sheet.lanes, *(event.name for event in sheet.events), *(message.name for message in sheet.messages)}
    names = (
        name for number in range(1, 2 + len(taken) + len(explanation.messages)) if (name := f"m{number}") not in taken
    )
    found = [SheetMessage(name, start, (end,)) for (start, end), name in zip(explanation.messages, names, strict=False)]
    events = list(sheet.events)
    for start, end in explanation.messages:
        events[start] = replace(events[start], kind="send")
        events[end] = replace(events[end], kind="receive")
    return Sheet(sheet.lanes, tuple(events), (*sheet.messages, *found))


def _a_while(puzzle: Puzzle) -> float:
    return min(_PLAINER, puzzle.deadline.left / 4)


def _ask(puzzle: Puzzle, claims: Sequence[Truth], seconds: float) -> Explanation | Undecided | None:
    """Messages with which all givens and `claims` are true; None if there are none."""
    import z3

    puzzle.solver.push()
    try:
        puzzle.solver.add(*claims)
        answer = _check(puzzle, puzzle.markers, seconds)
        if not isinstance(answer, bool):
            return answer
        if not answer:
            return None
        model = puzzle.solver.model()
        messages = puzzle.unknowns.messages.items()
        return Explanation(tuple(pair for pair, there in messages if z3.is_true(model.eval(there))))
    finally:
        puzzle.solver.pop()


def _check(puzzle: Puzzle, markers: Sequence[Truth], seconds: float) -> bool | Undecided:
    """Can everything that the solver knows be true together with `markers`?"""
    import z3

    if seconds <= 0:
        return Undecided(TIME_IS_OVER)
    milliseconds = 0 if seconds == float("inf") else max(1, int(seconds * 1000))
    puzzle.solver.set("timeout", milliseconds)
    began = monotonic()
    result = puzzle.solver.check(*markers)
    if result != z3.unknown:
        return bool(result == z3.sat)
    reason = str(puzzle.solver.reason_unknown())
    stopped = any(word in reason for word in ("interrupted", "canceled", "timeout"))
    # Z3 takes Ctrl-C for itself, and calls it as it calls a timeout: only that it comes early tells it from one.
    if stopped and (not milliseconds or monotonic() - began < milliseconds * 0.0009):
        raise KeyboardInterrupt
    return Undecided(TIME_IS_OVER if stopped else reason)
