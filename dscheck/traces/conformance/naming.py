"""Which process, action or message of a spec does a log mean by a name?

A log has its own words. A node is who the caller says it is; else the process of that very name (`Node[1]`, `Lock`);
else nodes that end in a number are counted from 0 or 1, as far as the words before the number allow it; else the
nodes of the header stand in the order of the processes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dscheck.model.system import System
from dscheck.record import record
from dscheck.traces.conformance.steps import Actor
from dscheck.values import process_name

NETWORK = "network"  # the node of losses, duplicates and cuts
_NUMBERED = re.compile(r"(.*?)[\[(_:#-]*(\d+)[\])]*")


class UnknownName(Exception):
    """A node of the trace is no process of the spec."""


@record
class Naming:
    """Who is who.

    Attributes:
        actors: by the name of a node; None for the network.
        ids: by process set and index, all texts that stand for that process.
    """

    actors: Mapping[str, Actor]
    ids: Mapping[tuple[str, int], frozenset[Any]]

    def is_process(self, recorded: Any, process: str, index: int) -> bool:
        """May `recorded` stand for that process?"""
        names = self.ids[process, index]
        return (recorded in names or str(recorded) in names) if isinstance(recorded, str | int) else False


def spec_name(system: System, process: str, index: int) -> str:
    """What the spec calls a process: `Node[1]`, `Lock`."""
    return process_name(process, 0 if process in system.singletons else system.processes[process], index)


def naming(system: System, nodes: Sequence[str], given: Mapping[str, str] | None = None) -> Naming:
    """Find the process of each node.

    Args:
        system: whose processes.
        nodes: of the trace, in the order of its header.
        given: processes as the spec writes them, by node.

    Raises:
        UnknownName: a node is no process, or it cannot be said which.
    """
    written = {
        spec_name(system, process, index): (process, index)
        for process, size in system.processes.items()
        for index in range(size)
    }
    actors: dict[str, Actor] = {NETWORK: None}
    for node, name in (given or {}).items():
        if name not in written:
            raise UnknownName(f"`{node}` is said to be {name}, which is no process: there are {_listed(written)}")
        actors[node] = written[name]
    lowered = {name.lower(): actor for name, actor in written.items()}
    for node in nodes:
        if node not in actors and node.lower() in lowered:
            actors[node] = lowered[node.lower()]
    open_nodes = [node for node in nodes if node not in actors]
    _by_number(system, open_nodes, actors)
    open_nodes = [node for node in open_nodes if node not in actors]
    taken = set(actors.values())
    free = [actor for actor in written.values() if actor not in taken]
    if len(open_nodes) > len(free):
        raise UnknownName(
            f"{_listed(open_nodes)}: more nodes than processes that are left; the spec has {_listed(written)}"
        )
    sets = {process for process, _ in free}
    if open_nodes and len(sets) > 1:
        raise UnknownName(
            f"{_listed(open_nodes)}: it cannot be said which process that is; the spec has {_listed(written)}"
        )
    actors.update(zip(open_nodes, free, strict=False))
    ids = {actor: {name, name.lower(), actor[1], str(actor[1])} for name, actor in written.items()}
    named: dict[tuple[str, int], set[Any]] = {actor: set() for actor in ids}
    for node, actor in actors.items():
        if actor is not None:
            named[actor].add(node)
    claimed = {(process, node) for (process, _), own in named.items() for node in own}
    # A number that is the name of some node means that node, and not the index of another.
    return Naming(
        actors,
        {
            actor: frozenset(named[actor] | {text for text in texts if (actor[0], str(text)) not in claimed})
            for actor, texts in ids.items()
        },
    )


def _by_number(system: System, nodes: list[str], actors: dict[str, Actor]) -> None:
    """Nodes that are numbered, such as `n1`, `server-2` or `3`, where it is clear which process set they number."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for node in nodes:
        found = _NUMBERED.fullmatch(node)
        if found is not None:
            groups.setdefault(found[1].lower(), []).append((int(found[2]), node))
    many = [process for process in system.processes if process not in system.singletons]
    for word, numbered in groups.items():
        fitting = [process for process in many if process.lower() in {word, f"{word}s"}]
        fitting = fitting or [process for process in many if word and process.lower().startswith(word)]
        if len(fitting) != 1 and len(groups) == 1:
            fitting = many
        if len(fitting) != 1:
            continue
        size = system.processes[fitting[0]]
        numbers = {number for number, _ in numbered}
        first = 0 if 0 in numbers else 1
        if max(numbers) - first < size and len(numbers) == len(numbered):
            actors.update({node: (fitting[0], number - first) for number, node in numbered})


def rules_named(system: System, name: str) -> frozenset[int]:
    """The rules that a log may mean by the name of an action: as the spec writes it, or in another case."""
    exact = frozenset(index for index, rule in enumerate(system.rules) if name in _names_of_rule(rule.name))
    if exact:
        return exact
    plain = _plain(name)
    return frozenset(
        index for index, rule in enumerate(system.rules) if plain in map(_plain, _names_of_rule(rule.name))
    )


def messages_named(name: str, kinds: Iterable[str]) -> frozenset[str]:
    """The kinds of messages that a log may mean by a name."""
    known = tuple(kinds)
    short = name.removeprefix("on ")
    exact = frozenset(kind for kind in known if kind == short)
    return exact or frozenset(kind for kind in known if _plain(kind) == _plain(short))


def _names_of_rule(name: str) -> tuple[str, ...]:
    return (name, name.removeprefix("on ").removeprefix("timeout "))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _listed(names: Iterable[str], most: int = 6) -> str:
    shown = list(names)
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")
