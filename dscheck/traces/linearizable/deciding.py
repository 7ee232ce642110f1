"""Are the histories of all objects linearizable, within a budget?

The objects take turns with budgets that grow, so that a hard one does not hide that another one is easily refuted.
"""

import time
from collections.abc import Callable, Sequence

from dscheck.record import record
from dscheck.traces.linearizable.parts import Part
from dscheck.traces.linearizable.problem import Item, Problem, Prunings
from dscheck.traces.linearizable.search import Search
from dscheck.traces.linearizable.shortcut import Shortcut
from dscheck.traces.linearizable.shortcuts import shortcut_for

FIRST_BUDGET = 200
GROWTH = 8
SLICE = 20_000  # nodes between two looks at the clock


@record
class Answer:
    """What came out for one object.

    Attributes:
        part: the object.
        linearizable: None if the budget was too small.
        method: what decided: `search`, or the name of a special case.
        order: indices of its operations, in an order that explains them, if there is one.
        failing: index of the operation whose return is the first that no order explains, if the search found that.
            Operations that are open then count with what they returned later, but need not have happened.
        guilty: indices of the operations that a special case names as contradicting each other.
        nodes: of the search.
        explained: returns that some order explains.
        returns: how many there are.
    """

    part: Part
    linearizable: bool | None
    method: str
    order: tuple[int, ...] = ()
    failing: int | None = None
    guilty: tuple[int, ...] = ()
    nodes: int = 0
    explained: int = 0
    returns: int = 0


def decide(
    parts: Sequence[Part],
    *,
    nodes: int,
    seconds: float | None = None,
    prunings: Prunings = Prunings(),  # noqa: B008  (it is frozen)
    shortcuts: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> list[Answer]:
    """An answer for each object; after the first that has no order the others that are open are left unknown.

    Args:
        nodes: how many a search may see for one object.
        seconds: for all of them together.
        prunings: of the search.
        shortcuts: use special cases.
    """
    until = None if seconds is None else clock() + seconds
    answers: dict[int, Answer] = {}
    searches: dict[int, Search] = {}
    for number, part in enumerate(parts):
        shortcut = shortcut_for(part) if shortcuts else None
        if shortcut is not None:
            answers[number] = _by_shortcut(part, shortcut)
            if not shortcut.linearizable:
                break
        else:
            searches[number] = Search(Problem(part.object, part.initial, part.items, prunings))
    refuted = any(answer.linearizable is False for answer in answers.values())
    budget, open_numbers = FIRST_BUDGET, list(searches)
    while open_numbers and not refuted and (until is None or clock() < until):
        for number in open_numbers:
            if _run(searches[number], min(budget, nodes), until, clock) is False:
                refuted = True
                break
        open_numbers = [number for number in open_numbers if searches[number].answer is None]
        if budget >= nodes:
            break
        budget *= GROWTH
    for number, search in searches.items():
        answers[number] = _by_search(parts[number], search, nodes)
    return [
        answers.get(number, Answer(part, None, "search", returns=_returns(part))) for number, part in enumerate(parts)
    ]


def _run(search: Search, until_nodes: int, until: float | None, clock: Callable[[], float]) -> bool | None:
    while search.answer is None and search.nodes < until_nodes and (until is None or clock() < until):
        search.run(min(SLICE, until_nodes - search.nodes))
    return search.answer


def _returns(part: Part) -> int:
    return sum(1 for item in part.items if item.returned is not None)


def _by_shortcut(part: Part, found: Shortcut) -> Answer:
    count = _returns(part)
    return Answer(
        part,
        found.linearizable,
        found.method,
        order=found.order,
        guilty=found.guilty,
        explained=count if found.linearizable else 0,
        returns=count,
    )


def _by_search(part: Part, search: Search, nodes: int) -> Answer:
    problem = search.problem
    explained = len(problem.windows) if search.answer else max(search.deepest, 0)
    failing = None
    if search.answer is False:
        explained = _first_impossible(part, search, nodes)
        failing = problem.windows[explained].item
    return Answer(
        part,
        search.answer,
        "search",
        order=tuple(step.item for step in search.witness()),
        failing=failing,
        nodes=search.nodes,
        explained=explained,
        returns=len(problem.windows),
    )


def _first_impossible(part: Part, search: Search, nodes: int) -> int:
    """The window of the first return that no order explains.

    It is where the search ended, or, if the search looked ahead, up to the last return that it looked at; where the
    object foresees more, any.
    """
    problem = search.problem
    low = search.deepest
    if not problem.foresees:
        return low
    high = len(problem.windows) - 1
    if problem.object.reachable is not None:
        high = max([low, *(target for target, _ in problem.targets(low))])
    while low < high:
        middle = (low + high) // 2
        end = part.items[problem.windows[middle].item].returned or 0
        items = [_up_to(item, end) for item in part.items if item.called < end]
        prefix = Search(Problem(part.object, part.initial, items, problem.prunings))
        if prefix.run(nodes) is False:
            high = middle
        else:
            low = middle + 1
    return low


def _up_to(item: Item, end: int) -> Item:
    """The operation as it is known at that position."""
    return item if item.returned is not None and item.returned <= end else Item(item.call, item.called, None)
