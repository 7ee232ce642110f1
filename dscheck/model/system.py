"""What is a transition system? Variables, rules with guards and effects, initial states, properties.

This is the one intermediate representation: it knows nothing of channels, timers, clocks or faults, only
of variables that may carry a `role` for printing. Every engine reads it, `semantics/` defines it.

    effect = Write | If | ForEach | Choose | LetIn | Require | Assert | Count | Note

A rule is a family of transitions, one per binding of its parameters; a parameter's range may read the state and
earlier parameters. A rule is enabled for a binding when its guard is true and some path through its body passes
every `Require`. Effects run in order and see the writes before them; an expression with `old` reads the state before
the step. `Choose` makes one transition per element of its collection (none: failure `choice`).
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal as OneOf

from dscheck.domains import Bool, Domain, Id
from dscheck.model.expressions import Expression, Failure, Literal
from dscheck.record import record
from dscheck.source import SourceFile, Span

# --- effects -----------------------------------------------------------------------------------


@record
class Write:
    """Set the variable at `indices` to `value`, which is known to fit its domain (a `Narrow` saw to it)."""

    variable: str
    indices: tuple[Expression, ...]
    value: Expression


@record
class If:
    """Run one of two blocks; `branch` numbers the pair in `System.branches` (None: added by the model)."""

    test: Expression
    then: "Effects"
    otherwise: "Effects"
    branch: int | None = None


@record
class ForEach:
    """Run the block for each element of `over`, in order, as it was before the loop."""

    name: str
    over: Expression
    body: "Effects"


@record
class Choose:
    """Run the block with one element of `over`; every choice is a transition of its own."""

    name: str
    over: Expression
    body: "Effects"
    failure: Failure


@record
class LetIn:
    """Run the block with `name` bound to the value that the expression has now."""

    name: str
    value: Expression
    body: "Effects"


@record
class Require:
    """Go on only if `test` is true; otherwise this path is no transition. Stands before every write."""

    test: Expression


@record
class Assert:
    """The step fails unless `test` is true."""

    test: Expression
    failure: Failure


@record
class Count:
    """Add `amount` to a counter; counters are weights of transitions, not state.

    One whose name begins with `EVENT` counts an `event` of the spec, which only counterexamples tell of.
    """

    counter: str
    amount: Expression


EVENT = "event "


@record
class Note:
    """Something to tell in a counterexample, without any effect: a message sent, lost or dropped.

    Attributes:
        kind: what happened.
        message: the message, a value of a message domain.
        sender: an id.
        receiver: an id.
    """

    kind: OneOf["sent", "dropped", "received", "lost", "duplicated", "discarded"]
    message: Expression
    sender: Expression
    receiver: Expression


Effect = Write | If | ForEach | Choose | LetIn | Require | Assert | Count | Note
Effects = tuple[Effect, ...]


# --- the system --------------------------------------------------------------------------------

VariableRole = OneOf["variable", "shared", "clock", "timer", "up", "budget", "channel", "cut", "knowledge"]


@record
class Variable:
    """A state variable, or an array of them.

    Attributes:
        name: unique, as people know it: `Node.mode`, `network Node->Lock`.
        indices: the id domains that index it; empty for a single variable.
        domain: of each entry.
        role: what it stands for; only reports read it.
        ghost: only properties read it.
        span: its declaration.
    """

    name: str
    indices: tuple[Id, ...]
    domain: Domain
    role: VariableRole = "variable"
    ghost: bool = False
    span: Span | None = field(default=None, compare=False)

    @property
    def size(self) -> int:
        """How many entries."""
        count = 1
        for index in self.indices:
            count *= index.size
        return count


RuleKind = OneOf["action", "arrival", "timeout", "crash", "recover", "loss", "duplicate", "cut", "heal", "discard"]


@record
class Parameter:
    """A parameter of a rule.

    Attributes:
        name: how expressions refer to it (`Bound`).
        over: the collection it ranges over; may read the state and earlier parameters.
        domain: of the parameter.
        shown: whether a label shows it as a binding (`self` and the message are shown elsewhere).
    """

    name: str
    over: Expression
    domain: Domain
    shown: bool = True


@record
class Obligation:
    """What a fair run may not put off for ever.

    Each binding of the rule's parameters stands for one obligation: two labels, also of different rules, stand for the
    same one exactly if their `group` and the values of their `key` are equal. It is enabled in a state in which some
    label that `enables` it is enabled, be it one that fails; a step whose label has it takes it. A weak one may not be
    enabled for ever and never taken, a strong one not be enabled again and again and never taken.

    Attributes:
        group: what is owed, as people know it: `fair action enter of Node`, `arrival Node->Lock`.
        strength: weak or strong.
        key: which of the group; over the rule's parameters alone, so that choices are no part of it.
        condition: over the same; a label for which it is false does not have the obligation.
        enables: false when a step only ends the obligation, as a loss does that takes the message away.
    """

    group: str
    strength: OneOf["weak", "strong"]
    key: tuple[Expression, ...]
    condition: Expression = Literal(True, Bool())
    enables: bool = True


@record
class Rule:
    """A family of transitions.

    Attributes:
        name: `request`, `on Request`, `timeout lease`, `crash`, …
        kind: what happens; `crash` and the like are faults.
        process: the process set that takes the step or is struck; None for faults of the network.
        parameters: in order; `self` is the process, `sender` and `message` those of an arrival.
        guard: over the parameters and the state.
        body: the effects.
        fairness: whether a run may ignore it for ever, as written.
        torn: the variant in which the process crashes in mid-step.
        span: its declaration.
        owed: the obligations that its labels have; only questions of progress read them.
    """

    name: str
    kind: RuleKind
    process: str | None
    parameters: tuple[Parameter, ...]
    guard: Expression
    body: Effects
    fairness: OneOf["", "fair", "strong fair"] = ""
    torn: bool = False
    span: Span | None = field(default=None, compare=False)
    owed: tuple[Obligation, ...] = ()

    @property
    def is_fault(self) -> bool:
        """Faults are never owed, and do not keep a state from being final."""
        return self.kind in {"crash", "recover", "loss", "duplicate", "cut", "heal"} or self.torn


@record
class Definition:
    """A named expression over the state, with parameters."""

    name: str
    parameters: tuple[tuple[str, Domain], ...]
    body: Expression


PropertyKind = OneOf[
    "invariant",
    "step",
    "reachable",
    "bound",
    "tight",
    "final",
    "assumption",
    "release",
    "progress",
    "eventually",
    "always eventually",
]
PROGRESS_KINDS = frozenset({"progress", "eventually", "always eventually"})
"""What some run can violate only by never doing something."""


@record
class Instance:
    """One binding of a property of progress: from `left` on, `right` must come.

    Attributes:
        bindings: the values of its parameters as text, by name: `{"p": "Node[1]"}`.
        left: where `right` begins to be owed.
        right: what must come.
        initially: whether `left` is asked of initial states only.
    """

    bindings: Mapping[str, str]
    left: Expression
    right: Expression
    initially: bool = False


@record
class Property:
    """A question about all runs.

    Attributes:
        name: unique; a `tight` one is called `tight NAME`.
        kind: invariant, reachable, final and assumption are over one state, step and release over two (`old` reads the
            first). An assumption is judged as an invariant, and a release as a step, whose violation is welcome.
            Those of `PROGRESS_KINDS` are over infinite runs, see `instances`.
        condition: the formula; for bound and tight the condition A under which it is judged.
        counters: of a bound, `coefficient` per counter name: sum of coefficient × counter `<=` limit.
            A bound with `>=` is stored with both sides negated.
        limit: of a bound, an expression over the state.
        antecedents: left sides of the implications inside, closed by their quantifiers: each should be true somewhere.
        text: the formula as written.
        instances: of a property of progress, one per binding of its parameters; it is violated if one of them is.
    """

    name: str
    kind: PropertyKind
    condition: Expression
    counters: tuple[tuple[str, int], ...] = ()
    limit: Expression | None = None
    antecedents: tuple[tuple[str, Expression], ...] = ()
    text: str = ""
    span: Span | None = field(default=None, compare=False)
    instances: tuple[Instance, ...] = ()


@record
class Assumption:
    """What is assumed of a timer: it does not expire before some condition is true.

    Attributes:
        name: of the timer, as written; also of the property that the assumption removes no timeout.
        condition: as written.
        block: the timing block that proves it; empty if none does.
    """

    name: str
    condition: str
    block: str


@record
class System:
    """A transition system, for one choice of constants and settings.

    Attributes:
        source: the text it came from.
        protocol: its name.
        settings: every effective setting, in the order to print: `N = 3`, `network.order = unordered`.
        processes: process sets and their sizes.
        singletons: those declared without brackets.
        variables: in the order of the state.
        definitions: by name; a definition may invoke earlier ones.
        rules: in the order in which labels are enumerated.
        initial: effects that write every variable once, run from a state of undefined values; `Choose` in it makes
            several initial states.
        properties: those that are asked.
        counters: names of the counters that asked bounds use.
        branches: source place of each numbered `If`: (then, otherwise or None when it has no else); None for one whose
            coverage says nothing.
        assumptions: what the verdict must say it assumed.
        assumed: what is assumed of timers.
        symmetric: process sets whose ids are interchangeable.
    """

    source: SourceFile
    protocol: str
    settings: Mapping[str, str]
    processes: Mapping[str, int]
    singletons: frozenset[str]
    variables: tuple[Variable, ...]
    definitions: Mapping[str, Definition]
    rules: tuple[Rule, ...]
    initial: Effects
    properties: tuple[Property, ...]
    counters: tuple[str, ...]
    branches: tuple[tuple[Span, Span | None] | None, ...]
    assumptions: tuple[str, ...] = ()
    assumed: tuple[Assumption, ...] = ()
    symmetric: frozenset[str] = frozenset()

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """The distinct obligations of all rules, in their order: engines number them by it."""
        return tuple(dict.fromkeys(obligation for rule in self.rules for obligation in rule.owed))

    def variable(self, name: str) -> Variable:
        """The variable of that name.

        Raises:
            KeyError: there is none.
        """
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)
