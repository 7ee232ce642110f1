"""Which states can the system be in after each recorded step? Sets of explanations, step by step.

An explanation so far is a state of the spec, and messages of it that no event has recorded yet. Those after an event
are all successors, by a step that the event may record, of what hidden steps make of those before it. The log is a
behaviour of the spec unless none is left.
H. Cirstea, M. A. Kuppe, B. Loillier, S. Merz: Validating traces of distributed programs against TLA+ specifications.
SEFM 2024.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from dscheck.model.layout import State
from dscheck.record import record
from dscheck.semantics.step import Transition
from dscheck.traces.conformance.demands import Item, Sent
from dscheck.traces.conformance.focusing import Focus, choices_at, focus_of
from dscheck.traces.conformance.items import Course, Cut
from dscheck.traces.conformance.looks import may_be_put_off
from dscheck.traces.conformance.observed import Observer
from dscheck.traces.conformance.steps import Actor, Steps

# A state, and per process what its last step sent and no event has recorded yet.
Explanation = tuple[State, tuple[tuple[Actor, tuple[Sent, ...]], ...]]
# How an explanation came about: the one before it, and the states of the hidden steps between.
Origin = tuple[Cut, Explanation, tuple[State, ...]]
Level = dict[tuple[Cut, Explanation], list[Origin]]

_MOST_HIDDEN = 2_000  # states that hidden steps lead to from one explanation, before all of them are tried everywhere
_MOST_REMEMBERED = 50_000  # states of which the hidden steps are kept


class TooMany(Exception):
    """There are more explanations than the limit allows."""


@record
class Hidden:
    """Steps that no event needs to record.

    Attributes:
        rules: indices in `System.rules`.
        may_be_lost: whether a message that is lost would not be missed by what the trace records later.
    """

    rules: frozenset[int]
    may_be_lost: Callable[[Cut, State, Transition], bool]


@record
class Walked:
    """How far the explanations of a trace reach.

    Attributes:
        complete: does one explain everything?
        levels: the explanations before each item, the last ones at the end; only the last level unless all were kept.
        steps: how many items were explained.
        widest: most explanations at one time.
    """

    complete: bool
    levels: list[Level]
    steps: int
    widest: int

    @property
    def kept(self) -> bool:
        """Are the levels those before every item, and the last one?"""
        return len(self.levels) == self.steps + 1


@record
class Walker:
    """Finds explanations.

    Attributes:
        steps: of the system.
        observer: judges them.
        course: the recorded steps.
        hidden: what may happen between them.
        eager: try hidden steps always, and not only where the recorded step is impossible without.
        found: hidden successors by state, found before.
        focuses: what is known of the parameters, by the index of an item and a rule.
    """

    steps: Steps
    observer: Observer
    course: Course
    hidden: Hidden
    eager: bool = False
    found: dict[State, list[tuple[Actor, Transition]]] = field(default_factory=dict)
    focuses: dict[tuple[int, int], Focus] = field(default_factory=dict)

    def breadth_first(self, initial: list[State], limit: int, *, keep: bool = False) -> Walked:
        """All explanations, step by step.

        Args:
            initial: the states to begin with.
            limit: most explanations at one time.
            keep: every level, with the origins of its explanations.

        Raises:
            TooMany: there are more.
        """
        level: Level = {(self.course.start, (state, ())): [] for state in initial}
        levels = [level]
        widest = len(level)
        for number in range(self.course.length):
            if self.eager:
                self._close(level, limit)
            after: Level = {}
            for cut, explanation in level:
                for item, beyond in self.course.following(cut):
                    for found, via in self.explained(cut, item, explanation):
                        after.setdefault((beyond, found), []).append((cut, explanation, via))
                if len(after) > limit:
                    raise TooMany
            if not after:
                return Walked(False, levels if keep else [level], number, widest)
            level = after
            widest = max(widest, len(level))
            if keep:
                levels.append(level)
        return Walked(True, levels if keep else [level], self.course.length, widest)

    def depth_first(self, initial: list[State], limit: int) -> Walked:
        """One explanation of everything, if there is one; memory of what was tried keeps it from being tried again.

        Raises:
            TooMany: more than `limit` explanations were tried.
        """
        stack: list[tuple[Cut, Explanation]] = [(self.course.start, (state, ())) for state in reversed(initial)]
        seen = set(stack)
        deepest = 0
        last: Level = {key: [] for key in stack}
        while stack:
            cut, explanation = stack.pop()
            depth = sum(cut)
            if depth > deepest:
                deepest, last = depth, {}
            if depth == deepest:
                last[cut, explanation] = []
            if depth == self.course.length:
                return Walked(True, [last], depth, len(seen))
            onward = [(cut, hidden) for hidden in self._hidden_steps(cut, explanation)] if self.eager else []
            for item, beyond in self.course.following(cut):
                onward.extend((beyond, found) for found, _ in self.explained(cut, item, explanation))
            for each in onward:
                if each not in seen:
                    seen.add(each)
                    stack.append(each)
            if len(seen) > limit:
                raise TooMany
        return Walked(False, [last], deepest, len(seen))

    def _close(self, level: Level, limit: int) -> None:
        """Add what hidden steps make of the explanations."""
        todo = list(level)
        while todo:
            cut, explanation = todo.pop()
            for hidden in self._hidden_steps(cut, explanation):
                if (cut, hidden) not in level:
                    level[cut, hidden] = [(cut, explanation, ())]
                    todo.append((cut, hidden))
                elif level[cut, hidden]:  # what is there from the beginning needs no origin
                    level[cut, hidden].append((cut, explanation, ()))
            if len(level) > limit:
                raise TooMany

    # --- one step ------------------------------------------------------------------------------

    def explained(
        self, cut: Cut, item: Item, explanation: Explanation
    ) -> Iterator[tuple[Explanation, tuple[State, ...]]]:
        """What explains the item too; with hidden steps before it only where it is impossible without."""
        direct = dict.fromkeys(self.matching(item, explanation))
        if direct or self.eager or not self.hidden.rules:
            yield from ((found, ()) for found in direct)
            return
        yield from self._just_in_time(cut, item, explanation).items()

    def matching(self, item: Item, explanation: Explanation) -> Iterator[Explanation]:
        """What is explained by a step that may be the recorded one."""
        state, open_sends = explanation
        if item.observes:
            if not any(self.observer.values((*item.first.before, *item.first.after), state)) and not (
                item.quiet and self.moves(state)
            ):
                yield explanation
            return
        others = tuple(each for each in open_sends if each[0] != item.actor)
        if item.alone:
            mine = dict(open_sends).get(item.actor, ())
            if mine and not any(self.observer.values(item.first.after, state)):
                for sent in dict.fromkeys(mine):
                    if self.observer.is_sent(item.first, item.actor, sent):
                        yield state, self._open(item, others, _without(mine, sent))
        for step in self.possible(item, state):
            if step.successor is None or not self.observer.accepts(item, state, step):
                continue
            if not item.keeps:
                yield step.successor, others
                continue
            for left in self._unrecorded(item, self.observer.sent(step)):
                yield step.successor, self._open(item, others, left)

    def possible(self, item: Item, state: State) -> Iterator[Transition]:
        """The steps that the recorded names, arguments and messages leave open."""
        if any(self.observer.values(item.first.before, state)):
            return
        for rule in sorted(item.rules):
            key = (item.index, rule)
            if key not in self.focuses:
                self.focuses[key] = focus_of(self.observer, item, self.steps.system.rules[rule])
            yield from self.steps.of_rule(rule, state, choices_at(self.observer, item, self.focuses[key], state))

    def _unrecorded(self, item: Item, sent: tuple[Sent, ...]) -> Iterator[tuple[Sent, ...]]:
        """What a step sent besides the recorded messages; one answer for each message that may be meant."""
        left = {sent}
        for demand in (item.first, *item.sends):
            if demand.event.kind == "send":
                left = {
                    _without(each, one)
                    for each in left
                    for one in each
                    if self.observer.is_sent(demand, item.actor, one)
                } or left
        yield from sorted(left, key=str)

    def _open(
        self, item: Item, others: tuple[tuple[Actor, tuple[Sent, ...]], ...], mine: tuple[Sent, ...]
    ) -> tuple[tuple[Actor, tuple[Sent, ...]], ...]:
        if not mine or not item.keeps:
            return others
        return tuple(sorted((*others, (item.actor, mine)), key=lambda each: str(each[0])))

    # --- hidden steps --------------------------------------------------------------------------

    def reached(self, cut: Cut, explanation: Explanation) -> Iterator[State]:
        """The states that hidden steps lead to from an explanation, its own included; at most a few thousand."""
        seen = {explanation}
        todo = [explanation]
        while todo and len(seen) <= _MOST_HIDDEN:
            each = todo.pop()
            yield each[0]
            onward = [hidden for hidden in self._hidden_steps(cut, each) if hidden not in seen]
            seen.update(onward)
            todo += onward

    def _just_in_time(self, cut: Cut, item: Item, explanation: Explanation) -> Mapping[Explanation, tuple[State, ...]]:
        """What explains the item after as few hidden steps as possible."""
        seen: dict[Explanation, tuple[State, ...]] = {explanation: ()}
        frontier = [explanation]
        while frontier and len(seen) <= _MOST_HIDDEN:
            reached = []
            for each in frontier:
                for hidden in self._hidden_steps(cut, each):
                    if hidden not in seen:
                        seen[hidden] = (*seen[each], hidden[0])
                        reached.append(hidden)
            found = {result: seen[each] for each in reached for result in self.matching(item, each)}
            if found:
                return found
            frontier = reached
        return {}

    def moves(self, state: State) -> bool:
        """Will something hidden happen in the state?"""
        return any(may_be_put_off(self.steps.system, step) for _, step in self._hidden_in(state))

    def _hidden_steps(self, cut: Cut, explanation: Explanation) -> Iterator[Explanation]:
        state, open_sends = explanation
        for actor, step in self._hidden_in(state):
            if step.successor is not None and step.successor != state and self.hidden.may_be_lost(cut, state, step):
                yield step.successor, tuple(each for each in open_sends if each[0] != actor)

    def _hidden_in(self, state: State) -> list[tuple[Actor, Transition]]:
        if not self.hidden.rules:
            return []
        if state not in self.found:
            if len(self.found) >= _MOST_REMEMBERED:
                self.found.clear()
            self.found[state] = [
                (actor, self.steps.told(actor, edge))
                for actor in self.steps.actors
                for edge in self.steps.edges(actor, state)
                if self.steps.rule_of(actor, edge) in self.hidden.rules
            ]
        return self.found[state]


def _without(sent: tuple[Sent, ...], one: Sent) -> tuple[Sent, ...]:
    at = sent.index(one)
    return (*sent[:at], *sent[at + 1 :])
