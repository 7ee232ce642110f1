"""The whole path, read from top to bottom: text, checked spec, transition system, exploration, verdict.

source -> read_spec -> plans_of -> lower -> engine.answer -> confirm -> judge -> CheckResult
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from dscheck.diagnostics import Diagnostic, Severity, SpecError
from dscheck.engines.checkpoints import (
    CheckpointFolder,
    Found,
    command_of,
    known_folder,
    new_folder,
    options_of,
    sources_of,
)
from dscheck.engines.engine import answer, engine_named, generated_text
from dscheck.evidence import counterexample_of
from dscheck.explore.finding import Exploration, SearchEnd
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
    found = list(sources(paths))
    with _checkpoints(found, options) as folder:
        return _check_sources(found, options, observer, folder)


def resume(path: Path, options: CheckOptions, *, observer: Observer = quiet) -> Report:
    """Go on with the checks of a command that kept checkpoints in the folder `path`.

    Args:
        path: the folder.
        options: limits, workers; what decides the answer is in the folder.
        observer: told how far the running search is.

    Raises:
        CheckpointError: there is nothing to go on with, or it cannot be used.
    """
    with known_folder(path) as folder:
        return _check_sources(sources_of(folder), options_of(folder, options), observer, folder)


def _checkpoints(found: Sequence[Found], options: CheckOptions) -> AbstractContextManager[CheckpointFolder | None]:
    if options.native.checkpoint is None:
        return nullcontext()
    return new_folder(options.native.checkpoint, command_of(found, options))


def _check_sources(
    found: Iterable[Found],
    options: CheckOptions,
    observer: Observer,
    folder: CheckpointFolder | None,
) -> Report:
    files: list[FileResult] = []
    stopped = False
    for number, source in enumerate(found, start=1):
        if isinstance(source, tuple):
            path, diagnostic = source
            files.append(FileResult(path, "", None, diagnostics=(diagnostic,)))
        else:
            place = None if folder is None else partial(folder.of_check, number)
            files.append(_check_file(source, options, observer, place, stopped=stopped))
            stopped = stopped or any(check.interrupted for check in files[-1].checks)
    return Report(version(), tuple(files))


def check_text(source_text: str, options: CheckOptions, *, path: str = "<text>", observer: Observer = quiet) -> Report:
    """Check a spec that is given as text; `path` is the name to show."""
    source = SourceFile.of_bytes(path, source_text.encode())
    return Report(version(), (_check_file(source, options, observer, None, stopped=False),))


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


def show_generated(path: Path, options: CheckOptions, engine: str) -> str:
    """The text that an engine generates for the first check that `options` selects.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: the file cannot be read.
        Refused: the engine cannot explore this system.
    """
    return generated_text(engine_named(engine), _first_system(path, options))


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


# Where the checkpoints of one check are kept, by its number and name.
_Place = Callable[[int, str], Path]


def _check_file(
    source: SourceFile, options: CheckOptions, observer: Observer, place: _Place | None, *, stopped: bool
) -> FileResult:
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
    together = list(zip(chosen, systems, strict=True))
    results = tuple(_check_all(checked, together, options, observer, place, stopped=stopped))
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
    place: _Place | None,
    *,
    stopped: bool,
) -> Iterator[CheckResult]:
    for number, (plan, system) in enumerate(plans, start=1):
        if stopped:
            yield _going_on(_not_asked(checked, plan, system, options, "not asked: interrupted before"), options)
            continue
        native = replace(options.native, checkpoint=None if place is None else place(number, plan.name))
        try:
            result = _check(checked, plan, system, replace(options, native=native), observer)
        except KeyboardInterrupt:  # not while it searched, but while it compiled, say: earlier checks are still told
            result = _not_asked(checked, plan, system, options, "interrupted")
        stopped = result.interrupted
        yield _going_on(result, options)


def _going_on(result: CheckResult, options: CheckOptions) -> CheckResult:
    """The same; a check that is saved and not decided is not asked again but goes on."""
    if options.native.checkpoint is None or result.outcome is not Outcome.UNKNOWN:
        return result
    return replace(result, replay=shlex.join(["dscheck", "resume", str(options.native.checkpoint)]))


def _check(checked: CheckedSpec, plan: Plan, system: System, options: CheckOptions, observer: Observer) -> CheckResult:
    """Run one check."""
    limits = limits_of(plan, options.limits)

    def tell(progress: Progress) -> None:
        observer(replace(progress, file=checked.source.path, check=plan.name))

    exploration = answer(system, options.engine, limits, awaited(plan.expectation), tell, options.native)
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
        engine=exploration.engine,
        statistics=exploration.statistics,
        properties=judgement.properties,
        counterexamples=counterexamples,
        assumptions=(*system.assumptions, *exploration.assumptions),
        notes=exploration.notes,
        warnings=cautions(system, exploration, plan.expectation),
        interrupted=exploration.end is SearchEnd.INTERRUPTED,
        line=plan.line,
        replay=_replay_command(checked, plan, options),
    )


def _not_asked(checked: CheckedSpec, plan: Plan, system: System, options: CheckOptions, reason: str) -> CheckResult:
    return CheckResult(
        name=plan.name,
        settings=system.settings,
        expect=expectation_text(plan.expectation),
        outcome=Outcome.UNKNOWN,
        reason=reason,
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
    """What asks this check again."""
    words = ["dscheck", "check", checked.source.path]
    if plan.line:
        words += ["--check", plan.name]
    for key, value in options.constants.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)
