"""Why is a recorded step none of the spec's? The nearest step, and the guard or value that refuses it.

Of each of a few explanations of everything before: the step of the recorded name that comes nearest to being
possible; the first part of its guard that is false, with the values that make it so, or the recorded value that
differs. Then the few events that suffice to see it: the one before at that node, the other end of the message, and
the last to change a value that refuses.
"""

from collections.abc import Iterable, Iterator, Sequence

from dscheck.model.expressions import Connective, Expression, Let, Literal, Read
from dscheck.model.layout import State
from dscheck.model.rewriting import parts_of
from dscheck.model.system import Rule
from dscheck.record import record
from dscheck.semantics.evaluate import Scope, StepFailed, elements, evaluate, scope_of
from dscheck.semantics.explain import why
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.agreement import agrees
from dscheck.traces.conformance.demands import Item
from dscheck.traces.conformance.invariants import reason_lines
from dscheck.traces.conformance.items import Cut
from dscheck.traces.conformance.looks import unseen
from dscheck.traces.conformance.missing_messages import difference, not_under_way, sent_by_receipts, sent_otherwise, who
from dscheck.traces.conformance.naming import spec_name
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import process_set
from dscheck.traces.conformance.told import Told, cut_line
from dscheck.traces.conformance.walk import Explanation, TooMany, Walked, Walker
from dscheck.traces.event import Event, Trace
from dscheck.traces.finding import Witness
from dscheck.traces.wording import counted, described, witness

_GUARD_FALSE = 3  # how far a step is away whose guard is false
_MOST_EXPLANATIONS = 3
_MOST_LINES = 16
_MOST_VALUES = 4


@record
class _Near:
    """The nearest step in one explanation.

    Attributes:
        distance: smaller is nearer.
        lines: why it is refused.
        slots: of the state, whose values refuse it.
        kind: as in `Told`.
    """

    distance: tuple[int, int]
    lines: tuple[str, ...]
    slots: tuple[int, ...] = ()
    kind: str = "not possible"


def no_beginning(observer: Observer, trace: Trace) -> str:
    """Why no initial state is the one of the header."""
    wanted = observer.initial(trace.header.initial)
    shown = ", ".join(f"{each.name} = {each.recorded}" for each in wanted) or "no initial state at all"
    return f"no run of {observer.system.protocol} begins as the header says: {shown}"


def explain_rejection(trace: Trace, walker: Walker, walked: Walked, initial: list[State], limit: int) -> Told:
    """Say why the walk ended.

    Args:
        trace: that was walked.
        walker: found the explanations.
        walked: how far it came.
        initial: where it began.
        limit: most explanations at one time.
    """
    level = walked.levels[-1]
    item, sources = _stuck(walker, level)
    observer = walker.observer
    if item.observes:
        states = [state for cut, explanation in sources for state in walker.reached(cut, explanation)]
        quiet = [state for state in states if not walker.moves(state)] if item.quiet else []
        return unseen(observer, item, quiet or states)
    nearest = sorted(
        ((_nearest(walker, item, explanation), cut, explanation) for cut, explanation in sources),
        key=lambda each: each[0].distance,
    )
    event = item.first.event
    where = "" if event.place.line == 0 else f"{event.place}: "
    lines = [f"{where}{described(event)}: no step of {observer.system.protocol} can be this one", *who(observer, item)]
    best, cut, explanation = nearest[0]
    distinct = list(dict.fromkeys(near.lines for near, _, _ in nearest))
    if len(distinct) > 1 or len(sources) > 1:
        lines.append(f"  {_begun(len(level), walked.steps)}; none goes on")
    for near in distinct[:_MOST_EXPLANATIONS]:
        lines.extend(f"  {line}" for line in near)
    if len(distinct) > _MOST_EXPLANATIONS:
        lines.append(f"  and {counted(len(distinct) - _MOST_EXPLANATIONS, 'explanation')} more")
    path = _path(walker, walked, initial, limit, (cut, explanation))
    core = _core(trace, item, best.slots, path)
    refused = [list(each) for each in distinct[:_MOST_EXPLANATIONS]]
    shown = [cut_line(line) for line in lines]
    if len(shown) > _MOST_LINES:
        shown[_MOST_LINES - 1 :] = ["  …"]
    return Told(
        "\n".join(shown),
        best.kind,
        (witness(event, "refused"),),
        core,
        {"event": item.index, "action": item.first.said(), "refused": refused},
    )


def _begun(explanations: int, steps: int) -> str:
    before = "the step" if steps == 1 else f"the {steps:,} steps"
    return f"{explanations:,} explanations of {before} before it" if steps else f"{explanations:,} initial states"


def _stuck(walker: Walker, level: Iterable[tuple[Cut, Explanation]]) -> tuple[Item, list[tuple[Cut, Explanation]]]:
    """The first item that cannot follow, and the explanations that it should follow."""
    keys = list(level)
    first = keys[0][0]
    sources = [key for key in keys if key[0] == first]
    item = next(each for each, _ in walker.course.following(first))
    return item, sources[:200]


def _nearest(walker: Walker, item: Item, explanation: Explanation) -> _Near:
    observer = walker.observer
    state = explanation[0]
    rules = sorted(item.rules)
    actor = "the network" if item.actor is None else spec_name(observer.system, *item.actor)
    receipt = sent_by_receipts(observer, item)
    if not rules and receipt is None:
        named = sorted({rule.name for rule in observer.system.rules if rule.process == (item.actor and item.actor[0])})
        shown = ", ".join(named[:12]) + (", …" if len(named) > 12 else "")
        return _Near(
            (9, 0), (f"{actor} has no step called `{item.first.said()}`; it has: {shown}",), (), "no such name"
        )
    elsewhere = not_under_way(observer, item, state)
    if elsewhere is not None:
        return _Near((7, 0), *elsewhere)
    found = [_refused(observer, item, state, step) for step in walker.steps.of(item.actor, state) if step.rule in rules]
    if item.alone:
        mine = dict(explanation[1]).get(item.actor, ())
        for structural, number, lines, slots in sent_otherwise(observer, item, state, mine):
            found.append(_Near((structural, number), lines, slots, "values"))
    nearest = min(found, key=lambda near: near.distance, default=None)
    if item.first.arguments and (nearest is None or nearest.distance[0]):
        argued = [_blocked(observer, item, state, index, argued=True) for index in rules]
        argued = [near for near in argued if near.distance[0] == _GUARD_FALSE]
        if argued:  # what refuses the recorded arguments says more than that other ones are possible
            return min(argued, key=lambda near: near.distance)
    if nearest is not None:
        return nearest
    if receipt is not None:
        return _Near((2, 0), receipt)
    blocked = [_blocked(observer, item, state, index) for index in rules]
    return min(blocked, key=lambda near: near.distance)


def _refused(observer: Observer, item: Item, state: State, step: Transition) -> _Near:
    """A step that is possible, but is not what was recorded."""
    refusals = list(observer.refusals(item, state, step))
    rule = observer.system.rules[step.rule]
    said = [difference(each) for each in refusals[:_MOST_VALUES]]
    text = f"`{rule.name}` is possible, but {'; '.join(said)}"
    slots = tuple(each.place for each in refusals if each.place >= 0)
    structural = sum(each.place < 0 for each in refusals)
    return _Near((structural, len(refusals)), (text,), slots, "values")


# --- steps that are not possible ---------------------------------------------------------------


def _blocked(observer: Observer, item: Item, state: State, index: int, *, argued: bool = False) -> _Near:
    """The binding of a rule's parameters that comes nearest, and what is false for it.

    Args:
        argued: only bindings to the recorded arguments.
    """
    rule = observer.system.rules[index]
    scope = scope_of(observer.system, state, layout=observer.layout)
    if item.actor is not None:
        scope = scope.bind("self", item.actor[1])
    best: _Near | None = None
    empty: Expression | None = None
    try:
        for bound in _bindings(rule, 1 if item.actor is not None else 0, scope):
            if isinstance(bound, Read):
                empty = bound
                continue
            if not _wanted(observer, item, rule, bound) or (argued and not _is_argued(observer, item, rule, bound)):
                continue
            near = _first_false(observer, rule, bound)
            if best is None or near.distance < best.distance:
                best = near
    except StepFailed as stopped:
        return _Near((5, 0), (f"`{rule.name}` fails: {stopped.failed.failure.message}",))
    if best is not None:
        return best
    if item.actor is not None and rule.kind == "arrival":
        return _not_there(observer, item, rule, scope)
    slots = () if empty is None else _read(empty, scope)
    if not slots:
        return _Near((6, 0), (f"`{rule.name}` has no such arguments",))
    of = "; ".join(
        f"{observer.slot_text(slot)}: {observer.shown(state[slot], observer.layout.slots[slot][0].domain)}"
        for slot in slots
    )
    return _Near((6, 0), (f"`{rule.name}` has nothing to choose from: {of}",), slots)


def _is_argued(observer: Observer, item: Item, rule: Rule, scope: Scope) -> bool:
    """Are the parameters what is recorded, as far as it is?"""
    shown = [each for each in rule.parameters if each.shown]
    return all(
        agrees(recorded, scope.bindings[each.name], each.domain, observer.names, observer.system.singletons)
        for position, each in enumerate(shown)
        for name, recorded in item.first.arguments.items()
        if name in (each.name, str(position))
    )


def _bindings(rule: Rule, at: int, scope: Scope) -> Iterator[Scope | Read]:
    """Scopes with all parameters bound; a channel where it has nothing to offer."""
    if at == len(rule.parameters):
        yield scope
        return
    parameter = rule.parameters[at]
    values = list(elements(parameter.over, scope))
    if not values:
        reads = [part for part in parts_of(parameter.over) if isinstance(part, Read)]
        yield from reads[:1]
    for value in dict.fromkeys(values):
        yield from _bindings(rule, at + 1, scope.bind(parameter.name, value))


def _wanted(observer: Observer, item: Item, rule: Rule, scope: Scope) -> bool:
    """Could these be the parameters of the recorded step?"""
    if rule.kind != "arrival":
        return True
    value = scope.bindings["message"]
    if value[0] != rule.name.removeprefix("on "):
        return False
    message = item.first.message
    if item.first.event.kind != "recv" or message is None or item.actor is None:
        return True
    sender = (process_set(rule.parameters[1].domain), scope.bindings["sender"])
    return observer.is_message(message, value, sender, item.actor, sender)


def _first_false(observer: Observer, rule: Rule, scope: Scope) -> _Near:
    passed = 0
    for conjunct in _conjuncts(rule.guard):
        try:
            if evaluate(conjunct, scope):
                passed += 1
                continue
            closed = _closed(conjunct, rule, scope)
            because = reason_lines(why(observer.system, closed, scope.state, scope.state))
        except StepFailed as stopped:
            return _Near((4, -passed), (f"`{rule.name}` fails: {stopped.failed.failure.message}",))
        text = "" if conjunct.span is None else observer.system.source.slice(conjunct.span)
        head = f"`{rule.name}` needs {text}" if text else f"`{rule.name}` is not possible"
        tail = [line for line in because[:_MOST_VALUES] if line.strip() != f"{text}: false"]
        return _Near(
            (_GUARD_FALSE, -passed),
            (head + (", but:" if tail else ""), *(f"  {line}" for line in tail)),
            _read(conjunct, scope),
        )
    return _Near((4, -passed), (f"`{rule.name}` is not possible",))


def _closed(conjunct: Expression, rule: Rule, scope: Scope) -> Expression:
    """The conjunct with its parameters bound inside, so that it has no free names."""
    closed = conjunct
    for parameter in reversed(rule.parameters):
        value = Literal(scope.bindings[parameter.name], parameter.domain)
        closed = Let(parameter.name, value, closed, closed.domain)
    return closed


def _read(conjunct: Expression, scope: Scope) -> tuple[int, ...]:
    """The slots that a conjunct reads, as far as its own names say."""
    found = []
    for part in parts_of(conjunct):
        if isinstance(part, Read):
            try:
                found.append(scope.layout.slot(part.variable, tuple(evaluate(each, scope) for each in part.indices)))
            except (StepFailed, KeyError):
                continue  # an index that only an inner name gives
    return tuple(dict.fromkeys(found))


def _not_there(observer: Observer, item: Item, rule: Rule, scope: Scope) -> _Near:
    """The message that should arrive is not what can arrive."""
    assert item.actor is not None
    wanted = item.first.message
    lines = []
    slots = []
    for slot, (variable, indices) in enumerate(observer.layout.slots):
        if variable.role != "channel" or (variable.indices[1].process, indices[1]) != item.actor:
            continue
        sender = (variable.indices[0].process, indices[0])
        if wanted is not None and wanted.peer is not None and wanted.peer != sender:
            continue
        if rule.kind == "arrival" and sender[0] != process_set(rule.parameters[1].domain):
            continue
        slots.append(slot)
        if scope.state[slot]:
            lines.append(
                f"  from {spec_name(observer.system, *sender)}: {observer.shown(scope.state[slot], variable.domain)}"
            )
    text = "the message" if wanted is None else observer.wanted_text(item.first)
    under_way = "nothing is under way to it" if not lines else "under way to it are:"
    return _Near((7, 0), (f"{text} cannot arrive: {under_way}", *lines[:_MOST_VALUES]), tuple(slots))


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Connective) and expression.kind == "and":
        yield from _conjuncts(expression.left)
        yield from _conjuncts(expression.right)
    else:
        yield expression


# --- the events that suffice -------------------------------------------------------------------


def _path(
    walker: Walker, walked: Walked, initial: list[State], limit: int, last: tuple[Cut, Explanation]
) -> list[tuple[Item | None, State]]:
    """One way to an explanation: the items, each with the state after it; the beginning first."""
    if len(walker.course.lanes) != 1:
        return []
    try:
        levels = (walked if walked.kept else walker.breadth_first(initial, limit, keep=True)).levels
    except TooMany:
        return []
    items = walker.course.lanes[0]
    path: list[tuple[Item | None, State]] = []
    key = last
    for number in range(walked.steps, -1, -1):
        path.append((items[number - 1] if number else None, key[1][0]))
        while key in levels[number] and levels[number][key]:
            cut, before, _ = levels[number][key][0]
            key = (cut, before)
            if key not in levels[number]:
                break
    path.reverse()
    return path


def _core(
    trace: Trace, item: Item, slots: Sequence[int], path: Sequence[tuple[Item | None, State]]
) -> tuple[Witness, ...]:
    event = item.first.event
    found: dict[int, Witness] = {item.index: witness(event, "refused")}
    for other in _other_end(trace, event):
        found.setdefault(other, witness(trace.events[other], "the other end of the message"))
    for slot in slots:
        for (_, before), (changing, after) in zip(path[-2::-1], path[:0:-1], strict=False):
            if changing is not None and before[slot] != after[slot]:
                found.setdefault(changing.index, witness(changing.first.event, "changed it last"))
                break
    earlier = [index for index, each in enumerate(trace.events) if each.node == event.node and each.seq < event.seq]
    if earlier:
        last = max(earlier, key=lambda index: trace.events[index].seq)
        found.setdefault(last, witness(trace.events[last], "before it at that node"))
    return tuple(found.values())[:4]


def _other_end(trace: Trace, event: Event) -> list[int]:
    if event.msg is None:
        return []
    return [index for index, each in enumerate(trace.events) if each.msg == event.msg and each is not event][:1]
