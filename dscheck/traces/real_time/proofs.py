"""Which few bounds on real times prove an answer, in words and with the events that they are about?"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from dscheck.record import record
from dscheck.traces.event import Event
from dscheck.traces.finding import Witness
from dscheck.traces.real_time.bounds_on_time import TimeSystem, Why
from dscheck.traces.wording import counted, described, witness

_MOST_STEPS = 6  # that are told one by one
_TOGETHER = frozenset({Why.CLOCK_SLOW, Why.CLOCK_FAST, Why.NODE_ORDER, Why.FILE_ORDER})


@record
class Step:
    """One or several bounds, of one kind and one node: `x[target] - x[source] <= most`."""

    why: Why
    source: int
    target: int
    most: Fraction


def steps_of(system: TimeSystem, chosen: Sequence[int], *, cycle: bool = False) -> list[Step]:
    """Bounds, by index, each of which begins where the one before ends, as few steps.

    Those between neighbours of a node, or of the file, are told as one.

    Args:
        system: whose bounds they are.
        chosen: a way, or with `cycle` one that comes back to where it begins.
        cycle: the way may be begun anywhere.
    """

    def joins(at: int, other: int) -> bool:
        return system.why[at] is system.why[other] and system.why[at] in _TOGETHER

    turns = range(1, len(chosen)) if cycle else ()
    start = next((turn for turn in turns if not joins(chosen[turn - 1], chosen[turn])), 0)  # where a step begins
    bounds = system.bounds
    steps: list[Step] = []
    before = -1
    for at in (*chosen[start:], *chosen[:start]):
        source, target, most = bounds.source[at], bounds.target[at], Fraction(int(bounds.most[at]), system.scale)
        if before >= 0 and joins(before, at):
            last = steps.pop()
            source, most = last.source, last.most + most
        steps.append(Step(system.why[at], source, target, most))
        before = at
    return steps


def steps_told(system: TimeSystem, steps: Sequence[Step], unit: str) -> str:
    """The steps as one sentence."""
    told = [step_told(system, step, unit) for step in steps[:_MOST_STEPS]]
    if len(steps) > _MOST_STEPS:
        told.append(f"and {counted(len(steps) - _MOST_STEPS, 'bound')} more")
    return "; ".join(told)


def step_told(system: TimeSystem, step: Step, unit: str) -> str:
    """One bound in words, with its values."""
    events = system.columns.events
    source, target = (events[at] if at < len(events) else None for at in (step.source, step.target))
    if source is None or target is None:
        return _by_skew(system, step, unit)
    most = number(abs(step.most))
    least = f"at least {most} {unit} " if step.most else ""
    told: dict[Why, Callable[[Event, Event], str]] = {
        Why.CLOCK_SLOW: lambda a, b: (
            f"the clock of {a.node} shows {_shown(a, b)} {unit} from {a.place} to {b.place}, so at most {most} pass"
        ),
        Why.CLOCK_FAST: lambda a, b: (
            f"the clock of {a.node} shows {_shown(b, a)} {unit} from {b.place} to {a.place}, so at least {most} pass"
        ),
        Why.NODE_ORDER: lambda a, b: f"{b.place} is before {a.place} on {a.node}",
        Why.FILE_ORDER: lambda a, b: f"{b.place} is before {a.place} in the file, whose order is total",
        Why.DELAY_MIN: lambda a, b: f"{described(a)} ({a.place}) {least}after its sending ({b.place})",
        Why.DELAY_MAX: lambda a, b: f"{described(b)} ({b.place}) at most {most} {unit} after its sending ({a.place})",
        Why.LEASE: lambda a, b: f"{described(a)} ({a.place}) and holds it for at most {most} {unit}, to {b.place}",
    }
    return told[step.why](source, target)


def witnesses(system: TimeSystem, steps: Sequence[Step]) -> tuple[Witness, ...]:
    """The events of some steps, each with what its clock shows."""
    events = system.columns.events
    named = dict.fromkeys(at for step in steps for at in (step.source, step.target) if at < len(events))
    return tuple(clock_witness(events[at]) for at in named)


def clock_witness(event: Event, role: str = "") -> Witness:
    """An event with what its clock shows."""
    shown = "" if event.time is None else f"clock shows {event.time}"
    return witness(event, ", ".join(each for each in (role, shown) if each))


def number(value: Fraction) -> str:
    """A number of the trace's unit, to a thousandth."""
    whole, part = divmod(round(abs(value) * 1000), 1000)
    shown = f"{whole}.{part:03}".rstrip("0").rstrip(".")
    return f"-{shown}" if value < 0 and shown != "0" else shown


def _by_skew(system: TimeSystem, step: Step, unit: str) -> str:
    later = step.why is Why.NOT_LATER
    event = system.columns.events[step.target if later else step.source]
    real = system.origin + (step.most if later else -step.most)
    edge = "most" if later else "least"
    return f"{described(event)} ({event.place}) at {event.time} by its clock, so at {number(real)} {unit} at {edge}"


def _shown(first: Event, second: Event) -> int:
    return (second.time or 0) - (first.time or 0)
