"""What can happen next in a spec, by name? The labels of each state, what they do, and what is true afterwards.

States are those of the definition, and so are the properties that are judged in them; an engine only finds the steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from dscheck.evidence import step_of
from dscheck.language.analysis import read_spec
from dscheck.model.layout import State
from dscheck.model.system import RuleKind, System
from dscheck.record import record
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.step import Transition, initial_states
from dscheck.source import SourceFile
from dscheck.trace_specs import STEPPER, system_as_declared, system_of
from dscheck.traces.conformance.demands import Observed, Refusal
from dscheck.traces.conformance.naming import NETWORK, naming, spec_name
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import Actor, Steps, process_set
from dscheck.values import as_json

_HIDDEN_FIELDS = ("@", "·")


class UnknownVariable(ValueError):
    """A name that is observed is no variable of the spec."""


@record
class Label:
    """One step that a state allows.

    Attributes:
        text: as people read it: `Client[0] request`, `Server on Request from Client[1]`.
        rule: its rule: `request`, `on Request`, `timeout lease`, `crash`.
        kind: of the rule.
        node: who takes it: `Client[0]`; `network` for faults of messages and links.
        process: the process set and index of that; None for the network.
        arguments: parameters and choices of an action, fields of a message that arrives; JSON values.
        sender: of a message that arrives; empty if none does.
        message: its kind.
        successor: the state after it; None if the step fails.
        transition: the step itself.
        torn: whether the process crashes in mid-step.
    """

    text: str
    rule: str
    kind: RuleKind
    node: str
    process: Actor
    arguments: Mapping[str, Any] = field(compare=False)  # the text has them
    sender: str
    message: str
    successor: State | None
    transition: Transition = field(compare=False)
    torn: bool = False

    def __repr__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(self.text)


class SpecRuns:
    """The runs of a spec, for one choice of its constants.

    Attributes:
        system: its transition system.
        path: the file of the spec, as given; empty if there is none.
        check: the check whose settings hold; None for those that the spec declares.
        constants: overrides, as on the command line.
        steps: finds the steps; conformance may share it.
    """

    def __init__(
        self, system: System, path: str = "", check: str | None = None, constants: Mapping[str, str] | None = None
    ) -> None:
        """The runs of a system; the other arguments say where it came from."""
        self.system, self.path, self.check, self.constants = system, path, check, dict(constants or {})
        self.steps = Steps(system, STEPPER)
        self._known: dict[State, tuple[Label, ...]] = {}
        nodes = [
            spec_name(system, process, index) for process, size in system.processes.items() for index in range(size)
        ]
        self._observer = Observer(system, naming(system, nodes), {})
        self._invariants = [each for each in system.properties if each.kind == "invariant"]
        self._step_properties = [each for each in system.properties if each.kind == "step"]

    @classmethod
    def of(cls, path: str, check: str | None = None, constants: Mapping[str, str] | None = None) -> "SpecRuns":
        """The runs of the spec in a file.

        Args:
            path: the file.
            check: whose settings hold; None for those that the spec declares.
            constants: overrides, as on the command line.

        Raises:
            SpecError: the spec cannot be asked, or has no such check.
            OSError: it cannot be read.
        """
        checked = read_spec(SourceFile.read(Path(path)))
        texts = dict(constants or {})
        system = system_as_declared(checked, texts) if check is None else system_of(checked, check, texts)[1]
        return cls(system, path, check, texts)

    @property
    def properties(self) -> tuple[str, ...]:
        """The names of the invariants and step properties."""
        return tuple(each.name for each in (*self._invariants, *self._step_properties))

    @property
    def nodes(self) -> tuple[str, ...]:
        """What the spec calls its processes."""
        return tuple(
            spec_name(self.system, process, index)
            for process, size in self.system.processes.items()
            for index in range(size)
        )

    def initial(self) -> tuple[State, ...]:
        """The states in which runs begin."""
        return tuple(initial_states(self.system)[0])

    def labels(self, state: State) -> tuple[Label, ...]:
        """The steps that are possible in a state, in a fixed order."""
        if state not in self._known:
            self._known[state] = tuple(self._labels(state))
        return self._known[state]

    def broken(self, before: State | None, state: State) -> frozenset[str]:
        """The names of the properties that a state, and the step to it from `before`, break."""
        found = {each.name for each in self._invariants if not self._is_true(each.condition, state, None)}
        if before is not None:
            found |= {each.name for each in self._step_properties if not self._is_true(each.condition, state, before)}
        return frozenset(found)

    def observed(self, values: Mapping[str, Any]) -> tuple[Observed, ...]:
        """Observed values, by variables of the spec.

        Args:
            values: JSON values by name: `{"Client[0].mode": "idle"}`, or `{"Client[0]": {"mode": "idle"}}`.

        Raises:
            UnknownVariable: the spec has no variable of that name.
        """
        found: list[Observed] = []
        for name, value in values.items():
            self._observer.ignored.clear()
            found += self._observer.initial({name: value})
            if self._observer.ignored:
                known = ", ".join(self.variables[:12]) + (", …" if len(self.variables) > 12 else "")
                raise UnknownVariable(f"`{name}` is observed, but {self.system.protocol} has: {known}")
        return tuple(found)

    @property
    def variables(self) -> tuple[str, ...]:
        """What a process or the shared memory shows: `Client[0].mode`."""
        return tuple(
            self._observer.slot_text(slot)
            for slot, (variable, indices) in enumerate(self._observer.layout.slots)
            if variable.role in {"variable", "shared", "timer"} and not variable.ghost and len(indices) < 2
        )

    def values(self, state: State) -> dict[str, Any]:
        """What a process or the shared memory shows in a state: JSON values by name."""
        return {
            self._observer.slot_text(slot): as_json(state[slot], variable.domain, self.system.singletons)
            for slot, (variable, indices) in enumerate(self._observer.layout.slots)
            if variable.role in {"variable", "shared", "timer"} and not variable.ghost and len(indices) < 2
        }

    def differences(self, observed: Sequence[Observed], state: State) -> list[Refusal]:
        """Which observed values are not those of a state?"""
        return list(self._observer.values(observed, state))

    def _is_true(self, condition: Any, state: State, before: State | None) -> bool:
        try:
            return bool(evaluate(condition, scope_of(self.system, state, before, layout=self._observer.layout)))
        except StepFailed:
            return False

    def _labels(self, state: State) -> Iterator[Label]:
        for actor in self.steps.actors:
            for transition in self.steps.of(actor, state):
                yield self._label(actor, state, transition)

    def _label(self, actor: Actor, state: State, transition: Transition) -> Label:
        rule = self.system.rules[transition.rule]
        arrived = next((told for told in transition.notes if told.note.kind == "received"), None)
        arguments: dict[str, Any] = {}
        for each in transition.bindings:
            if each.shown:
                arguments[each.name] = as_json(each.value, each.domain, self.system.singletons)
        sender = message = ""
        if arrived is not None:
            sender = spec_name(self.system, process_set(arrived.note.sender.domain), arrived.sender)
            message = arrived.message[0]
            fields = self._observer.kinds[message].fields
            for (name, of), value in zip(fields, arrived.message[1:], strict=True):
                if not name.startswith(_HIDDEN_FIELDS):
                    arguments[name] = as_json(value, of, self.system.singletons)
        return Label(
            text=step_of(self.system, state, transition).label,
            rule=rule.name,
            kind=rule.kind,
            node=NETWORK if actor is None else spec_name(self.system, *actor),
            process=actor,
            arguments=arguments,
            sender=sender,
            message=message,
            successor=transition.successor,
            transition=transition,
            torn=rule.torn,
        )
