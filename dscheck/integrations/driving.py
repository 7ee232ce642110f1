"""Does an implementation do what its spec allows? It is driven step by step, and looked at after each.

Which states may the spec be in? All that explain what was done and seen so far: what an implementation does by itself
between two steps is not seen, so there may be several. It deviates when none is left.
"""

import os
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self

from dscheck.integrations.recording import save_trace
from dscheck.integrations.roles import Roles, roles_of
from dscheck.model.layout import State
from dscheck.runs.labelled import Label, SpecRuns
from dscheck.trace_specs import STEPPER
from dscheck.traces.conformance.judging import conforms
from dscheck.traces.conformance.naming import NETWORK
from dscheck.traces.event import Event, Place, Trace, TraceHeader
from dscheck.traces.finding import TraceOutcome

MOST_STATES = 20_000
_FIRST_LINE = 2  # the header is line 1 of a file


class Deviation(AssertionError):
    """An implementation is in a state that its spec does not allow.

    What to tell of it is found out when somebody reads it: Hypothesis makes hundreds of these, and shows one.
    """

    def __init__(self, tell: Callable[[], str]) -> None:
        super().__init__(tell)
        self._tell = tell
        self._told: str | None = None

    def __str__(self) -> str:
        if self._told is None:
            self._told = self._tell()
        return self._told


class PropertyBroken(AssertionError):
    """An implementation is in a state that breaks a property of its spec."""


class AnotherWay(Exception):
    """A run cannot be driven to its end, since what happens by itself went another way that the spec allows too."""


class ProcessName(str):
    """What a spec calls a process, `Client[1]`, with its process set and its number.

    Attributes:
        process: `Client`.
        number: 1.
    """

    __slots__ = ("number", "process")
    process: str
    number: int

    def __new__(cls, name: str, process: str = "", number: int = 0) -> Self:
        """The name of a process."""
        made = super().__new__(cls, name)
        made.process, made.number = process, number
        return made


class Drive:
    """An implementation under way, and the states of the spec that explain it.

    Attributes:
        runs: of the spec.
        adapter: takes the steps, and looks.
    """

    def __init__(
        self, runs: SpecRuns, adapter: Any, roles: Roles, *, settled: bool = True, save_to: str | Path | None = None
    ) -> None:
        """Begin, and look.

        Args:
            runs: of the spec.
            adapter: of a fresh implementation.
            roles: who sees to which steps.
            settled: the adapter looks when nothing more happens by itself.
            save_to: the file of the trace if something is wrong.

        Raises:
            Deviation: it does not begin as the spec does.
        """
        self.runs, self.adapter = runs, adapter
        self._roles, self._settled, self._save_to = roles, settled, None if save_to is None else Path(save_to)
        self._events: list[Event] = []
        self._possible: dict[State, frozenset[str]] = {state: runs.broken(None, state) for state in runs.initial()}
        self._initial: Mapping[str, Any] = {}
        try:
            self._look()
        except Exception as error:
            self._save(error)
            raise

    # --- steps ---------------------------------------------------------------------------------

    def enabled(self, rule: str | None = None) -> list[Label]:
        """The driven steps that are possible in every state that explains what was seen; those of one rule, or all."""
        names = self._roles.driven.keys() if rule is None else {rule}
        found: dict[str, Label] | None = None
        for state in self._possible:
            here = {label.text: label for label in self.runs.labels(state) if _can_be_driven(label, names)}
            found = here if found is None else {text: label for text, label in found.items() if text in here}
        return list((found or {}).values())

    def do(self, label: Label) -> None:
        """Take a step, look, and compare.

        Args:
            label: one of `enabled()`.

        Raises:
            Deviation: what is seen is not what the spec allows.
        """
        __tracebackhide__ = True
        self._record(label)
        try:
            self._call(label)
            self._step(label.text)
            self._look()
        except Exception as error:
            self._save(error)
            raise

    def look(self) -> None:
        """Look once more, without a step.

        Raises:
            Deviation: what is seen is not what the spec allows.
        """
        __tracebackhide__ = True
        try:
            self._look()
        except Exception as error:
            self._save(error)
            raise

    def holds(self, name: str) -> None:
        """A property of the spec is kept by some explanation of what was seen.

        Raises:
            PropertyBroken: it is broken in all of them.
        """
        __tracebackhide__ = True
        if all(name in broken for broken in self._possible.values()):
            states = "\n".join(
                f"  {key} = {value}" for key, value in self.runs.values(next(iter(self._possible))).items()
            )
            error = PropertyBroken(f"{name} of {self.runs.system.protocol} is broken:\n{states}{_after(self._events)}")
            self._save(error)
            raise error

    def stop(self) -> None:
        """End the implementation, if the adapter can."""
        stop = getattr(self.adapter, "stop", None)
        if callable(stop):
            stop()

    # --- what explains it ----------------------------------------------------------------------

    def _call(self, label: Label) -> None:
        assert label.process is not None or label.node == NETWORK
        method = getattr(self.adapter, self._roles.driven[label.rule])
        arguments = dict(label.arguments)
        if label.sender:
            arguments["sender"] = self._name(label.sender)
        if label.process is None:
            method(**arguments)
        else:
            method(ProcessName(label.node, *label.process), **arguments)

    def _name(self, node: str) -> ProcessName:
        sets = self.runs.system.processes
        places = [(process, index) for process, size in sets.items() for index in range(size)]
        return ProcessName(node, *places[self.runs.nodes.index(node)])

    def _step(self, text: str) -> None:
        after: dict[State, frozenset[str]] = {}
        for state, broken in self._possible.items():
            for label in self.runs.labels(state):
                if label.text == text and label.successor is not None:
                    _add(after, label.successor, broken | self.runs.broken(state, label.successor))
        self._possible = after

    def _look(self) -> None:
        __tracebackhide__ = True
        self._happen()
        values = dict(self.adapter.observe())
        seen = self.runs.observed(values)
        if self._roles.spontaneous:
            quiet = "quiet" if self._settled else True
            self._add_event(Event(NETWORK, 0, variables=values, other={"observes": quiet}))
        elif not self._events:
            self._initial = values
        else:
            self._events[-1] = _with_values(self._events[-1], values)
        self._possible = {
            state: broken for state, broken in self._possible.items() if not self.runs.differences(seen, state)
        }
        if not self._possible:
            raise Deviation(partial(_difference, self.runs, self.trace, self._roles, values))

    def _happen(self) -> None:
        """Let happen what may happen by itself; where the implementation has settled, until nothing more does."""
        if not self._roles.spontaneous:
            return
        found = dict(self._possible)
        todo = list(found)
        restless = set()
        while todo:
            state = todo.pop()
            for label in self.runs.labels(state):
                if label.rule not in self._roles.spontaneous or label.successor is None or label.torn:
                    continue
                restless.add(state)
                broken = found[state] | self.runs.broken(state, label.successor)
                if _add(found, label.successor, broken):
                    todo.append(label.successor)
            if len(found) > MOST_STATES:
                raise AnotherWay(f"more than {MOST_STATES:,} states explain what was seen: let the adapter see more")
        self._possible = {state: broken for state, broken in found.items() if not (self._settled and state in restless)}

    # --- what is told of it --------------------------------------------------------------------

    def _record(self, label: Label) -> None:
        other: dict[str, Any] = {"message": label.message} if label.message else {}
        kind: Any = "recv" if label.sender else "internal"
        self._add_event(
            Event(
                label.node,
                0,
                kind,
                peer=label.sender or None,
                action=label.rule,
                arguments=label.arguments,
                other=other,
            )
        )

    def _add_event(self, event: Event) -> None:
        seq = 1 + sum(each.node == event.node for each in self._events)
        place = Place(str(self._save_to or "run"), len(self._events) + _FIRST_LINE)
        fields = {name: getattr(event, name) for name in ("kind", "peer", "action", "arguments", "variables", "other")}
        self._events.append(Event(event.node, seq, place=place, **fields))

    @property
    def trace(self) -> Trace:
        """What was done and seen so far, for `verify`."""
        runs = self.runs
        header = TraceHeader(
            "total",
            (*runs.nodes, NETWORK),
            spec=self._spec(),
            initial=self._initial,
            other={
                "hidden": sorted(self._roles.spontaneous),
                "set": runs.constants,
                **({"check": runs.check} if runs.check else {}),
            },
        )
        return Trace(str(self._save_to or "run"), "driven", "an implementation was driven", header, tuple(self._events))

    def _spec(self) -> str | None:
        """The spec, as seen from the file of the trace."""
        if not self.runs.path or self._save_to is None:
            return self.runs.path or None
        try:
            return Path(os.path.relpath(self.runs.path, self._save_to.parent)).as_posix()
        except ValueError:  # another drive
            return str(Path(self.runs.path).resolve())

    def _save(self, error: BaseException) -> None:
        if self._save_to is not None:
            save_trace(self.trace, self._save_to)
            if not any("dscheck verify" in note for note in getattr(error, "__notes__", ())):
                error.add_note(f"next  dscheck verify {shlex.quote(str(self._save_to))}")


def drive(
    adapter: Any,
    spec: str | Path,
    steps: Sequence[str],
    *,
    check: str | None = None,
    settings: Mapping[str, int | bool | str] | None = None,
    spontaneous: Iterable[str] | None = None,
    left_out: Iterable[str] = (),
    settled: bool = True,
    save_to: str | Path | None = None,
) -> Trace:
    """Drive an implementation along one run of its spec, and compare after each step.

    Args:
        adapter: of a fresh implementation; it is stopped at the end.
        spec: the file.
        steps: labels, as `dscheck check` shows them: `Client[0] request`. Steps that happen by themselves are let
            happen: they need not be named.
        check: of the spec, whose settings hold.
        settings: overrides of constants and settings.
        spontaneous: as for `machine_for`, likewise the rest.
        left_out: steps that never happen.
        settled: the adapter looks when nothing more happens by itself.
        save_to: the file of the trace if something is wrong.

    Returns:
        What was done and seen.

    Raises:
        AssertionError: the spec does not allow what is seen, or a property is broken.
        AnotherWay: a step is not possible any more, since what happens by itself went another way.
    """
    __tracebackhide__ = True
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in (settings or {}).items()
    }
    runs = _runs(str(spec), Path(spec).read_bytes(), check, tuple(texts.items()))
    roles = roles_of(runs.system, adapter, None if spontaneous is None else list(spontaneous), list(left_out))
    under_way = None
    try:
        under_way = Drive(runs, adapter, roles, settled=settled, save_to=save_to)
        for text in steps:
            label = next((each for each in under_way.enabled() if each.text == text), None)
            if label is None:
                if _is_spontaneous(text, roles):
                    continue
                raise AnotherWay(f"`{text}` is not possible; possible are {under_way.enabled()}")
            under_way.do(label)
            for name in runs.properties:
                under_way.holds(name)
        return under_way.trace
    finally:
        stop = getattr(adapter, "stop", None)
        if callable(stop):
            stop()


@lru_cache(maxsize=8)
def _runs(path: str, _text: bytes, check: str | None, settings: tuple[tuple[str, str], ...]) -> SpecRuns:
    """The runs of a spec; several cases of one file share them, as long as its text is the same."""
    return SpecRuns.of(path, check, dict(settings))


def _difference(runs: SpecRuns, trace: Trace, roles: Roles, values: Mapping[str, Any]) -> str:
    """Why nothing explains what was seen, as `dscheck verify` would say it."""
    protocol = runs.system.protocol
    if not trace.events:
        return f"{protocol} does not begin as the implementation does: {_shown(values)}"
    hidden = sorted(roles.spontaneous)
    found = conforms(trace, runs.system, make=STEPPER, steps=runs.steps, hidden=hidden, invariants=False)
    rejected = found.outcome is TraceOutcome.REJECTED
    reason = found.reason if rejected else f"{protocol} has no state with {_shown(values)}"
    return f"the implementation is not as {protocol} says\n{reason}{_after(trace.events)}"


def _after(events: Iterable[Event]) -> str:
    """What was done, as lines."""
    lines: list[str] = []
    for event in events:
        if event.action:
            arguments = ", ".join(f"{name} = {value}" for name, value in event.arguments.items())
            shown = f" ({arguments})" if arguments else ""
            lines.append(f"  {len(lines) + 1}  {event.node} {event.action}{shown}")
    return "\n".join(("\nafter", *lines)) if lines else ""


def _is_spontaneous(text: str, roles: Roles) -> bool:
    """Is it the label of a step that happens by itself? A label is who, and then the rule."""
    _, _, rest = text.partition(" ")
    return any(rest == name or rest.startswith((f"{name} ", f"{name}(")) for name in roles.spontaneous)


def _can_be_driven(label: Label, names: Iterable[str]) -> bool:
    return label.rule in names and label.successor is not None and not label.torn


def _add(states: dict[State, frozenset[str]], state: State, broken: frozenset[str]) -> bool:
    """Add an explanation; of two ways to a state, what both break counts. Has anything changed?"""
    before = states.get(state)
    states[state] = broken if before is None else before & broken
    return before != states[state]


def _with_values(event: Event, values: Mapping[str, Any]) -> Event:
    names = ("node", "seq", "kind", "peer", "action", "arguments", "place", "other")
    return Event(variables=values, **{name: getattr(event, name) for name in names})


def _shown(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
