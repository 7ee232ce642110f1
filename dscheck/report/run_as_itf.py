"""What is a run in the Informal Trace Format, which Apalache and Quint read and write (Apalache's ADR-015)?"""

from collections.abc import Mapping
from typing import Any

from dscheck.counterexample import Counterexample
from dscheck.report.formats import NoSuchAnswer
from dscheck.report.pictures.picture import Picture, pictures_of
from dscheck.traces.event import Event, Trace, TraceHeader
from dscheck.traces.formats.readers.itf import EVERYWHERE
from dscheck.traces.formats.tagged_values import Map
from dscheck.traces.formats.writers import itf
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


def report_as_itf(report: Report | TraceReport) -> str:
    """The first run of an answer.

    Raises:
        NoSuchAnswer: it has no run with states.
    """
    runs = [picture for picture in pictures_of(report) if picture.run is not None]
    if not runs:
        raise NoSuchAnswer("ITF holds a run of states, and this answer has none", "a check that is violated has one")
    return run_as_itf(runs[0])


def run_as_itf(picture: Picture) -> str:
    """The run of a picture, with all variables in each state."""
    assert picture.run is not None
    trace = trace_of(picture.run, picture.name)
    return "".join(itf.write([trace]))


def trace_of(run: Counterexample, name: str) -> Trace:
    """The run as a trace of which each event has seen the whole state."""
    state = {variable: typed(run.initial_json.get(variable), text) for variable, text in run.initial.items()}
    initial = dict(state)
    events = []
    for number, step in enumerate(run.steps, start=1):
        state.update({change.variable: typed(change.after_json, change.after) for change in step.changes})
        arguments: Mapping[str, Any] = dict(step.bindings)
        events.append(
            Event(step.process or EVERYWHERE, number, action=step.action, arguments=arguments, variables=dict(state))
        )
    other = {} if run.loop_from is None else {"loop": run.loop_from}
    return Trace(name, itf.NAME, "a run of a spec", TraceHeader("total", initial=initial, other=other), tuple(events))


def typed(value: Any, text: str) -> Any:
    """A JSON value with the kind that its text tells: `{1, 2}` is a set, `{a: 1}` a map, `[1, 2]` a list."""
    if not isinstance(value, list):
        return value
    items = [_frozen(item) for item in value]
    if not text.startswith("{"):
        return list(items)
    if value and ": " in text and all(isinstance(item, tuple) and len(item) == 2 for item in items):
        return Map(items)
    return frozenset(items)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
