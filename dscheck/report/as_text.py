"""What does a person read? Each check against its expectation, the run that breaks it, and a line that sums up."""

from collections.abc import Iterator, Mapping, Sequence

from dscheck.diagnostics import Severity
from dscheck.report.columns import WIDTH, display_width, flow, pad, printable, sentence_lines
from dscheck.report.counterexample_as_text import counterexample_as_text
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.report.run_ending import length_text
from dscheck.report.status import KEY, LEFT, STATUS, TextOptions, count, duration, headline, status
from dscheck.report.style import Role, Style, plain
from dscheck.verdict import BlockResult, CheckResult, FileResult, Outcome, PropertyResult, Report, Statistics

_WIDEST_NAME = 32


def report_as_text(
    report: Report,
    options: TextOptions = TextOptions(),  # noqa: B008  (it is frozen)
    *,
    style: Style = plain,
) -> str:
    """The report for people, ending in a newline; only its seconds differ from run to run.

    Args:
        report: what was answered.
        options: how much to tell.
        style: sets pieces off by their role.
    """
    blocks: list[str] = []
    for file in report.files:
        blocks += _file_blocks(file, options, style)
    blocks.append(summary_line(report, strict=options.strict, style=style))
    return "\n\n".join(blocks) + "\n"


def _file_blocks(file: FileResult, options: TextOptions, style: Style) -> Iterator[str]:
    if file.diagnostics:
        yield diagnostics_as_text(file.source, file.diagnostics, path=file.path, style=style)
    shown = [each for each in file.questions if not options.quiet or status(each, strict=options.strict)[0] != "MET"]
    if not shown:
        return
    yield style("heading", printable(file.path)) + "  " + style("dim", printable(file.protocol))
    name_width = min(_WIDEST_NAME, max(display_width(each.name) for each in shown))
    for each in shown:
        yield question_as_text(file, each, options, name_width=name_width, style=style)


def question_as_text(
    file: FileResult,
    question: BlockResult | CheckResult,
    options: TextOptions = TextOptions(),  # noqa: B008  (it is frozen)
    *,
    name_width: int = 0,
    style: Style = plain,
) -> str:
    """One check or one block; the arguments are those of `check_as_text`."""
    if isinstance(question, BlockResult):
        from dscheck.report.blocks_as_text import block_as_text

        return block_as_text(file, question, options, name_width=name_width, style=style)
    return check_as_text(file, question, options, name_width=name_width, style=style)


def check_as_text(
    file: FileResult,
    check: CheckResult,
    options: TextOptions = TextOptions(),  # noqa: B008  (it is frozen)
    *,
    name_width: int = 0,
    style: Style = plain,
) -> str:
    """One check: its status, what came out for each property, its numbers, and the runs that matter.

    Args:
        file: the file it belongs to.
        check: the answer.
        options: how much to tell.
        name_width: cells to which its name is padded, so that neighbours line up.
        style: sets pieces off by their role.
    """
    lines = [headline(file, check, _expected(check), options, name_width=name_width, style=style)]
    for role, text in _body(file, check, options):
        lines.append(" " * LEFT + (style(role, text) if role else text))
    blocks = ["\n".join(lines)]
    if options.full_runs or check.met is not True:
        last = len(check.counterexamples) - 1
        blocks += [
            counterexample_as_text(
                each,
                path=file.path,
                source=file.source,
                replay=check.replay if number == last else "",
                style=style,
            )
            for number, each in enumerate(check.counterexamples)
        ]
    if check.replay and not check.counterexamples and status(check, strict=options.strict)[0] != "MET":
        blocks[0] += f"\n{' ' * LEFT}{pad('next', KEY)}{printable(check.replay)}"
    return "\n\n".join(blocks)


def _expected(check: CheckResult) -> str:
    """`expect holds`, and what that rests on."""
    expect = f"expect {check.expect}"
    if check.outcome is Outcome.HOLDS_WITHIN:
        expect += ", not exhaustive"
    if check.assuming and check.outcome in {Outcome.HOLDS, Outcome.HOLDS_WITHIN}:
        expect += f": holds assuming {printable(', '.join(check.assuming))}"
    return expect


def _body(file: FileResult, check: CheckResult, options: TextOptions) -> Iterator[tuple[Role | None, str]]:
    room = WIDTH - LEFT
    if check.met is not True and check.reason:
        for line in sentence_lines(check.reason, room):
            yield None, line
    for line in flow([printable(f"{key} = {value}") for key, value in check.settings.items()], room):
        yield "dim", line
    for line in _property_lines(check):
        yield None, line
    for key, texts in (("assumes", check.assumptions), ("note", check.notes), *_warnings(file, check)):
        for text in texts:
            for number, line in enumerate(sentence_lines(text, room - KEY)):
                yield ("unsure" if key == "warning" else None), pad(key if number == 0 else "", KEY) + line
    yield "dim", statistics_line(check.statistics, check.engine, memory=options.memory)


def _warnings(file: FileResult, check: CheckResult) -> Iterator[tuple[str, Sequence[str]]]:
    for warning in check.warnings:
        place = f" ({file.path}:{warning.line})" if warning.line else ""
        yield ("warning" if warning.kind == "vacuity" else "remark"), (warning.text + place,)


_PROPERTY_ORDER = (
    (Outcome.VIOLATED, "violated"),
    (Outcome.DEADLOCK, "violated"),
    (Outcome.UNKNOWN, "unknown"),
    (Outcome.HOLDS_WITHIN, "so far"),
    (Outcome.HOLDS, "holds"),
)


def _property_lines(check: CheckResult) -> Iterator[str]:
    """`violated  mutex in 5 steps`, then what is unknown, then what holds; those with one remark share its line."""
    lengths = {each.property: length_text(each) for each in check.counterexamples}
    for outcome, key in _PROPERTY_ORDER:
        among = [each for each in check.properties if each.outcome is outcome]
        lines: list[str] = []
        for note in dict.fromkeys(["", *(each.note for each in among)]):
            names = list(_property_names([each for each in among if each.note == note], lengths))
            if note:
                lines += sentence_lines(f"{', '.join(names)}: {note}", WIDTH - LEFT - KEY)
            else:
                lines += flow(names, WIDTH - LEFT - KEY)
        for number, line in enumerate(lines):
            yield pad(key if number == 0 else "", KEY) + line


def _property_names(results: Sequence[PropertyResult], lengths: Mapping[str, str]) -> Iterator[str]:
    """One name each; but nobody wrote down that no step fails, so all the ways to fail are told as one."""
    failures = [each for each in results if each.kind == "failure" and each.outcome is not Outcome.VIOLATED]
    for result in results:
        good = result.outcome in {Outcome.HOLDS, Outcome.HOLDS_WITHIN}
        if result in failures:
            if result is failures[0]:
                yield "no failing step" if good else "failing steps"
        elif result.kind == "deadlock" and good:
            yield "no deadlock"
        else:
            kind = f" ({result.kind})" if result.kind in {"reachable", "bound", "step", "assumption"} else ""
            length = f" {lengths[result.name]}" if result.name in lengths else ""
            yield printable(result.name) + kind + length


def statistics_line(statistics: Statistics, engine: str, *, memory: bool = False) -> str:
    """`64 states, 153 transitions, depth 12, 0.01 s, python`

    Args:
        statistics: the numbers.
        engine: who found them.
        memory: add the peak memory.
    """
    parts = [
        count(statistics.states, "state"),
        count(statistics.transitions, "transition"),
        f"depth {statistics.depth}",
        duration(statistics.seconds),
    ]
    if memory:
        parts.append(f"{statistics.peak_memory_bytes / 1e6:,.0f} MB")
    if engine:
        parts.append(engine)
    return ", ".join(parts) + ("" if statistics.complete else "; not complete")


def summary_line(report: Report, *, strict: bool = False, style: Style = plain) -> str:
    """`5 checks and 2 schedules: 6 met, 1 not met`, and how many files could not be checked.

    Args:
        report: what was answered.
        strict: count a vacuity warning as an expectation not met.
        style: sets pieces off by their role.
    """
    words = [status(each, strict=strict) for file in report.files for each in file.questions]
    numbers = [(words.count(each), each) for each in dict.fromkeys(STATUS.values())]
    parts = [style(role, f"{number} {word.lower()}") for number, (word, role) in numbers if number]
    wrong = sum(1 for file in report.files if any(d.severity is Severity.ERROR for d in file.diagnostics))
    texts = [f"{_asked(report)}: {', '.join(parts)}"] if words else []
    if wrong:
        texts.append(style("bad", f"{count(wrong, 'file')} could not be checked"))
    return "; ".join(texts) if texts else "nothing to check"


def _asked(report: Report) -> str:
    """`5 checks, 2 schedules and 1 timing block`"""
    timings = sum(1 for block in report.blocks if block.kind == "timing")
    numbers = (
        (len(report.checks), "check"),
        (len(report.blocks) - timings, "schedule"),
        (timings, "timing block"),
    )
    *most, last = [count(number, noun) for number, noun in numbers if number]
    return f"{', '.join(most)} and {last}" if most else last
