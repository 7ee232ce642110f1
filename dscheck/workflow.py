"""The whole path, read from top to bottom: text, checked spec, transition system, exploration, verdict.

source -> read_spec -> plans_of -> lower -> engine.answer -> confirm -> judge -> CheckResult
                    -> block_answers -> BlockResult
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from dscheck.block_answers import answer_blocks, chosen_blocks, constants_of, proofs_of
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
from dscheck.graph import StateGraph
from dscheck.inputs import overrides_of, sources
from dscheck.judgement import Judgement, assumption_texts, awaited, judge, without_releases
from dscheck.language import syntax
from dscheck.language.analysis import read_spec
from dscheck.language.checked import CheckedSpec
from dscheck.model.lower import lower
from dscheck.model.plans import Plan, plans_of, without_effect
from dscheck.model.printing import system_as_text
from dscheck.model.system import System
from dscheck.options import CheckOptions, Limits
from dscheck.progress import Observer, Progress, quiet
from dscheck.reachable_states import MOST_STATES, state_graph_of
from dscheck.source import SourceFile
from dscheck.vacuity import cautions
from dscheck.verdict import BlockResult, CheckResult, FileResult, Outcome, Report, Statistics
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


def answer_paths(paths: Sequence[Path | str], options: CheckOptions, *, observer: Observer = quiet) -> Report:
    """Answer the schedules and timing blocks of the specs in files, and none of their checks.

    Args:
        paths: what to answer.
        options: which blocks (`checks`), with which constants, how far.
        observer: told which block is being answered.
    """
    return _check_sources(sources(paths), options, observer, None, blocks_only=True)


def resume(path: Path, options: CheckOptions, *, observer: Observer = quiet) -> Report:
    """Go on with the checks of a command that kept checkpoints in the folder `path`.

    Args:
        path: the folder.
        options: limits, workers; what decides the answer is in the folder, and the limits of then count no more.
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
    *,
    blocks_only: bool = False,
) -> Report:
    files: list[FileResult] = []
    stopped = False
    for number, source in enumerate(found, start=1):
        if isinstance(source, tuple):
            path, diagnostic = source
            files.append(FileResult(path, "", None, diagnostics=(diagnostic,)))
        else:
            place = None if folder is None else partial(folder.of_check, number)
            files.append(_check_file(source, options, observer, place, stopped=stopped, blocks_only=blocks_only))
            stopped = stopped or any(each.interrupted for each in files[-1].questions)
    return Report(version(), tuple(files))


def check_text(source_text: str, options: CheckOptions, *, path: str = "<text>", observer: Observer = quiet) -> Report:
    """Check a spec that is given as text; `path` is the name to show."""
    source = SourceFile.of_bytes(path, source_text.encode())
    return Report(version(), (_check_file(source, options, observer, None, stopped=False, blocks_only=False),))


def check_names(path: Path | str) -> tuple[tuple[str, int], ...]:
    """Names and lines of the checks of a file, sweeps expanded, and of its blocks, without answering any.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: the file cannot be read.
    """
    checked = read_spec(SourceFile.read(Path(path)))
    plans = [(plan.name, plan.line) for plan in plans_of(checked, {})]
    return tuple(sorted((*plans, *_block_places(checked)), key=lambda place: place[1]))


def block_names(path: Path | str) -> tuple[tuple[str, int], ...]:
    """Names and lines of the schedules and timing blocks of a file.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: the file cannot be read.
    """
    return tuple(_block_places(read_spec(SourceFile.read(Path(path)))))


def _block_places(checked: CheckedSpec) -> Iterator[tuple[str, int]]:
    for name, block in checked.blocks.items():
        yield name, checked.source.position(block.span.start)[0]


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


def graph_of(path: str, options: CheckOptions) -> StateGraph:
    """Every state of the first check that `options` selects; the errors are those of `show_ir`, and GraphTooLarge."""
    return state_graph_of(_first_system(Path(path), options), options.limits.max_states or MOST_STATES)


def _first_system(path: Path, options: CheckOptions) -> System:
    checked = read_spec(SourceFile.read(path))
    plans = [plan for plan in plans_of(checked, overrides_of(options.constants)) if _selected(plan, options)]
    if not plans:
        wrong = f"there is no check named {', '.join(options.checks)}" if options.checks else "the file has no checks"
        raise SpecError(checked.source, (Diagnostic("", wrong),))
    return lower(checked, plans[0].configuration)


# --- one file ----------------------------------------------------------------------------------


def _selected(plan: Plan, options: CheckOptions) -> bool:
    """Is this check asked for, by its own name or by that of its sweep?"""
    return not options.checks or plan.name in options.checks or plan.name.partition("[")[0] in options.checks


# Where the checkpoints of one check are kept, by its number and name.
_Place = Callable[[int, str], Path]


def _check_file(
    source: SourceFile,
    options: CheckOptions,
    observer: Observer,
    place: _Place | None,
    *,
    stopped: bool,
    blocks_only: bool,
) -> FileResult:
    try:
        checked = read_spec(source)
        overrides = overrides_of(options.constants)
        plans = () if blocks_only else plans_of(checked, overrides)
        constants = constants_of(checked, overrides) if checked.blocks else {}
        timed = any(isinstance(block, syntax.Timing) for block in checked.blocks.values())  # these take them too
        remarks = () if blocks_only or timed else without_effect(checked, overrides)
        chosen = [plan for plan in plans if _selected(plan, options)]
        # All systems first: a setting that makes no sense is told before any search begins.
        systems = [lower(checked, plan.configuration) for plan in chosen]
    except SpecError as error:
        return FileResult(source.path, "", error.source, diagnostics=error.diagnostics)
    # Blocks before checks: an assumption of a protocol rests on the block that proves it.
    asked = chosen_blocks(checked, options, with_proofs=bool(chosen))
    blocks = tuple(answer_blocks(checked, asked, constants, options, observer, stopped=stopped))
    stopped = stopped or any(block.interrupted for block in blocks)
    together = list(zip(chosen, systems, strict=True))
    answers = {block.name: block for block in blocks}
    results = tuple(_check_all(checked, together, answers, options, observer, place, stopped=stopped))
    warnings = _at_most(MOST_WARNINGS, checked.warnings)
    return FileResult(source.path, checked.protocol, source, results, (*remarks, *warnings), blocks)


def _at_most(number: int, warnings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The first warnings, and how many more there are."""
    if len(warnings) <= number:
        return warnings
    more = Diagnostic("", f"and {len(warnings) - number} more warnings", severity=Severity.WARNING)
    return (*warnings[:number], more)


def _check_all(
    checked: CheckedSpec,
    plans: list[tuple[Plan, System]],
    blocks: Mapping[str, BlockResult],
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
            result = _check(checked, plan, system, blocks, replace(options, native=native), observer)
        except KeyboardInterrupt:  # not while it searched, but while it compiled, say: earlier checks are still told
            result = _not_asked(checked, plan, system, options, "interrupted")
        stopped = result.interrupted
        yield _going_on(result, options)


def _going_on(result: CheckResult, options: CheckOptions) -> CheckResult:
    """The same; a check that is saved and not decided is not asked again but goes on."""
    if options.native.checkpoint is None or result.outcome is not Outcome.UNKNOWN:
        return result
    return replace(result, replay=shlex.join(["dscheck", "resume", str(options.native.checkpoint)]))


def _check(
    checked: CheckedSpec,
    plan: Plan,
    system: System,
    blocks: Mapping[str, BlockResult],
    options: CheckOptions,
    observer: Observer,
) -> CheckResult:
    """Run one check; `blocks` has the answers to those that its assumptions may rest on."""
    limits = limits_of(plan, options.limits)
    proofs = _proofs(checked, plan, system, blocks, options)

    def tell(progress: Progress) -> None:
        observer(replace(progress, file=checked.source.path, check=plan.name))

    stops = awaited(plan.expectation, system.assumed)
    exploration = answer(system, options.engine, limits, stops, tell, options.native)
    exploration = without_releases(exploration, system.assumed)
    judgement = judge(plan.expectation, exploration, limits, options.limits, system.assumed, proofs)
    result = _result(checked, plan, system, options, exploration, judgement)
    reasons = assumption_texts(system.assumed, proofs)
    graph = state_graph_of(system, of=plan.name) if options.graph else None
    return replace(result, assumptions=(*reasons, *result.assumptions), graph=graph)


def _proofs(
    checked: CheckedSpec, plan: Plan, system: System, blocks: Mapping[str, BlockResult], options: CheckOptions
) -> Mapping[str, BlockResult]:
    """The answers to the blocks on which the assumptions of a check rest."""
    names = [each.block for each in system.assumed if each.block]
    if not names:
        return {}
    defaults = constants_of(checked, overrides_of(options.constants))
    return proofs_of(checked, names, plan.configuration.constants, blocks, defaults, options)


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
        assuming=tuple(each.name for each in system.assumed),
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
