"""How does a spec of one process serve as the object of a history?

Its actions are the operations. A parameter called `result` is what the operation returned, `key` the object that it
was asked of, `caller` the process that asked; the others are its arguments, by name or in their order.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from dscheck.domains import Bool, Domain, Enum, Id, Int, Optional, Value
from dscheck.explore.stepper import StepperFactory
from dscheck.model.layout import layout_of
from dscheck.model.system import Parameter, System
from dscheck.record import record
from dscheck.semantics.evaluate import Failed
from dscheck.traces.history import Operation, frozen
from dscheck.traces.linearizable.objects.object_type import Call, ObjectType, Start, State, Unknown, by_key, unfit
from dscheck.traces.linearizable.objects.recorded_values import NoValue, number_of, value_of
from dscheck.traces.linearizable.objects.spec_actions import SpecAction, actions_of, first_states
from dscheck.values import show

KEY = "key"
CALLER = "caller"
_SAYS_NOTHING = (None, True, "ok", "OK")


@record
class _Never:
    """A result that the object cannot give, whatever its state."""

    recorded: Hashable


@record
class _AnyOf:
    """The states that the object may begin in, before its first operation chose one."""

    states: tuple[State, ...]


class SpecObjects:
    """Makes objects of a spec; what was compiled for one history serves the others."""

    def __init__(self, system: System, make: StepperFactory) -> None:
        """Begin.

        Args:
            system: of one process.
            make: the engine.

        Raises:
            NotAnObject: it is none.
        """
        self._system = system
        self._actions = actions_of(system, make)
        self._first = first_states(system)
        self._slots = [_slot_name(variable.name) for variable, _ in layout_of(system).slots]
        self._is_ghost = [variable.ghost for variable, _ in layout_of(system).slots]
        self._domains = [variable.domain for variable, _ in layout_of(system).slots]

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the operations."""
        return tuple(self._actions)

    def object(self, words: Mapping[str, str]) -> ObjectType:
        """The object for one history.

        Args:
            words: actions, by the history's word.
        """
        named = _spellings(self._actions, words)
        outside: list[Failed] = []
        keyed = any(each.name == KEY for action in self._actions.values() for each in action.parameters)

        def step(state: State, call: Call) -> tuple[State, ...]:
            arguments: Any = call.argument
            if isinstance(call.result, _Never):
                return ()
            result = () if call.result is Unknown.RESULT else (call.result,)
            states: dict[State, None] = {}
            for each in state.states if isinstance(state, _AnyOf) else (state,):
                after = self._actions[call.function].after(each, arguments, result)
                states |= dict.fromkeys(after.states)
                outside.extend(after.outside)
            return tuple(states)

        return ObjectType(
            name=self._system.protocol,
            functions=frozenset(named),
            initial=self._initial,
            step=step,
            keeps_state=self._keeps_state,
            call=lambda operation, _: _call(named[operation.function.lower()], operation),
            part=(lambda _: None) if keyed else by_key,
            finite=all(_is_scalar(domain) for domain in self._domains),
            told=self._told,
            outside=lambda: tuple(dict.fromkeys(map(_failure_text, outside))),
        )

    def _keeps_state(self, call: Call) -> bool:
        if len(self._first) > 1:
            return False  # whatever is asked first chooses where the object began
        arguments: Any = call.argument
        result = () if call.result is Unknown.RESULT else (call.result,)
        return isinstance(call.result, _Never) or not self._actions[call.function].writes(arguments, result)

    def _initial(self, start: Start) -> State:
        if start.value is None:
            return self._first[0] if len(self._first) == 1 else _AnyOf(tuple(self._first))
        given = start.value if isinstance(start.value, Mapping) else None
        if given is None and len(self._slots) == 1:
            given = {self._slots[0]: start.value}
        if given is None or not set(given) <= set(self._slots):
            raise unfit(start, self._system.protocol, f"a value for each of {', '.join(self._slots)}")
        states: dict[State, None] = {}
        for first in self._first:
            values = [self._given(start, given, slot, value) for slot, value in enumerate(first)]
            states[tuple(values)] = None
        return next(iter(states)) if len(states) == 1 else _AnyOf(tuple(states))

    def _given(self, start: Start, given: Mapping[str, Any], slot: int, value: Value) -> Value:
        name = self._slots[slot]
        if name not in given:
            return value
        try:
            return value_of(frozen(given[name]), self._domains[slot])
        except NoValue:
            raise unfit(start, self._system.protocol, f"`{name}` cannot have that value") from None

    def _told(self, state: State) -> str:
        if isinstance(state, _AnyOf):
            return " or ".join(self._told(each) for each in state.states[:3])
        texts = [
            f"{self._slots[slot]} = {show(value, self._domains[slot], self._system.singletons)}"
            for slot, value in enumerate(state)
            if not self._is_ghost[slot]
        ]
        return ", ".join(texts) if texts else "nothing is remembered"


def _call(action: SpecAction, operation: Operation) -> Call | None:
    arguments = tuple(_argument(action, each, operation) for each in action.parameters)
    return Call(action.name, arguments, _result(action, operation))


def _argument(action: SpecAction, parameter: Parameter, operation: Operation) -> Value:
    """The value of one parameter.

    Raises:
        ValueError: nothing was recorded for it, or something that it cannot be.
    """
    asked = [each for each in action.parameters if each.name not in (KEY, CALLER)]
    recorded: Hashable = operation.argument
    if parameter.name == KEY:
        recorded = operation.key
    elif parameter.name == CALLER:
        recorded = number_of(operation.process) if isinstance(_inner(parameter.domain), Int) else operation.process
    elif isinstance(recorded, frozenset) and all(isinstance(each, tuple) and len(each) == 2 for each in recorded):
        by_name: dict[Any, Hashable] = dict(recorded)
        if parameter.name in by_name:
            recorded = by_name[parameter.name]
    elif len(asked) > 1:
        if not isinstance(recorded, tuple) or len(recorded) != len(asked):
            names = ", ".join(each.name for each in asked)
            raise ValueError(f"{operation.invoked}: {action.name} takes {names}, not {operation.argument!r}")
        recorded = recorded[asked.index(parameter)]
    try:
        return value_of(recorded, parameter.domain)
    except NoValue:
        raise ValueError(
            f"{operation.invoked}: {recorded!r} is no `{parameter.name}` of {action.name} in the spec"
        ) from None


def _result(action: SpecAction, operation: Operation) -> Hashable:
    """What came back, as a value of the spec.

    Raises:
        ValueError: something came back of which the spec says nothing.
    """
    recorded = operation.result
    if action.result is None:
        if operation.outcome == "ok" and recorded not in _SAYS_NOTHING and recorded != operation.argument:
            raise ValueError(
                f"{operation.completed or operation.invoked}: {action.name} returned {recorded!r}, and in the spec it "
                f"has no parameter `result`"
            )
        return Unknown.RESULT
    if operation.outcome != "ok":
        return Unknown.RESULT
    domain = action.result.domain
    if isinstance(domain, Bool) and (recorded is None or recorded == operation.argument):
        return True  # it says no more than that it succeeded
    if recorded is None and not isinstance(domain, Optional):
        return Unknown.RESULT
    try:
        value: Hashable = value_of(recorded, domain)
    except NoValue:
        return _Never(recorded)
    return value


def _spellings(actions: Mapping[str, SpecAction], words: Mapping[str, str]) -> dict[str, SpecAction]:
    """Actions by every word that a history may have for them, in small letters."""
    named: dict[str, SpecAction] = {}
    changes: tuple[Callable[[str], str], ...] = (
        lambda name: name.replace("_", ""),
        lambda name: name.replace("_", "-"),
        lambda name: name,
    )
    for change in changes:  # the name itself last: it counts most
        named |= {change(name.lower()): action for name, action in actions.items()}
    named |= {word.lstrip(":").lower(): actions[name] for word, name in words.items() if name in actions}
    return named


def _is_scalar(domain: Domain) -> bool:
    return isinstance(_inner(domain), Bool | Int | Enum | Id)


def _inner(domain: Domain) -> Domain:
    return domain.inner if isinstance(domain, Optional) else domain


def _slot_name(variable: str) -> str:
    """`balance` of `Account.balance`."""
    return variable.rpartition(".")[2]


def _failure_text(failed: Failed) -> str:
    return failed.failure.message.replace("{value}", failed.value)
