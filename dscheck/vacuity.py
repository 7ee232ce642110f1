"""What should a green verdict not hide? Steps that never happen and implications that never mattered."""

from collections.abc import Iterator

from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.language import syntax
from dscheck.model.folding import decided
from dscheck.model.system import PROGRESS_KINDS, Rule, System
from dscheck.source import Span
from dscheck.verdict import Caution, Outcome


def cautions(system: System, exploration: Exploration, expectation: syntax.Expectation) -> tuple[Caution, ...]:
    """Vacuity warnings of one check, in the order of the text.

    They are claimed only of a complete search, and only where the check expects everything to hold: a check that
    expects a violation under some fault need not exercise the rest.
    """
    if not isinstance(expectation, syntax.ExpectHolds):
        return ()
    if exploration.end is not SearchEnd.EXHAUSTED:
        return tuple(_not_reached(exploration))
    found = [
        *_no_deadlock_to_find(system),
        *_without_instances(system),
        *_silent_rules(system, exploration),
        *_silent_branches(system, exploration),
    ]
    spans = {item.name: item.span for item in system.properties}
    for name, text in exploration.unexercised:
        if exploration.kinds[name] == "assumption":
            continue  # that is no warning but a violation
        line = _line(system, spans.get(name))
        what = f"`{text}`" if text == "quiet" else f"its left side `{text}`"
        found.append(Caution("vacuity", f"{name}: {what} is never true", line))
    return tuple(sorted(found, key=lambda caution: (caution.line, caution.text)))


def _no_deadlock_to_find(system: System) -> list[Caution]:
    """The default `final` asks for nothing in flight and no timer running: without either it is always true."""
    silent = not any(variable.role in {"channel", "timer"} for variable in system.variables)
    by_default = any(item.kind == "final" and not item.text for item in system.properties)
    if not (silent and by_default):
        return []
    text = "without messages, timers and `final: …` no state counts as a deadlock"
    return [Caution("remark", text)]


def _without_instances(system: System) -> Iterator[Caution]:
    """Progress that is asked of nothing: the parameters go through an empty set."""
    for item in system.properties:
        asked = item.antecedents or any(decided(each.left) is not False for each in item.instances)
        if item.kind in PROGRESS_KINDS and not asked:
            yield Caution(
                "vacuity", f"{item.name}: it is asked for nothing, no value is in its set", _line(system, item.span)
            )


def _not_reached(exploration: Exploration) -> list[Caution]:
    names = [name for name, outcome in exploration.outcomes.items() if outcome is Outcome.UNKNOWN]
    reachable = [name for name in names if exploration.kinds[name] == "reachable"]
    return [Caution("remark", f"{name} was not reached in the part explored") for name in reachable]


def _line(system: System, span: Span | None) -> int:
    return 0 if span is None else system.source.position(span.start)[0]


def _silent_rules(system: System, exploration: Exploration) -> list[Caution]:
    # One declaration may have made several rules (a handler has one per process set that sends the message).
    fired: dict[tuple[int, str], int] = {}
    first: dict[tuple[int, str], Rule] = {}
    for rule, count in zip(system.rules, exploration.fired, strict=True):
        if rule.is_fault or rule.kind == "discard" or decided(rule.guard) is False:
            continue  # the constants switch it off: another variant of the spec
        key = (_line(system, rule.span), rule.name)
        fired[key] = fired.get(key, 0) + count
        first.setdefault(key, rule)
    return [Caution("vacuity", _never(first[key]), key[0]) for key, count in fired.items() if count == 0]


def _never(rule: Rule) -> str:
    match rule.kind:
        case "arrival":
            return f"{rule.process} never handles {rule.name.removeprefix('on ')}"
        case "timeout":
            return f"{rule.name} never fires at {rule.process}"
        case _:
            return f"action {rule.name} of {rule.process} never runs"


def _silent_branches(system: System, exploration: Exploration) -> list[Caution]:
    """Branches never taken although the step that contains them ran."""
    found = []
    for number, places in enumerate(system.branches):
        if places is None:
            continue
        then, otherwise = places
        taken, passed = exploration.branches[2 * number], exploration.branches[2 * number + 1]
        if not taken and passed:
            found.append(Caution("vacuity", "this branch never runs", _line(system, then)))
        if not passed and taken and otherwise is not None:
            found.append(Caution("vacuity", "this else branch never runs", _line(system, otherwise)))
    return found
