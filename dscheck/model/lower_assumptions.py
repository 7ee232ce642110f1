"""What does `assume TIMER waits until …` change? That timer's timeouts, and what every check asks.

An assumption delays: it is one more guard of the timeouts. Two questions keep it from hiding runs. In no final state
may it be the only thing that keeps a timeout from happening, or else it removes that timeout. And in some run a
timeout must be delayed and then released, or else it says nothing.
"""

from dscheck.domains import Bool
from dscheck.language import syntax
from dscheck.language.check_assume import assumption_name, owners_of
from dscheck.language.checked import ProcessInfo
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Invoke,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)
from dscheck.model.lower_expression import before_step, lower_expression
from dscheck.model.lowering import BOOL, FALSE, TRUE, Lowering, conjunction, disjunction, negation
from dscheck.model.scope import Scope
from dscheck.model.system import Assumption, Definition, Property, Rule

DELAYS = "it delays a timeout"
RELEASED = "released"
_STUCK = "stuck"


def assumed(lowering: Lowering) -> dict[tuple[str, str], syntax.Assume]:
    """The assumptions that are on, by process set and timer."""
    checked, on = lowering.checked, lowering.configuration.assumptions
    return {
        (owner, node.timer.name): node
        for node in checked.assumes
        for owner in owners_of(node, checked.processes)
        if on is None or assumption_name(node) in on
    }


def assumptions_of(lowering: Lowering) -> tuple[Assumption, ...]:
    """The assumptions that are on, as a verdict tells of them."""
    source = lowering.checked.source
    return tuple(
        Assumption(
            name=assumption_name(node),
            condition=" ".join(source.slice(node.condition.span).split()),
            block="" if node.because is None else node.because.name,
        )
        for node in assumed(lowering).values()
    )


def waiting(lowering: Lowering, info: ProcessInfo, timer: str, scope: Scope, ready: Expression) -> Expression:
    """For what a timeout that is `ready` has to wait; true if nothing is assumed of its timer.

    Args:
        lowering: the spec; told when the assumption delays, for the properties.
        info: whose timer it is.
        timer: its name.
        scope: of the timeout's guard.
        ready: the rest of the guard.
    """
    node = assumed(lowering).get((info.name, timer))
    if node is None:
        return TRUE
    condition = lower_expression(lowering, node.condition, scope)
    allowed = disjunction(_reads_one_that_is_down(lowering, condition, scope.local["self"]), condition)
    lowering.delays.setdefault((info.name, timer), []).append(conjunction(ready, negation(allowed)))
    return allowed


def _reads_one_that_is_down(lowering: Lowering, condition: Expression, own: Expression) -> Expression:
    """Does evaluating `condition` read a variable of a process that is down?

    Such a process will not make the condition true: without this, a crash would remove the timeout. It follows the way
    in which the condition is evaluated, so that `holder == none or holder.epoch != grant` asks nobody if there is none.
    """

    def reads(part: Expression) -> Expression:
        match part:
            case Literal() | Bound() | Invoke():
                return FALSE
            case Read(variable, indices):
                process = variable.partition(".")[0]
                inner = [reads(index) for index in indices]
                foreign = process in lowering.checked.processes and indices != (own,)
                return disjunction(*inner, negation(lowering.is_up(process, indices[0])) if foreign else FALSE)
            case Apply(_, arguments):
                return disjunction(*map(reads, arguments))
            case Connective(kind, left, right):
                goes_on = negation(left) if kind == "or" else left
                return disjunction(reads(left), _and(goes_on, reads(right)))
            case Conditional(test, then, otherwise):
                yes, no = reads(then), reads(otherwise)
                either = FALSE if yes == no == FALSE else Conditional(test, yes, no, BOOL)
                return disjunction(reads(test), either)
            case Quantified(_, name, over, body):
                return disjunction(reads(over), _some(name, over, reads(body)))
            case Collected(_, name, over, test, element):
                asked = FALSE if test is None else reads(test)
                made = FALSE if element is None else reads(element)
                return disjunction(
                    reads(over), _some(name, over, disjunction(asked, made if test is None else _and(test, made)))
                )
            case Let(name, value, body):
                inner_ = reads(body)
                return disjunction(reads(value), FALSE if inner_ == FALSE else Let(name, value, inner_, BOOL))
            case Narrow(value):
                return reads(value)

    return reads(condition)


def _and(first: Expression, then: Expression) -> Expression:
    return FALSE if then == FALSE else conjunction(first, then)


def _some(name: str, over: Expression, body: Expression) -> Expression:
    return FALSE if body == FALSE else Quantified("exists", name, over, body, BOOL)


def stuck(rules: list[Rule]) -> Definition:
    """No process can take a step: the state is final."""
    possible: list[Expression] = []
    for rule in rules:
        if rule.kind not in {"action", "timeout"} or rule.torn:
            continue  # silence speaks of messages, and faults do not count
        enabled = rule.guard
        for parameter in reversed(rule.parameters):
            enabled = Quantified("exists", parameter.name, parameter.over, enabled, Bool())
        possible.append(enabled)
    return Definition(_STUCK, (), conjunction(Invoke("silence", (), BOOL), negation(disjunction(*possible))))


def assumption_properties(lowering: Lowering) -> list[Property]:
    """Two questions per assumption: does it remove a timeout, and is a delayed timeout ever released?

    The second is a `step` that no step should be: a run that breaks it is what is looked for.
    """
    found: list[Property] = []
    for (process, timer), node in assumed(lowering).items():
        name, everyone = assumption_name(node), lowering.all_ids(process)
        own = Bound("self", lowering.id_domain(process))
        delayed = disjunction(*lowering.delays[process, timer])
        someone = Quantified("exists", "self", everyone, delayed, BOOL)
        text = lowering.checked.source.slice(node.span)
        found.append(
            Property(
                name,
                "assumption",
                disjunction(negation(someone), negation(Invoke(_STUCK, (), BOOL))),
                antecedents=((DELAYS, someone),),
                text=text,
                span=node.span,
            )
        )
        running = Read(f"{process}.{timer}", (own,), BOOL)
        scope = Scope(lowering.checked.tables, process, {"self": own})
        comes_true = conjunction(
            before_step(lowering, delayed), running, lower_expression(lowering, node.condition, scope)
        )
        release = negation(Quantified("exists", "self", everyone, comes_true, BOOL))
        found.append(Property(released_name(name), "release", release, text=text, span=node.span))
    return found


def released_name(assumption: str) -> str:
    """The name of the question whether a timeout that it delays is ever released."""
    return f"{assumption} {RELEASED}"
