"""What does a person read? Each check against its expectation, the run that breaks it, and a line that sums up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY

from dscheck.diagnostics import Severity
from dscheck.record import record
from dscheck.report.columns import WIDTH, beside, display_width, flow, pad, printable, sentence_lines
from dscheck.report.counterexample_as_text import counterexample_as_text, steps_text
from dscheck.report.diagnostics_as_text import diagnostics_as_text
from dscheck.report.style import Role, Style, plain
from dscheck.verdict import (
    EXIT_INTERRUPTED,
    EXIT_MET,
    EXIT_NOT_MET,
    EXIT_UNKNOWN,
    CheckResult,
    FileResult,
    Outcome,
    PropertyResult,
    Report,
    Statistics,
    check_exit_code,
)

_STATUS: dict[int, tuple[str, Role]] = {
    EXIT_MET: ("MET", "good"),
    EXIT_NOT_MET: ("NOT MET", "bad"),
    EXIT_UNKNOWN: ("UNKNOWN", "unsure"),
    EXIT_INTERRUPTED: ("UNKNOWN", "unsure"),
}
_LEFT = 9  # cells before a check's name: the widest status and two spaces
_KEY = 10  # cells of `violated` and the like, with two spaces
_WIDEST_NAME = 32


@record
class TextOptions:
    """How much to tell.

    Attributes:
        full_runs: show the run of an expected violation too; any other is always shown.
        quiet: leave out checks whose expectation was met.
        strict: count a vacuity warning as an expectation not met.
        memory: show the peak memory too.
    """

    _: KW_ONLY
    full_runs: bool = False
    quiet: bool = False
    strict: bool = False
    memory: bool = False


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
    shown = [check for check in file.checks if not options.quiet or status(check, strict=options.strict)[0] != "MET"]
    if not shown:
        return
    yield style("heading", printable(file.path)) + "  " + style("dim", printable(file.protocol))
    name_width = min(_WIDEST_NAME, max(display_width(check.name) for check in shown))
    for check in shown:
        yield check_as_text(file, check, options, name_width=name_width, style=style)


def status(check: CheckResult, *, strict: bool = False) -> tuple[str, Role]:
    """`MET`, `NOT MET` or `UNKNOWN`, and the role of that word."""
    return _STATUS[check_exit_code(check, strict=strict)]


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
    lines = [_headline(file, check, options, name_width, style)]
    for role, text in _body(file, check, options):
        lines.append(" " * _LEFT + (style(role, text) if role else text))
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
        blocks[0] += f"\n{' ' * _LEFT}{pad('next', _KEY)}{printable(check.replay)}"
    return "\n\n".join(blocks)


def _headline(file: FileResult, check: CheckResult, options: TextOptions, name_width: int, style: Style) -> str:
    word, role = status(check, strict=options.strict)
    name = pad(printable(check.name), name_width)
    expect = f"expect {check.expect}"
    if check.outcome is Outcome.HOLDS_WITHIN:
        expect += ", not exhaustive"
    place = f"{printable(file.path)}:{check.line}" if check.line and word != "MET" else ""
    left = f"{pad(word, _LEFT)}{name}  {expect}"
    styled = style(role, word) + " " * (_LEFT - len(word)) + style("name", name) + "  " + expect
    return styled + (" " * beside(left, place) + style("place", place) if place else "")


def _body(file: FileResult, check: CheckResult, options: TextOptions) -> Iterator[tuple[Role | None, str]]:
    room = WIDTH - _LEFT
    if check.met is not True and check.reason:
        for line in sentence_lines(check.reason, room):
            yield None, line
    for line in flow([printable(f"{key} = {value}") for key, value in check.settings.items()], room):
        yield "dim", line
    for line in _property_lines(check):
        yield None, line
    for key, texts in (("assumes", check.assumptions), ("note", check.notes), *_warnings(file, check)):
        for text in texts:
            for number, line in enumerate(sentence_lines(text, room - _KEY)):
                yield ("unsure" if key == "warning" else None), pad(key if number == 0 else "", _KEY) + line
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
    lengths = {each.property: each.length for each in check.counterexamples}
    for outcome, key in _PROPERTY_ORDER:
        among = [each for each in check.properties if each.outcome is outcome]
        lines: list[str] = []
        for note in dict.fromkeys(["", *(each.note for each in among)]):
            names = list(_property_names([each for each in among if each.note == note], lengths))
            if note:
                lines += sentence_lines(f"{', '.join(names)}: {note}", WIDTH - _LEFT - _KEY)
            else:
                lines += flow(names, WIDTH - _LEFT - _KEY)
        for number, line in enumerate(lines):
            yield pad(key if number == 0 else "", _KEY) + line


def _property_names(results: Sequence[PropertyResult], lengths: Mapping[str, int]) -> Iterator[str]:
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
            kind = f" ({result.kind})" if result.kind in {"reachable", "bound", "step"} else ""
            length = f" {steps_text(lengths[result.name])}" if result.name in lengths else ""
            yield printable(result.name) + kind + length


def statistics_line(statistics: Statistics, engine: str, *, memory: bool = False) -> str:
    """`64 states, 153 transitions, depth 12, 0.01 s, python`

    Args:
        statistics: the numbers.
        engine: who found them.
        memory: add the peak memory.
    """
    parts = [
        _count(statistics.states, "state"),
        _count(statistics.transitions, "transition"),
        f"depth {statistics.depth}",
        _duration(statistics.seconds),
    ]
    if memory:
        parts.append(f"{statistics.peak_memory_bytes / 1e6:,.0f} MB")
    if engine:
        parts.append(engine)
    return ", ".join(parts) + ("" if statistics.complete else "; not complete")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def summary_line(report: Report, *, strict: bool = False, style: Style = plain) -> str:
    """`5 checks: 4 met, 1 not met`, and how many files could not be checked.

    Args:
        report: what was answered.
        strict: count a vacuity warning as an expectation not met.
        style: sets pieces off by their role.
    """
    words = [status(check, strict=strict) for check in report.checks]
    numbers = [(words.count(each), each) for each in dict.fromkeys(_STATUS.values())]
    parts = [style(role, f"{number} {word.lower()}") for number, (word, role) in numbers if number]
    wrong = sum(1 for file in report.files if any(d.severity is Severity.ERROR for d in file.diagnostics))
    texts = [f"{_count(len(words), 'check')}: {', '.join(parts)}"] if words else []
    if wrong:
        texts.append(style("bad", f"{_count(wrong, 'file')} could not be checked"))
    return "; ".join(texts) if texts else "nothing to check"
