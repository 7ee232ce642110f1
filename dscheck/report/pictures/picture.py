"""Which pictures does an answer have? Each run, schedule and rejected trace, with the frames that one steps through."""

from collections.abc import Iterator, Mapping

from dscheck.counterexample import Counterexample, Reason, Step
from dscheck.record import record
from dscheck.report.formats import NoSuchAnswer
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.run_ending import violation_text
from dscheck.report.spacetime_layout import drawing_order
from dscheck.spacetime import Diagram
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import BlockResult, CheckResult, FileResult, Report


class NothingToDraw(NoSuchAnswer):
    """An answer without a run, a schedule or a rejected trace."""


@record
class Changed:
    """A value that a frame changes: its name, and its text before and after (before is empty for a new one)."""

    name: str
    before: str
    after: str


@record
class Frame:
    """One moment of a picture.

    Attributes:
        label: what happens: `Node[0] request`.
        event: number of the event in the diagram; None for a fault of the network.
        changes: the values that it changes.
        notes: what else to say: messages sent and received, what fails.
    """

    label: str
    event: int | None
    changes: tuple[Changed, ...] = ()
    notes: tuple[str, ...] = ()


@record
class Picture:
    """A diagram with its story.

    Attributes:
        name: `specs/mutex.dsc · two · mutual_exclusion`: of whom it is a picture, and unlike that of all others.
        title: what it shows, a few words.
        diagram: that is drawn.
        initial: the values before the first frame.
        frames: in the order of the rows of the diagram; frame i stands in row i + 1.
        why: the explanation of what is broken.
        place: `specs/mutex.dsc:31`; empty if nothing says where.
        replay: a command that makes it again.
        run: of which it is the picture; None for other diagrams.
    """

    name: str
    title: str
    diagram: Diagram
    initial: Mapping[str, str]
    frames: tuple[Frame, ...]
    why: tuple[Reason, ...] = ()
    place: str = ""
    replay: str = ""
    run: Counterexample | None = None


def pictures_of(report: Report | TraceReport) -> tuple[Picture, ...]:
    """All that can be drawn of an answer, in its order.

    Raises:
        NothingToDraw: it has no run and no diagram.
    """
    found = tuple(_of_traces(report) if isinstance(report, TraceReport) else _of_files(report))
    if not found:
        raise NothingToDraw("there is nothing to draw: no run, no schedule and no rejected trace in this answer")
    return found


def _of_files(report: Report) -> Iterator[Picture]:
    for file in report.files:
        for question in file.questions:
            if isinstance(question, BlockResult):
                yield from _of_block(file, question)
            else:
                for run in question.counterexamples:
                    yield run_picture(file, question, run)


def run_picture(file: FileResult, check: CheckResult, run: Counterexample) -> Picture:
    """The picture of one run of a check."""
    diagram = diagram_of(run)
    event_of = {event.state: number for number, event in enumerate(diagram.events)}
    frames = tuple(
        Frame(
            step.label,
            event_of.get(number),
            tuple(Changed(each.variable, each.before, each.after) for each in step.changes),
            tuple(_notes(step)),
        )
        for number, step in enumerate(run.steps, start=1)
    )
    return Picture(
        f"{file.path} · {check.name} · {run.property}",
        violation_text(run),
        diagram,
        run.initial,
        frames,
        run.why,
        f"{file.path}:{run.line}" if run.line else file.path,
        check.replay,
        run,
    )


_VERBS = {
    "sent": "sends {} to {}", "dropped": "sends {} to {}, which is dropped", "duplicated": "{} to {} is duplicated",
    "received": "receives {} from {}", "lost": "{} to {} is lost", "discarded": "{} from {} is discarded",
}  # fmt: skip


def _notes(step: Step) -> Iterator[str]:
    for message in (*step.received, *step.sent):
        other = message.sender if message.kind in {"received", "discarded"} else message.receiver
        yield _VERBS[message.kind].format(message.message, other)
    if step.failure:
        yield f"fails: {step.failure}"


# --- schedules and timing blocks, traces -------------------------------------------------------


def _of_block(file: FileResult, block: BlockResult) -> Iterator[Picture]:
    drawn: list[Diagram] = []
    if block.diagram is not None:
        drawn.append(block.diagram)
        yield _of_diagram(f"{file.path} · {block.name}", block.diagram, f"{file.path}:{block.line}", block.replay)
    for claim in block.claims:
        for diagram in claim.diagrams:
            if diagram not in drawn:
                drawn.append(diagram)
                name = f"{file.path} · {block.name} · {claim.name or claim.text}"
                yield _of_diagram(name, diagram, f"{file.path}:{claim.line}" if claim.line else "", block.replay)


def _of_traces(report: TraceReport) -> Iterator[Picture]:
    for trace in report.traces:
        for finding in trace.findings:
            if finding.diagram is not None:
                place = str(finding.core[0].place) if finding.core else trace.file
                why = (Reason(finding.reason, ""),)
                yield _of_diagram(f"{trace.name} · {finding.check}", finding.diagram, place, "", why)


def _of_diagram(name: str, diagram: Diagram, place: str, replay: str, why: tuple[Reason, ...] = ()) -> Picture:
    """A diagram without states: what each lane shows last is the state."""
    shown: dict[str, str] = {}
    frames = []
    for index in drawing_order(diagram):
        event = diagram.events[index]
        lane = diagram.lanes[event.lane]
        changes = []
        for clock, text in (*event.values.items(), *([("time", event.time)] if event.time else [])):
            key = f"{lane}.{clock}"
            if shown.get(key) != text:
                changes.append(Changed(key, shown.get(key, ""), text))
                shown[key] = text
        told = [f"receives {each.message} from {diagram.lanes[diagram.events[each.start].lane]}"
                for each in diagram.arrows if each.end == index]  # fmt: skip
        told += [f"sends {each.message}" for each in diagram.arrows if each.start == index]
        frames.append(
            Frame(f"{lane} {event.name}", index, tuple(changes), (*told, *([event.note] if event.note else [])))
        )
    return Picture(name, diagram.title, diagram, {}, tuple(frames), why, place, replay)
