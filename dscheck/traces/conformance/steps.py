"""Which steps can a process take, and what would a log show of each? Labels with their values, from any engine.

An engine's edge says which rule ran and what came of it, not with which parameters, choices and messages. So a log
book is added to the system: one more variable, in which every step writes those down. It is empty before each step,
so states are the same as without it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from dscheck.domains import Bag, Bool, Domain, Id, Int, List, Message, Set, Tuple, Value
from dscheck.explore.stepper import Edge, Formulas, StepperFactory
from dscheck.model.expressions import Apply, Bound, Connective, Expression, Literal, Read
from dscheck.model.layout import State, layout_of
from dscheck.model.system import Choose, Effect, Effects, ForEach, If, LetIn, Note, Rule, System, Variable, Write
from dscheck.semantics.evaluate import element_domain
from dscheck.semantics.step import Binding, Told, Transition, transitions

_BOOK = "log book"
_KNOWN = "known parameter"
_ENTRIES = List(Tuple(()), None)  # the entries differ; nobody asks for the domain of one

Actor = tuple[str, int] | None  # a process; None for the network


def messages_of(channel: Variable) -> Message:
    """The messages that a channel holds."""
    assert isinstance(channel.domain, Bag | List)
    assert isinstance(channel.domain.element, Message)
    return channel.domain.element


def process_set(domain: Domain) -> str:
    """Of which process set the ids of `domain` are."""
    assert isinstance(domain, Id)
    return domain.process


class Steps:
    """The labelled steps of a system, actor by actor.

    Attributes:
        system: whose steps they are.
    """

    def __init__(self, system: System, make: StepperFactory | None = None) -> None:
        """Steps by an engine.

        Args:
            system: whose steps.
            make: the engine; without one, the definition of the semantics finds them, slowly.
        """
        self.system = system
        self._make = make
        self._tags: list[Note | Choose | Rule] = []
        self._width = len(layout_of(system).slots)
        self._found: dict[Actor, _Mover] = {}
        self._focused: dict[tuple[int, frozenset[int]], _Focused] = {}

    def of(self, actor: Actor, state: State) -> list[Transition]:
        """Every label of `actor` that is enabled in `state`, in a fixed order."""
        return [self.told(actor, edge) for edge in self.edges(actor, state)]

    def edges(self, actor: Actor, state: State) -> list[Edge | Transition]:
        """The same, not yet told; `rule_of` and `told` say what they are."""
        mover = self._found.get(actor)
        if mover is None:
            mover = self._found[actor] = _Mover(self, actor)
        return mover.edges(state)

    def rule_of(self, actor: Actor, edge: Edge | Transition) -> int:
        """The index of an edge's rule in `System.rules`."""
        return self._found[actor].rules[edge.rule if isinstance(edge, Transition) else edge[0]]

    def told(self, actor: Actor, edge: Edge | Transition) -> Transition:
        """An edge with everything that a log could show of it."""
        rule = self.rule_of(actor, edge)
        return replace(edge, rule=rule) if isinstance(edge, Transition) else self._told(rule, edge)

    def _told(self, rule: int, edge: Edge) -> Transition:
        _, successor, _, failed = edge
        if successor is None:
            return Transition(rule, (), None, failed)
        bindings: list[Binding] = []
        notes: list[Told] = []
        choices: list[Binding] = []
        for number, *values in successor[self._width]:
            match self._tags[number]:
                case Rule(parameters=parameters):
                    bindings = [
                        Binding(each.name, value, each.domain, each.shown)
                        for each, value in zip(parameters, values, strict=True)
                    ]
                case Choose(name, over):
                    choices.append(Binding(name, values[0], element_domain(over.domain)))
                case Note() as note:
                    notes.append(Told(note, *values))
        return Transition(rule, (*bindings, *choices), successor[: self._width], None, notes=tuple(notes))

    def of_rule(self, rule: int, state: State, known: Mapping[int, frozenset[Value]]) -> Iterator[Transition]:
        """The labels of one rule with some of its parameters known, so that other values are not even tried.

        Args:
            rule: its index in `System.rules`.
            state: before the step.
            known: the values that may be tried, by the position of a parameter. The messages that may arrive from a
                channel have to be in it; all others that the rule does not range over are passed over.
        """
        if not all(known.values()):
            return
        key = (rule, frozenset(known))
        if key not in self._focused:
            self._focused[key] = _Focused(self, rule, tuple(sorted(known)))
        focused = self._focused[key]
        for edge in focused.edges(state, known):
            if isinstance(edge, Transition):
                successor = None if edge.successor is None else edge.successor[: self._width]
                yield replace(edge, rule=rule, successor=successor)
            else:
                yield self._told(rule, edge)

    @cached_property
    def actors(self) -> tuple[Actor, ...]:
        """All processes, and the network if it has faults."""
        found: list[Actor] = [
            (process, index) for process, size in self.system.processes.items() for index in range(size)
        ]
        if any(rule.process is None for rule in self.system.rules):
            found.append(None)
        return tuple(found)

    # --- the log book --------------------------------------------------------------------------

    def with_book(self, rules: Mapping[int, Rule]) -> System:
        """The system in which only `rules` exist and write down what they do."""
        book = Variable(_BOOK, (), _ENTRIES)
        return replace(
            self.system,
            variables=(*self.system.variables, book),
            rules=tuple(self._noting(rule) for rule in rules.values()),
            properties=(),
            counters=(),
        )

    def _noting(self, rule: Rule) -> Rule:
        entry = self._entry(rule, tuple(Bound(each.name, each.domain) for each in rule.parameters))
        return replace(rule, body=(*self._block(rule.body), entry))

    def _block(self, effects: Effects) -> Effects:
        return tuple(each for effect in effects for each in self._effect(effect))

    def _effect(self, effect: Effect) -> Iterator[Effect]:
        match effect:
            case Note(_, message, sender, receiver):
                yield self._entry(effect, (message, sender, receiver))
            case Choose(name, over, body):
                chosen = self._entry(effect, (Bound(name, element_domain(over.domain)),))
                # At the end of the block: a requirement stands before every write.
                yield replace(effect, body=(*self._block(body), chosen))
            case If(_, then, otherwise):
                yield replace(effect, then=self._block(then), otherwise=self._block(otherwise))
            case ForEach(body=body) | LetIn(body=body):
                yield replace(effect, body=self._block(body))
            case _:
                yield effect

    def _entry(self, what: Note | Choose | Rule, values: tuple[Expression, ...]) -> Write:
        number = len(self._tags)
        self._tags.append(what)
        parts = (Literal(number, Int(number, number)), *values)
        shape = Tuple(tuple(part.domain for part in parts))
        line = Apply("list", (Apply("tuple", parts, shape),), List(shape, None))
        return Write(_BOOK, (), Apply("concatenate", (Read(_BOOK, (), _ENTRIES), line), _ENTRIES))

    @property
    def engine(self) -> StepperFactory | None:
        """The engine; None for the definition."""
        return self._make


class _Mover:
    """What finds the edges of one actor."""

    def __init__(self, steps: Steps, actor: Actor) -> None:
        own = {index: rule for index, rule in enumerate(steps.system.rules) if rule.process == (actor and actor[0])}
        if actor is not None:
            own = {index: _of_one(rule, actor[1]) for index, rule in own.items()}
        self.rules = tuple(own)
        self._plain = replace(steps.system, rules=tuple(own.values()))
        self._stepper = None
        if steps.engine is not None:
            self._stepper = steps.engine(steps.with_book(own), Formulas())
        self._layout = layout_of(self._plain)

    def edges(self, state: State) -> list[Edge | Transition]:
        if self._stepper is None:
            return list(transitions(self._plain, state, self._layout))
        return [*self._stepper.edges((*state, ()))]


class _Focused:
    """What finds the edges of one rule where some of its parameters are known.

    The known values stand in variables of their own, so that what is compiled once serves every process and value.
    """

    def __init__(self, steps: Steps, index: int, known: tuple[int, ...]) -> None:
        rule = steps.system.rules[index]
        self._known = known
        variables = tuple(Variable(f"{_KNOWN} {at}", (), Set(rule.parameters[at].domain)) for at in known)
        parameters = list(rule.parameters)
        guard = rule.guard
        for variable, at in zip(variables, known, strict=True):
            parameter = parameters[at]
            parameters[at] = replace(parameter, over=Read(variable.name, (), variable.domain))
            # Every id is one of its process set, and the messages come from the channel itself.
            if parameter.shown:
                meant = Bound(parameter.name, parameter.domain)
                guard = Connective("and", Apply("in", (meant, parameter.over), Bool()), guard, Bool())
        focused = replace(rule, parameters=tuple(parameters), guard=guard)
        self._stepper = None
        if steps.engine is None:
            self._system = replace(
                steps.system, rules=(focused,), variables=(*steps.system.variables, *variables), properties=()
            )
            self._layout = layout_of(self._system)
        else:
            booked = steps.with_book({index: focused})
            self._stepper = steps.engine(replace(booked, variables=(*booked.variables, *variables)), Formulas())

    def edges(self, state: State, known: Mapping[int, frozenset[Value]]) -> Iterable[Edge | Transition]:
        values = tuple(known[at] for at in self._known)
        if self._stepper is None:
            return transitions(self._system, (*state, *values), self._layout)
        return self._stepper.edges((*state, (), *values))


def _of_one(rule: Rule, index: int) -> Rule:
    """The rule for one process only."""
    first = rule.parameters[0]
    assert first.name == "self"
    assert isinstance(first.domain, Id)
    only = Literal(frozenset((index,)), Set(first.domain))
    return replace(rule, parameters=(replace(first, over=only), *rule.parameters[1:]))
