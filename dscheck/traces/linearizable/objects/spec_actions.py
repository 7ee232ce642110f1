"""What does an action of a spec make of a state, for arguments and a result that were recorded?

An engine enumerates all parameters of an action. So that it tries only those that were recorded, the system gets one
more variable for each known parameter, which then ranges over the value of that variable alone.
"""

from dataclasses import replace

from dscheck.domains import Bool, Id, Set, Value
from dscheck.explore.stepper import Formulas, Stepper, StepperFactory
from dscheck.model.expressions import Apply, Bound, Connective, Expression, Invoke, Literal, Read
from dscheck.model.layout import State
from dscheck.model.rewriting import parts_of
from dscheck.model.system import Choose, Effects, ForEach, If, LetIn, Parameter, Rule, System, Variable, Write
from dscheck.record import record
from dscheck.semantics.evaluate import Failed, StepFailed, evaluate, scope_of
from dscheck.semantics.step import initial_states

RESULT = "result"
_BOUNDS = ("range", "capacity")


class NotAnObject(Exception):
    """A spec is no sequential object; the message says why."""


@record
class After:
    """What comes of an action.

    Attributes:
        states: after it; none where it is refused.
        outside: what left its range or its capacity: in a larger object the action might not be refused.
    """

    states: tuple[State, ...]
    outside: tuple[Failed, ...] = ()


class SpecAction:
    """One action of the only process of a system.

    Attributes:
        name: of the action.
        parameters: without the result and without the process itself.
        result: the parameter that is called so, if there is one.
    """

    def __init__(self, system: System, rule: Rule, make: StepperFactory) -> None:
        own = [each for each in rule.parameters if each.name != "self"]
        self.name = rule.name
        self.result = next((each for each in own if each.name == RESULT), None)
        self.parameters = tuple(each for each in own if each.name != RESULT)
        self._system = system
        self._rule = rule
        self._make = make
        self._steppers: dict[bool, Stepper] = {}
        self._known: dict[tuple[State, tuple[Value, ...], bool], After] = {}

    def after(self, state: State, arguments: tuple[Value, ...], result: tuple[Value, ...]) -> After:
        """The states after it.

        Args:
            state: before it.
            arguments: in the order of `parameters`.
            result: of one value, or of none if it is not known or the action has none.
        """
        given = (*arguments, *result)
        key = (state, given, bool(result))
        found = self._known.get(key)
        if found is None:
            stepper = self._stepper(told=bool(result))
            width = len(state)
            states: dict[State, None] = {}
            outside: list[Failed] = []
            for _, successor, _, failed in stepper.edges((*state, *given)):
                if successor is not None:
                    states[stepper.normalise(successor)[:width]] = None
                elif failed is not None and failed.failure.property in _BOUNDS:
                    outside.append(failed)
            found = self._known[key] = After(tuple(states), tuple(outside))
        return found

    def writes(self, arguments: tuple[Value, ...], result: tuple[Value, ...]) -> bool:
        """Whether it may change the state, as far as these values alone say."""
        bound = dict(zip((each.name for each in self.parameters), arguments, strict=True))
        if result:
            bound[RESULT] = result[0]
        return _writes(self._system, self._rule.body, bound)

    def _stepper(self, *, told: bool) -> Stepper:
        if told not in self._steppers:
            given = [*self.parameters, *((self.result,) if told and self.result is not None else ())]
            self._steppers[told] = self._make(self._given(given), Formulas())
        return self._steppers[told]

    def _given(self, given: list[Parameter]) -> System:
        """The system with this action only, whose parameters are read from variables."""
        names = {each.name: Variable(f"recorded {each.name}", (), each.domain) for each in given}
        parameters: list[Parameter] = []
        guard = self._rule.guard
        for each in reversed(self._rule.parameters):
            if each.name in names:
                only = Apply("set", (Read(names[each.name].name, (), each.domain),), Set(each.domain))
                guard = Connective("and", _is_one_of(each), guard, Bool())
                each = replace(each, over=only)  # noqa: PLW2901  (the same one, with fewer values)
            parameters.append(each)
        rule = replace(self._rule, parameters=tuple(reversed(parameters)), guard=guard)
        return replace(
            self._system,
            variables=(*self._system.variables, *names.values()),
            rules=(rule,),
            properties=(),
            counters=(),
        )


def actions_of(system: System, make: StepperFactory) -> dict[str, SpecAction]:
    """The actions of a system that is one object.

    Args:
        system: of one process that takes steps of its own only.
        make: the engine that takes them.

    Raises:
        NotAnObject: there are messages, timers, faults, or more than one process.
    """
    acting = {rule.process for rule in system.rules}
    if len(acting) != 1:
        raise NotAnObject("it has no process with actions" if not acting else "more than one process takes steps")
    [process] = acting
    for rule in system.rules:
        if rule.kind != "action" or process is None:
            raise NotAnObject(f"`{rule.name}` is a step of another kind; an object has actions only")
    if process not in system.singletons:
        raise NotAnObject(f"there are several of `{process}`; an object is one process, without brackets")
    return {rule.name: SpecAction(system, rule, make) for rule in system.rules}


def first_states(system: System) -> list[State]:
    """The states that the object may begin in.

    Raises:
        NotAnObject: there is none, since making it fails.
    """
    states, failures = initial_states(system)
    if failures or not states:
        raise NotAnObject("its initial state cannot be made; `dscheck check` says why")
    return states


def _is_one_of(parameter: Parameter) -> Expression:
    """Whether the value of the parameter is among those that the spec lists."""
    bound = Bound(parameter.name, parameter.domain)
    if isinstance(parameter.domain, Id) and not isinstance(parameter.over.domain, Set):
        return Literal(True, Bool())
    return Apply("in", (bound, parameter.over), Bool())


def _writes(system: System, effects: Effects, bound: dict[str, Value]) -> bool:
    for effect in effects:
        match effect:
            case Write():
                return True
            case If(test, then, otherwise):
                truth = _decided(system, test, bound)
                branches = (*then, *otherwise) if truth is None else then if truth else otherwise
                if _writes(system, branches, bound):
                    return True
            case ForEach(body=body) | Choose(body=body) | LetIn(body=body):
                inner = {name: value for name, value in bound.items() if name != getattr(effect, "name", None)}
                if _writes(system, body, inner):
                    return True
            case _:
                pass
    return False


def _decided(system: System, test: Expression, bound: dict[str, Value]) -> bool | None:
    """Whether the test is true, whatever the state; None if that depends on it."""
    for part in parts_of(test):
        if isinstance(part, Read | Invoke) or (isinstance(part, Bound) and part.name not in bound):
            return None
    scope = scope_of(system, ())
    for name, value in bound.items():
        scope = scope.bind(name, value)
    try:
        return bool(evaluate(test, scope))
    except StepFailed:
        return None
