"""What does the graph of all states look like in the notation of Graphviz?"""

from collections.abc import Iterator, Mapping

from dscheck.graph import StateGraph
from dscheck.report.columns import printable
from dscheck.report.formats import NoSuchAnswer
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


def report_as_dot(report: Report | TraceReport) -> str:
    """The graph of each check that has one; the states say what sets them apart from others, not what all share.

    Raises:
        NoSuchAnswer: no check has a graph.
    """
    graphs = [] if isinstance(report, TraceReport) else [
        (f"{file.path} {check.name}", check.graph)
        for file in report.files for check in file.checks if check.graph is not None
    ]  # fmt: skip
    if not graphs:
        raise NoSuchAnswer("this answer has no graph of states", "write it with dscheck check --graph --format json")
    return "".join(graph_as_dot(graph, name) for name, graph in graphs)


def graph_as_dot(graph: StateGraph, name: str) -> str:
    """One graph: initial states have a double border, states that break an invariant are red.

    Args:
        graph: the states and steps.
        name: of the graph.
    """
    return "\n".join(_lines(graph, name)) + "\n"


def _lines(graph: StateGraph, name: str) -> Iterator[str]:
    yield f"digraph {_quoted(name)} {{"
    yield '  node [shape=box, style=rounded, fontname="Helvetica"];'
    yield '  edge [fontname="Helvetica", fontsize=10];'
    shared = set.intersection(*(set(state.items()) for state in graph.states)) if len(graph.states) > 1 else set()
    for number, state in enumerate(graph.states):
        more = ", peripheries=2" if number in graph.initial else ""
        more += ', color="#b3322a", fontcolor="#b3322a"' if number in graph.broken else ""
        yield f"  s{number} [label={_quoted(_label(state, shared, graph.broken.get(number, ())))}{more}];"
    for edge in graph.edges:
        yield f"  s{edge.start} -> s{edge.end} [label={_quoted(edge.label)}];"
    yield "}"


def _label(state: Mapping[str, str], shared: set[tuple[str, str]], broken: tuple[str, ...]) -> str:
    lines = [f"{variable} = {value}" for variable, value in state.items() if (variable, value) not in shared]
    return "\n".join([*lines, *(f"breaks {name}" for name in broken)]) or "all as ever"


def _quoted(text: str) -> str:
    """A string of Graphviz."""
    lines = (printable(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n"))
    return '"' + "\\n".join(lines) + '"'
