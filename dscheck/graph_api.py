"""How is the graph of all states of a small system had from Python? As a graph of networkx."""

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING

from dscheck import workflow
from dscheck.graph import StateGraph
from dscheck.options import CheckOptions, Limits
from dscheck.reachable_states import MOST_STATES

if TYPE_CHECKING:
    import networkx as nx


def state_graph(
    path: str | PathLike[str],
    *,
    check: str | None = None,
    constants: Mapping[str, int | bool | str] | None = None,
    max_states: int = MOST_STATES,
) -> "nx.MultiDiGraph":
    """The states that a check reaches, as nodes from 0, and its steps, as edges.

    A node has the attributes `values` (of the variables, as text), `initial` and `broken` (names of the invariants that
    are false there); an edge has a `label`.

    Args:
        path: a spec.
        check: whose settings count; the first check of the file if None.
        constants: overrides as `--set` takes them.
        max_states: of the graph.

    Raises:
        SpecError: the spec cannot be asked, or has no such check.
        OSError: it cannot be read.
        GraphTooLarge: there are more states.
    """
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in (constants or {}).items()
    }
    options = CheckOptions(checks=(check,) if check else (), constants=texts, limits=Limits(max_states=max_states))
    return as_networkx(workflow.graph_of(fspath(path), options))


def as_networkx(graph: StateGraph) -> "nx.MultiDiGraph":
    """The same states and steps, for networkx."""
    import networkx as nx

    made = nx.MultiDiGraph()
    for number, values in enumerate(graph.states):
        made.add_node(
            number, values=dict(values), initial=number in graph.initial, broken=graph.broken.get(number, ())
        )  # fmt: skip
    for edge in graph.edges:
        made.add_edge(edge.start, edge.end, label=edge.label)
    return made
