"""The whole path, read from top to bottom: text, checked spec, transition system, exploration, verdict.

source -> read_spec -> plans_of -> lower -> engine.answer -> confirm -> judge -> CheckResult
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dscheck.diagnostics import Diagnostic, Severity, SpecError
from dscheck.engines.engine import answer, engine_named
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import Exploration, SearchEnd
from dscheck.explore.questions import questions_of
from dscheck.inputs import overrides_of, sources
from dscheck.judgement import Judgement, awaited, judge
from dscheck.language import syntax
from dscheck.language.analysis import read_spec
from dscheck.language.checked import CheckedSpec
from dscheck.model.lower import lower
from dscheck.model.plans import Plan, plans_of, without_effect
from dscheck.model.printing import system_as_text
from dscheck.model.system import System
from dscheck.options import CheckOptions, Limits
from dscheck.progress import Observer, Progress, quiet
from dscheck.source import SourceFile
from dscheck.vacuity import cautions
from dscheck.verdict import CheckResult, FileResult, Outcome, Report, Statistics
from dscheck.version import version

MOST_WARNINGS = 20


def check_paths(paths: Sequence[Path | str], options: CheckOptions, *, observer: Observer = quiet) -> Report:
    """Check the specs in files, directories and on standard input (`-`).

    Args:
        paths: what to check.
        options: which checks, with which overrides, how far.
        observer: told how far the running search is.
    """
    files: list[FileResult] = []
    stopped = False
    for source in sources(paths):
        if isinstance(source, tuple):
            path, diagnostic = source
            files.append(FileResult(path, "", None, diagnostics=(diagnostic,)))
        else:
            files.append(_check_file(source, options, observer, stopped=stopped))
            stopped = stopped or any(check.interrupted for check in files[-1].checks)
    return Report(version(), tuple(files))


def check_text(source_text: str, options: CheckOptions, *, path: str = "<text>", observer: Observer = quiet) -> Report:
    """Check a spec that is given as text; `path` is the name to show."""
    source = SourceFile.of_bytes(path, source_text.encode())
    return Report(version(), (_check_file(source, options, observer, stopped=False),))


def check_names(path: Path | str) -> tuple[tuple[str, int], ...]:
    """Names and lines of the checks of a file, sweeps expanded, without running any.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: the file cannot be read.
    """
    return tuple((plan.name, plan.line) for plan in plans_of(read_spec(SourceFile.read(Path(path))), {}))


def show_syntax(path: Path) -> str:
    """The syntax tree of a spec, one declaration after the other."""
    declarations = read_spec(SourceFile.read(path)).spec.declarations
    return "\n\n".join(_indented(repr(declaration)) for declaration in declarations)


def _indented(text: str) -> str:
    """A nested repr, broken into lines at its brackets."""
    depth, lines, line = 0, [], ""
    for character in text:
        if character in "([" and line.strip():
            lines.append("  " * depth + line.strip() + character)
            depth, line = depth + 1, ""
        elif character in ")]":
            if line.strip():
                lines.append("  " * depth + line.strip())
            depth, line = max(depth - 1, 0), ""
            lines[-1] += character
        elif character == ",":
            if line.strip():
                lines.append("  " * depth + line.strip())
            line = ""
        else:
            line += character
    return "\n".join(lines)


def show_ir(path: Path, options: CheckOptions) -> str:
    """The transition system of the first check that `options` selects."""
    return system_as_text(_first_system(path, options))


def show_python(path: Path, options: CheckOptions) -> str:
    """The Python text that the reference engine runs for the first check that `options` selects."""
    from dscheck.engines.python.reference import source_of

    system = _first_system(path, options)
    return source_of(system, questions_of(system).formulas)


def _first_system(path: Path, options: CheckOptions) -> System:
    checked = read_spec(SourceFile.read(path))
    plans = [plan for plan in plans_of(checked, overrides_of(options.constants)) if _selected(plan, options)]
    if not plans:
        raise SpecError(checked.source, (Diagnostic("", f"there is no check named {', '.join(options.checks)}"),))
    return lower(checked, plans[0].configuration)


# --- one file ----------------------------------------------------------------------------------


def _selected(plan: Plan, options: CheckOptions) -> bool:
    """Is this check asked for, by its own name or by that of its sweep?"""
    return not options.checks or plan.name in options.checks or plan.name.partition("[")[0] in options.checks


def _check_file(source: SourceFile, options: CheckOptions, observer: Observer, *, stopped: bool) -> FileResult:
    try:
        checked = read_spec(source)
        overrides = overrides_of(options.constants)
        plans = plans_of(checked, overrides)
        remarks = without_effect(checked, overrides)
        chosen = [plan for plan in plans if _selected(plan, options)]
        # All systems first: a setting that makes no sense is told before any search begins.
        systems = [lower(checked, plan.configuration) for plan in chosen]
    except SpecError as error:
        return FileResult(source.path, "", error.source, diagnostics=error.diagnostics)
    results = tuple(_check_all(checked, list(zip(chosen, systems, strict=True)), options, observer, stopped=stopped))
    return FileResult(
        source.path, checked.protocol, source, results, (*remarks, *_at_most(MOST_WARNINGS, checked.warnings))
    )


def _at_most(number: int, warnings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The first warnings, and how many more there are."""
    if len(warnings) <= number:
        return warnings
    more = Diagnostic("", f"and {len(warnings) - number} more warnings", severity=Severity.WARNING)
    return (*warnings[:number], more)


def _check_all(
    checked: CheckedSpec,
    plans: list[tuple[Plan, System]],
    options: CheckOptions,
    observer: Observer,
    *,
    stopped: bool,
) -> Iterator[CheckResult]:
    for plan, system in plans:
        if stopped:
            yield _not_asked(checked, plan, system, options)
            continue
        result = _check(checked, plan, system, options, observer)
        stopped = result.interrupted
        yield result


def _check(checked: CheckedSpec, plan: Plan, system: System, options: CheckOptions, observer: Observer) -> CheckResult:
    """Run one check."""
    limits = limits_of(plan, options.limits)

    def tell(progress: Progress) -> None:
        observer(replace(progress, file=checked.source.path, check=plan.name))

    exploration = answer(system, options.engine, limits, awaited(plan.expectation), tell)
    judgement = judge(plan.expectation, exploration, limits, options.limits)
    return _result(checked, plan, system, options, exploration, judgement)


def limits_of(plan: Plan, limits: Limits) -> Limits:
    """The limits of one check: its own `within` and those of the caller."""
    within = plan.expectation.within if isinstance(plan.expectation, syntax.ExpectHolds) else None
    if within is None:
        return limits
    return replace(limits, max_depth=within if limits.max_depth is None else min(within, limits.max_depth))


def _result(
    checked: CheckedSpec,
    plan: Plan,
    system: System,
    options: CheckOptions,
    exploration: Exploration,
    judgement: Judgement,
) -> CheckResult:
    counterexamples = tuple(counterexample_of(system, violation) for violation in exploration.violations.values())
    return CheckResult(
        name=plan.name,
        settings=system.settings,
        expect=expectation_text(plan.expectation),
        outcome=judgement.outcome,
        reason=judgement.reason,
        met=judgement.met,
        engine=engine_named(options.engine).name,
        statistics=exploration.statistics,
        properties=judgement.properties,
        counterexamples=counterexamples,
        assumptions=system.assumptions,
        warnings=cautions(system, exploration, plan.expectation),
        interrupted=exploration.end is SearchEnd.INTERRUPTED,
        line=plan.line,
        replay=_replay_command(checked, plan, options),
    )


def _not_asked(checked: CheckedSpec, plan: Plan, system: System, options: CheckOptions) -> CheckResult:
    return CheckResult(
        name=plan.name,
        settings=system.settings,
        expect=expectation_text(plan.expectation),
        outcome=Outcome.UNKNOWN,
        reason="not asked: interrupted before",
        met=None,
        engine=engine_named(options.engine).name,
        statistics=Statistics(0, 0, 0, 0.0, 0, complete=False),
        properties=(),
        counterexamples=(),
        interrupted=True,
        line=plan.line,
        replay=_replay_command(checked, plan, options),
    )


def expectation_text(expectation: syntax.Expectation) -> str:
    """The expectation as written in a spec, without `expect`."""
    match expectation:
        case syntax.ExpectHolds(within):
            return "holds" if within is None else f"holds within {within} steps"
        case syntax.ExpectViolates(item, tight, steps):
            text = f"violates {'tight ' if tight else ''}{item.name}"
            return text if steps is None else f"{text} in {steps} steps"
        case syntax.ExpectDeadlock(steps):
            return "deadlock" if steps is None else f"deadlock in {steps} steps"


def _replay_command(checked: CheckedSpec, plan: Plan, options: CheckOptions) -> str:
    words = ["dscheck", "check", checked.source.path]
    if plan.line:
        words += ["--check", plan.name]
    for key, value in options.constants.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)
