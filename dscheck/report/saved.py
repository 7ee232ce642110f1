"""What did a verdict say that was saved as JSON? The document is read back into the answer that it was written from.

What is read back gives the same JSON and the same pictures. A document of an older dscheck may lack keys; it is read
with what it has.
"""

import json
from typing import Any

from dscheck.diagnostics import Diagnostic, Fix, Label, Severity
from dscheck.graph import GraphEdge, StateGraph
from dscheck.report.as_json import FORMAT, text_of_json
from dscheck.report.saved_parts import Part, SavedError
from dscheck.report.saved_runs import counterexample_from, diagram_from
from dscheck.source import SourceFile, Span
from dscheck.verdict import (
    BlockResult,
    Caution,
    CheckResult,
    ClaimResult,
    CoreLine,
    FileResult,
    Outcome,
    PropertyResult,
    Report,
    Statistics,
)

_CLAIMS = ("expect", "forall", "find", "ask", "solve", "query", "given")


def document_from(text: str, name: str) -> Part:
    """The document in a text.

    Args:
        text: JSON.
        name: of the file, to name in errors.

    Raises:
        SavedError: it is no JSON, no verdict of dscheck, or one of a format that is not known.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error) or "too deep"
        raise SavedError(f"{name}{line}: this is no JSON: {reason}", "write it with --format json -o FILE") from None
    if not isinstance(data, dict) or "dscheck" not in data or "format" not in data:
        raise SavedError(f"{name} is JSON, but not an answer of dscheck", "write one with --format json -o FILE")
    if data["format"] != FORMAT:
        told = json.dumps(data["format"])[:40]
        raise SavedError(
            f"{name} has format {told}, and this dscheck reads format {FORMAT}",
            f"it was written by dscheck {data['dscheck']}: read it with that one, or ask again",
        )
    return Part(data, name, "")


def report_from(document: Part) -> Report:
    """The answer that was saved by `check`, `schedule` or `resume`.

    Raises:
        SavedError: a part of it is not as `docs/check-report.schema.json` says.
    """
    return Report(document.text("dscheck"), tuple(_file(each) for each in document.parts("files")))


def _file(part: Part) -> FileResult:
    path = part.text("path")
    text = part.optional_text("source")
    source = None if text is None else SourceFile(path, text)
    return FileResult(
        path,
        part.text("protocol"),
        source,
        tuple(_check(each) for each in part.parts("checks")),
        tuple(_diagnostic(each, source) for each in part.parts("diagnostics")),
        tuple(_block(each) for each in part.parts("blocks")),
    )


def _check(part: Part) -> CheckResult:
    statistics = Statistics(
        part.whole("states"),
        part.whole("transitions"),
        part.whole("depth"),
        part.number("seconds"),
        part.whole("peak_memory_bytes"),
        complete=part.flag("complete", default=True),
    )
    return CheckResult(
        name=part.text("name"),
        settings={key: text_of_json(value) or "" for key, value in part.mapping("settings").items()},
        expect=part.text("expect"),
        outcome=_outcome(part),
        reason=part.text("reason"),
        met=_met(part),
        engine=part.text("engine"),
        statistics=statistics,
        properties=tuple(_property(each) for each in part.parts("properties")),
        counterexamples=tuple(counterexample_from(each) for each in part.parts("counterexamples")),
        assumptions=part.texts("assumptions"),
        warnings=_warnings(part),
        interrupted=part.flag("interrupted"),
        line=part.whole("line", default=0),
        replay=part.text("replay", default=""),
        notes=part.texts("notes"),
        assuming=part.texts("assuming"),
        graph=_graph(part.part("graph")) if part.has("graph") else None,
    )


def _met(part: Part) -> bool | None:
    return part.flag("met") if part.flag("decided", default=True) else None


def _outcome(part: Part) -> Outcome:
    return Outcome(part.word("outcome", tuple(each.value for each in Outcome)))


def _property(part: Part) -> PropertyResult:
    return PropertyResult(part.text("name"), part.text("kind"), _outcome(part), part.text("note", default=""))


def _warnings(part: Part) -> tuple[Caution, ...]:
    return tuple(
        Caution("vacuity" if each.word("kind", ("vacuity", "remark")) == "vacuity" else "remark", each.text("text"),
                each.whole("line"))
        for each in part.parts("warnings")
    )  # fmt: skip


def _graph(part: Part) -> StateGraph:
    states = tuple(each.text_mapping() for each in part.parts("states"))

    def numbers(found: tuple[int, ...]) -> tuple[int, ...]:
        if not all(0 <= number < len(states) for number in found):
            raise part.wrong(f"names a state that is not among the {len(states)}")
        return found

    edges = tuple(GraphEdge(each.whole("from"), each.whole("to"), each.text("label")) for each in part.parts("edges"))
    numbers(tuple(number for edge in edges for number in (edge.start, edge.end)))
    broken = part.part("broken")
    names = {int(key): broken.texts(key) for key in broken.mapping_itself() if key.isdecimal()}
    numbers(tuple(names))
    return StateGraph(states, numbers(part.wholes("initial")), edges, names)


def _block(part: Part) -> BlockResult:
    kind: Any = part.word("kind", ("schedule", "schedules", "timing"))
    return BlockResult(
        name=part.text("name"),
        kind=kind,
        outcome=_outcome(part),
        met=_met(part),
        reason=part.text("reason"),
        claims=tuple(_claim(each) for each in part.parts("claims")),
        diagram=diagram_from(part.part("diagram")) if part.has("diagram") else None,
        counted={key: part.part("counted").whole(key) for key in part.mapping("counted")},
        seconds=part.number("seconds"),
        interrupted=part.flag("interrupted"),
        line=part.whole("line"),
        replay=part.text("replay", default=""),
        notes=part.texts("notes"),
        warnings=_warnings(part),
    )


def _claim(part: Part) -> ClaimResult:
    kind: Any = part.word("kind", _CLAIMS)
    value = part.anything("value")
    text = part.optional_text("value_text")
    if text is None:
        text = "" if value is None else text_of_json(value) or json.dumps(value)
    return ClaimResult(
        kind=kind,
        name=part.text("name"),
        text=part.text("text"),
        line=part.whole("line"),
        outcome=_outcome(part),
        met=_met(part),
        value=text,
        value_json=value,
        note=part.text("note"),
        diagrams=tuple(diagram_from(each) for each in part.parts("diagrams")),
        reasons=tuple(
            CoreLine(each.text("name"), each.whole("line"), each.text("text")) for each in part.parts("reasons")
        ),
    )


# --- diagnostics -------------------------------------------------------------------------------


def _diagnostic(part: Part, source: SourceFile | None) -> Diagnostic:
    fix = None
    if source is not None and part.has("fix"):
        told = part.part("fix")
        fix = Fix(_span(told.part("place"), source), told.text("replacement"), told.text("title"))
    return Diagnostic(
        part.text("code"),
        part.text("message"),
        _span(part.part("place"), source) if source is not None and part.has("place") else None,
        part.text("label"),
        tuple(Label(_span(each.part("place"), source), each.text("text")) for each in part.parts("related"))
        if source is not None
        else (),
        part.text("help"),
        part.text("note"),
        fix,
        Severity(part.word("severity", ("error", "warning"))),
    )


def _span(place: Part, source: SourceFile) -> Span:
    def offset(line: str, column: str) -> int:
        number = place.whole(line)
        if not 1 <= number <= len(source.line_starts):
            raise place.wrong(f"is line {number} of a source with {len(source.line_starts)} lines")
        return min(source.line_starts[number - 1] + max(0, place.whole(column) - 1), len(source.text))

    return Span(offset("line", "column"), offset("end_line", "end_column"))
