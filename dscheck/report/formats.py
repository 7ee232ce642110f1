"""In which formats can an answer be written? Each is a function of the saved verdict, loaded when it is asked for."""

from collections.abc import Callable
from importlib import import_module

from dscheck.record import record
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report


class NoSuchAnswer(Exception):
    """The answer has nothing that the format could show, or not what was asked of it.

    Attributes:
        help: what to do.
    """

    def __init__(self, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.help = help_text


@record
class Format:
    """A format of answers.

    Attributes:
        about: what it is, a few words.
        suffix: of its files.
        home: `module:function`; the function makes a text of a report.
        single: does it hold one run, so that `--run` may choose it?
        traces: can it tell what `verify` found?
    """

    about: str
    suffix: str
    home: str
    single: bool = False
    traces: bool = True


FORMATS = {
    "diagram": Format("each run drawn with characters", ".txt", "dscheck.report.diagrams_as_text:report_as_diagrams"),
    "svg": Format("each run drawn", ".svg", "dscheck.report.pictures.svg:report_as_svg"),
    "html": Format("a page that steps through each run", ".html", "dscheck.report.pictures.page:report_as_html"),
    "mermaid": Format(
        "a sequence diagram, for Markdown", ".mmd", "dscheck.report.pictures.mermaid:report_as_mermaid", single=True
    ),
    "itf": Format(
        "a run in the Informal Trace Format", ".itf.json", "dscheck.report.run_as_itf:report_as_itf", single=True,
        traces=False,
    ),
    "shiviz": Format("each run as a log for ShiViz", ".log", "dscheck.report.diagrams_as_shiviz:report_as_shiviz"),
    "junit": Format("test results, for a CI", ".xml", "dscheck.report.report_as_junit:report_as_junit"),
    "sarif": Format("findings with their places, for a CI", ".sarif", "dscheck.report.report_as_sarif:report_as_sarif"),
    "github": Format("workflow commands of GitHub", ".txt", "dscheck.report.report_as_github:report_as_github"),
    "dot": Format(
        "the graph of all states, for Graphviz", ".dot", "dscheck.report.graph_as_dot:report_as_dot", traces=False
    ),
}  # fmt: skip


def rendered(report: Report | TraceReport, name: str) -> str:
    """The answer in the format called `name`, one of `FORMATS`.

    Raises:
        NoSuchAnswer: it has nothing that the format could show.
    """
    module, _, function = FORMATS[name].home.partition(":")
    render: Callable[[Report | TraceReport], str] = getattr(import_module(module), function)
    return render(report)
