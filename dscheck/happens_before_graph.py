"""Which events depend on which? A space-time diagram as a graph of networkx.

L. Lamport: Time, clocks, and the ordering of events in a distributed system. CACM 21(7), 1978: an event happened before
another exactly if a path leads from it to the other.
"""

from typing import TYPE_CHECKING

from dscheck.spacetime import Diagram

if TYPE_CHECKING:
    import networkx as nx


def dependency_graph(diagram: Diagram) -> "nx.DiGraph":
    """The events of `diagram`, with an edge to the next event of the process and one along each message.

    Nodes are the indices of the events, with the attributes `name`, `lane` (the name of the process), `kind`, `values`
    and `time` of `dscheck.spacetime.DiagramEvent`. Edges have a `kind`, `next` or `message`, and a message its
    `message`, the name. Messages that nobody receives have no edge.

    >>> import networkx as nx
    >>> from dscheck.spacetime import Arrow, Diagram, DiagramEvent
    >>> a, b = DiagramEvent("a", 0, "send"), DiagramEvent("b", 1, "receive")
    >>> graph = dependency_graph(Diagram("", ("P", "Q"), (a, b), (Arrow("m", 0, 1),)))
    >>> nx.has_path(graph, 0, 1)
    True
    """
    import networkx as nx

    graph = nx.DiGraph()
    last: dict[int, int] = {}
    for at, event in enumerate(diagram.events):
        graph.add_node(
            at,
            name=event.name,
            lane=diagram.lanes[event.lane],
            kind=event.kind,
            values=dict(event.values),
            time=event.time,
        )
        if event.lane in last:
            graph.add_edge(last[event.lane], at, kind="next")
        last[event.lane] = at
    for arrow in diagram.arrows:
        if arrow.end is not None:
            graph.add_edge(arrow.start, arrow.end, kind="message", message=arrow.message)
    return graph
