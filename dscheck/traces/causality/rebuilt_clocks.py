"""What would the vector clocks of a trace be, where it does not record them?"""

from dataclasses import replace

from dscheck.traces.causality.happens_before import NoOrder, happens_before
from dscheck.traces.errors import TraceError
from dscheck.traces.event import Place, Trace


def with_vector_clocks(trace: Trace) -> Trace:
    """The trace with a vector clock at each event: those that it has if all have one, else made of all that it says.

    A trace in which nothing relates the nodes stays as it is: clocks would say that they never met.

    Raises:
        TraceError: it says that some event comes before itself, or has too many events for a table of clocks.
    """
    if all(event.vector is not None for event in trace.events):
        return trace
    order = happens_before(trace)
    if isinstance(order, NoOrder):
        help_text = "dscheck verify --checks causality says where"
        raise TraceError(Place(trace.name, 0), f"vector clocks cannot be made: {order.reason}", help_text)
    if order.basis == "program order":
        return trace
    names = order.columns.nodes
    stamped = []
    for event, row in zip(trace.events, order.columns.row.tolist(), strict=True):
        clock = {name: count for name, count in zip(names, order.known[row].tolist(), strict=True) if count}
        stamped.append(replace(event, vector=clock))
    return replace(trace, events=tuple(stamped))
