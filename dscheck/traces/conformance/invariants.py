"""Are invariants and step properties of the spec true on the way? Judged only on explanations that can be completed.

A state on a way that leads nowhere proves nothing about the recorded run. So the levels are first cut down, from the
end, to what leads there. An explanation is sound if some way to it breaks nothing: neither an invariant in a state, nor
a step property between one state and the next, hidden steps included.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dscheck.counterexample import Reason
from dscheck.explore.stepper import Stepper
from dscheck.model.layout import State, layout_of
from dscheck.model.system import Property, System
from dscheck.record import record
from dscheck.semantics.evaluate import StepFailed, evaluate, scope_of
from dscheck.semantics.explain import why
from dscheck.traces.conformance.demands import Item
from dscheck.traces.conformance.footprint import variables_read
from dscheck.traces.conformance.items import Course, Cut
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.walk import Explanation, Level
from dscheck.traces.wording import described

_MOST_REASONS = 8
_MOST_CHANGES = 4

Key = tuple[Cut, Explanation]


@record
class Judged:
    """What came of it.

    Attributes:
        item: after which every explanation breaks a property; None if some explanation breaks none.
        text: what is broken where; empty if nothing is.
        kind: `invariant` or `step`; `too many` if nothing was judged.
        property: the name of what is broken.
    """

    item: Item | None
    text: str
    kind: str = ""
    property: str = ""


@record
class _Breach:
    """A property that is broken.

    Attributes:
        kind: `invariant` or `step`.
        cut: how far the trace is explained.
        before: the state before; that of an invariant is the same.
        after: the state after.
        hidden: `before` or `after` the recorded step, if by a step that is not recorded; else empty.
        wrong: bit i is set if property i of that kind is broken.
    """

    kind: str
    cut: Cut
    before: State
    after: State
    hidden: str
    wrong: int


class _Formulas:
    """Answers properties of states and steps, each once."""

    def __init__(self, system: System, asked: Sequence[Property], stepper: Stepper | None) -> None:
        self.system = system
        self.invariants = tuple(each for each in asked if each.kind == "invariant")
        self.steps = tuple(each for each in asked if each.kind == "step")
        self._stepper = stepper
        # Most steps change little of what the properties read.
        self._read = tuple(_slots_read(system, asked) for asked in (self.invariants, self.steps))
        self._of_states: dict[State, int] = {}
        self._of_steps: dict[tuple[State, State], int] = {}

    def broken_in(self, state: State, cut: Cut, hidden: str = "") -> _Breach | None:
        """Which invariants are false, or have no value, in a state."""
        key = tuple(state[slot] for slot in self._read[0])
        if key not in self._of_states:
            self._of_states[key] = self._found(self.invariants, state, state)
        wrong = self._of_states[key]
        return _Breach("invariant", cut, state, state, hidden, wrong) if wrong else None

    def broken_by(self, before: State, after: State, cut: Cut, hidden: str = "") -> _Breach | None:
        """Which step properties are false, or have no value, of a step."""
        if not self.steps:
            return None
        read = self._read[1]
        key = (tuple(before[slot] for slot in read), tuple(after[slot] for slot in read))
        if key not in self._of_steps:
            self._of_steps[key] = self._found(self.steps, before, after)
        wrong = self._of_steps[key]
        return _Breach("step", cut, before, after, hidden, wrong) if wrong else None

    def _found(self, asked: Sequence[Property], before: State, after: State) -> int:
        if self._stepper is not None:
            try:
                if asked is self.steps:
                    return self._stepper.step_violations(before, after)
                return self._stepper.violations(after)
            except StepFailed:
                pass
        found = 0
        for number, each in enumerate(asked):
            try:
                found |= (not evaluate(each.condition, scope_of(self.system, after, before))) << number
            except StepFailed:
                found |= 1 << number
        return found


def _slots_read(system: System, asked: Sequence[Property]) -> tuple[int, ...]:
    names = variables_read(system, (each.condition for each in asked))
    return tuple(slot for slot, (variable, _) in enumerate(layout_of(system).slots) if variable.name in names)


def judge_invariants(
    observer: Observer, asked: Sequence[Property], stepper: Stepper | None, levels: Sequence[Level], course: Course
) -> Judged:
    """Judge the explanations of a whole trace.

    Args:
        observer: knows the system of the spec.
        asked: its invariants and step properties.
        stepper: answers them, made with the invariants as `always` and the others as `steps`, in this order; without
            it the definition does.
        levels: all explanations with their origins, as `Walker.breadth_first` keeps them.
        course: the recorded steps.
    """
    formulas = _Formulas(observer.system, asked, stepper)
    alive = _completable(levels)
    sound: set[Key] = set()
    suspicion: _Breach | None = None
    latest: _Breach | None = None  # also one among the hidden steps that end the level before
    for number, level in enumerate(levels):
        good, breach = _sound(level, alive[number], sound, formulas, course)
        latest = breach or latest
        if not good:
            assert latest is not None  # some way leads on from what was sound, and it breaks something
            breach = latest
            item = _item_at(course, breach.cut)
            told = _told(observer, formulas, item, breach)
            return Judged(item, "\n".join(told), breach.kind, _broken(formulas, breach).name)
        suspicion = suspicion or breach
        sound = good
    if suspicion is None:
        return Judged(None, "")
    told = _told(observer, formulas, _item_at(course, suspicion.cut), suspicion)
    return Judged(None, "In some explanations, though not in all: " + "\n".join(told))


def _sound(
    level: Level, alive: set[Key], before: set[Key], formulas: _Formulas, course: Course
) -> tuple[set[Key], _Breach | None]:
    """The explanations of a level that some way reaches without a breach, and the first breach on a way that was sound.

    Args:
        level: the explanations.
        alive: those that lead to the end.
        before: the sound ones of the level before.
    """
    first: _Breach | None = None
    good: set[Key] = set()
    todo: list[Key] = []
    onward: dict[Key, list[Key]] = {}  # by hidden steps within the level
    for key in (each for each in level if each in alive):  # in the order of the level, so that answers are the same
        ways = [way for way in level[key] if (way[0], way[1]) in before]
        for cut, explanation, _ in level[key]:
            if (cut, explanation) in level:
                onward.setdefault((cut, explanation), []).append(key)
        if level[key] and not ways:
            continue
        breaches = [_on_the_way(formulas, course, way, key) for way in ways]
        breach = None if None in breaches else next(iter(breaches), None)
        breach = breach or formulas.broken_in(key[1][0], key[0])
        if breach is None:
            good.add(key)
            todo.append(key)
        first = first or breach
    while todo:
        origin = todo.pop()
        for key in onward.get(origin, ()):
            if key in good:
                continue
            state = key[1][0]
            breach = formulas.broken_by(origin[1][0], state, key[0], "after")
            breach = breach or formulas.broken_in(state, key[0], "after")
            if breach is None:
                good.add(key)
                todo.append(key)
            first = first or breach
    return good, first


def _on_the_way(
    formulas: _Formulas, course: Course, way: tuple[Cut, Explanation, tuple[State, ...]], key: Key
) -> _Breach | None:
    """What breaks between an explanation of the level before and this one, whose own state is not looked at."""
    cut, explanation, via = way
    states = (explanation[0], *via, key[1][0])
    for number, (one, other) in enumerate(pairwise(states)):
        last = number == len(via)
        if last and _is_no_step(course, cut, explanation, key):
            return None
        breach = formulas.broken_by(one, other, key[0], "" if last else "before")
        if breach is None and not last:
            breach = formulas.broken_in(other, key[0], "before")
        if breach is not None:
            return breach
    return None


def _is_no_step(course: Course, cut: Cut, before: Explanation, key: Key) -> bool:
    """Is it an observation, or one more message of a step that was there already?"""
    item = _item_between(course, cut, key[0])
    if item.observes:
        return True
    return item.alone and before[0] == key[1][0] and len(dict(before[1]).get(item.actor, ())) > 0


def _completable(levels: Sequence[Level]) -> list[set[Key]]:
    """Of each level, the explanations that lead to the end."""
    alive: list[set[Key]] = [set() for _ in levels]
    alive[-1] = set(levels[-1])
    for number in range(len(levels) - 1, -1, -1):
        todo = list(alive[number])
        while todo:
            key = todo.pop()
            for cut, before, _ in levels[number][key]:
                origin = (cut, before)
                if origin in levels[number]:  # a hidden step, within the level
                    if origin not in alive[number]:
                        alive[number].add(origin)
                        todo.append(origin)
                elif number:
                    alive[number - 1].add(origin)
    return alive


# --- what is said --------------------------------------------------------------------------------


def _item_between(course: Course, before: Cut, after: Cut) -> Item:
    lane = next(lane for lane, (one, other) in enumerate(zip(before, after, strict=True)) if one != other)
    return course.lanes[lane][before[lane]]


def _item_at(course: Course, cut: Cut) -> Item:
    """The item that a cut has seen last, as far as that is known; at the very beginning the first."""
    seen = [items[at - 1] for items, at in zip(course.lanes, cut, strict=True) if at]
    return max(seen, key=lambda item: item.index) if seen else course.lanes[0][0]


def _broken(formulas: _Formulas, breach: _Breach) -> Property:
    asked = formulas.invariants if breach.kind == "invariant" else formulas.steps
    return next(each for number, each in enumerate(asked) if breach.wrong >> number & 1)


def _told(observer: Observer, formulas: _Formulas, item: Item, breach: _Breach) -> list[str]:
    broken = _broken(formulas, breach)
    lines = [f"{breach.kind} {broken.name} is broken: {broken.text}"]
    place = item.first.event.place
    recorded = (f"{place}: " if place.line else "") + described(item.first.event)
    if breach.hidden:
        when = breach.hidden if any(breach.cut) else "before"
        lines.append(f"  by a step that is not recorded, {when} {recorded}")
    elif breach.kind == "step":
        lines.append(f"  by {recorded}")
    if breach.kind == "step":
        lines += [f"    {each}" for each in _changes(observer, breach)]
    try:
        reasons = reason_lines(why(formulas.system, broken.condition, breach.after, breach.before))
        lines += [f"  {line}" for line in reasons[:_MOST_REASONS]]
    except StepFailed:
        lines.append("  it has no value here")
    return lines


def _changes(observer: Observer, breach: _Breach) -> Iterator[str]:
    """What the step changed, as far as a process can see it."""
    shown = 0
    for slot, (variable, _) in enumerate(observer.layout.slots):
        one, other = breach.before[slot], breach.after[slot]
        if one == other or variable.role == "channel":
            continue
        if shown == _MOST_CHANGES:
            yield "…"
            return
        shown += 1
        domain = variable.domain
        yield f"{observer.slot_text(slot)}: {observer.shown(one, domain)}, then {observer.shown(other, domain)}"


def reason_lines(reasons: Sequence[Reason], depth: int = 0) -> list[str]:
    """Reasons as indented lines."""
    lines = []
    for reason in reasons:
        lines.append("  " * depth + (f"{reason.text}: {reason.value}" if reason.value else reason.text))
        lines += reason_lines(reason.because, depth + 1)
    return lines
