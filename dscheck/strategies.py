"""What can Hypothesis draw? Runs of a spec, traces of them, space-time diagrams, and vector clocks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dscheck.clocks.vector import VectorClock
from dscheck.model.layout import State
from dscheck.record import record
from dscheck.runs.labelled import Label, SpecRuns
from dscheck.spacetime import Arrow, Diagram, DiagramEvent
from dscheck.traces.event import Trace
from dscheck.traces.simulation import recorded

try:
    from hypothesis import strategies
    from hypothesis.strategies import DrawFn, SearchStrategy
except ModuleNotFoundError:
    raise ImportError("this needs Hypothesis: pip install 'dscheck[hypothesis]'") from None

Setting = int | bool | str


@record
class Behaviour:
    """A run of a spec: it begins in a state and takes some steps.

    Attributes:
        runs: of the spec.
        start: the state in which it begins.
        labels: its steps.
    """

    runs: SpecRuns
    start: State
    labels: tuple[Label, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps, as people read them: what `dscheck.drive` takes."""
        return tuple(label.text for label in self.labels)

    @property
    def values(self) -> tuple[Mapping[str, Any], ...]:
        """The values of the variables at the beginning and after each step, by name: `Client[0].mode`."""
        later = (label.successor for label in self.labels)
        return tuple(self.runs.values(state) for state in (self.start, *later) if state is not None)

    @property
    def trace(self) -> Trace:
        """The run as a trace, with vector clocks."""
        steps = [(label.process, label.transition) for label in self.labels]
        return recorded(self.runs.system, f"{self.runs.system.protocol}, a run", self.start, steps)

    def __repr__(self) -> str:
        return f"<Behaviour: {'; '.join(self.steps) or 'no step'}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))


def behaviours(
    spec: str | Path,
    *,
    check: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    max_steps: int = 20,
    **constants: Setting,
) -> SearchStrategy[Behaviour]:
    """Runs of a spec, which shrink to short ones of first steps.

    Args:
        spec: the file.
        check: of the spec, whose settings hold; without it those that the spec declares.
        settings: overrides with a dot in their name.
        max_steps: of a run.
        constants: of the spec.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: it cannot be read.
    """
    given = {**constants, **(settings or {})}
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    runs = SpecRuns.of(str(spec), check, texts)
    for state in runs.initial():
        runs.labels(state)  # what has to be compiled, now: Hypothesis would find the first draw slow
    return _behaviours(runs, max_steps)


@strategies.composite
def _behaviours(draw: DrawFn, runs: SpecRuns, max_steps: int) -> Behaviour:
    start = state = draw(strategies.sampled_from(runs.initial()))
    labels: list[Label] = []
    # One flag before each step: Hypothesis shrinks by leaving out pieces, and a number drawn first would not fit then.
    while len(labels) < max_steps and draw(strategies.integers(0, max_steps)):
        possible = [label for label in runs.labels(state) if label.successor is not None]
        if not possible:
            break
        labels.append(draw(strategies.sampled_from(possible)))
        state = labels[-1].successor or state
    return Behaviour(runs, start, tuple(labels))


def traces(
    spec: str | Path,
    *,
    check: str | None = None,
    settings: Mapping[str, Setting] | None = None,
    max_steps: int = 20,
    **constants: Setting,
) -> SearchStrategy[Trace]:
    """Logs of runs of a spec, with vector clocks. The arguments are those of `behaviours`."""
    drawn = behaviours(spec, check=check, settings=settings, max_steps=max_steps, **constants)
    return drawn.map(lambda behaviour: behaviour.trace)


@strategies.composite
def schedules(draw: DrawFn, *, max_lanes: int = 4, max_events: int = 12) -> Diagram:
    """Space-time diagrams: processes with local events, sends and receipts. Messages may overtake, or stay under way.

    Args:
        draw: given by Hypothesis.
        max_lanes: most processes.
        max_events: most events of all of them together.
    """
    lanes = draw(strategies.integers(1, max_lanes))
    events: list[DiagramEvent] = []
    arrows: list[Arrow] = []
    under_way: list[tuple[str, int]] = []
    while len(events) < max_events and draw(strategies.integers(0, max_events)):
        number = len(events)
        lane = draw(strategies.integers(0, lanes - 1))
        waiting = [each for each in under_way if events[each[1]].lane != lane]
        kind = draw(strategies.sampled_from(["local", "send", *(["receive"] if waiting else [])]))
        if kind == "send" and lanes > 1:
            under_way.append((f"m{len(arrows) + len(under_way) + 1}", number))
            events.append(DiagramEvent(f"e{number + 1}", lane, "send"))
        elif kind == "receive":
            message = draw(strategies.sampled_from(waiting))
            under_way.remove(message)
            arrows.append(Arrow(*message, end=number))
            events.append(DiagramEvent(f"e{number + 1}", lane, "receive"))
        else:
            events.append(DiagramEvent(f"e{number + 1}", lane))
    left = [Arrow(name, start, under_way=True) for name, start in under_way]
    ordered = sorted((*arrows, *left), key=lambda arrow: arrow.start)
    return Diagram("a schedule", tuple(f"P{lane + 1}" for lane in range(lanes)), tuple(events), tuple(ordered))


def vector_clocks(
    processes: Sequence[str] = ("p", "q", "r"), *, max_count: int = 4
) -> SearchStrategy[VectorClock[str]]:
    """Values of a vector clock; not every one is that of an event of some run.

    Args:
        processes: their names.
        max_count: greatest count of each.
    """
    counts = strategies.fixed_dictionaries({name: strategies.integers(0, max_count) for name in processes})
    return counts.map(VectorClock.of)
