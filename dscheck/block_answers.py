"""How are the blocks of a file answered? Those that are asked for, and those that an asked check rests on, in order."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from dscheck.diagnostics import SpecError
from dscheck.language import syntax
from dscheck.language.checked import CheckedSpec
from dscheck.model.constants import Constant
from dscheck.model.lowering import nodes_of
from dscheck.model.settings import Override, configure
from dscheck.options import CheckOptions
from dscheck.progress import Observer, Progress
from dscheck.verdict import BlockResult, Outcome

Block = syntax.Schedule | syntax.Schedules | syntax.Timing


def constants_of(checked: CheckedSpec, overrides: Mapping[str, syntax.Expression]) -> dict[str, int]:
    """The constants of a spec, which its timing blocks may name.

    Args:
        checked: the spec.
        overrides: settings from the command line, by key.

    Raises:
        SpecError: such a setting is unknown, of the wrong kind or out of range.
    """
    outside = tuple(Override(tuple(key.split(".")), value, None) for key, value in overrides.items())
    found, complaints = configure(checked, outside)
    if found is None or complaints:
        raise SpecError(checked.source, tuple(complaints))
    return dict(found.constants)


def chosen_blocks(checked: CheckedSpec, options: CheckOptions, *, with_proofs: bool) -> tuple[Block, ...]:
    """The blocks to answer, in the order of the file.

    Args:
        checked: the spec.
        options: names blocks as it names checks; without names all are asked.
        with_proofs: also those that an assumption of the protocol rests on, since a check is asked.
    """
    proofs = {each.because.name for each in checked.assumes if each.because is not None} if with_proofs else set()
    asked = {*options.checks, *proofs}
    return tuple(block for name, block in checked.blocks.items() if not options.checks or name in asked)


def answer_blocks(
    checked: CheckedSpec,
    blocks: Sequence[Block],
    constants: Mapping[str, int],
    options: CheckOptions,
    observer: Observer,
    *,
    stopped: bool,
) -> Iterator[BlockResult]:
    """Answer blocks one after the other; after Ctrl-C the rest is not asked.

    Args:
        checked: the spec.
        blocks: of it.
        constants: their values.
        options: limits, and what the command to ask a block again must repeat.
        observer: told which block is being answered.
        stopped: was the user's patience over before the first?
    """
    for block in blocks:
        name, line = block.name.name, checked.source.position(block.span.start)[0]
        observer(_beginning(checked.source.path, name))
        began = perf_counter()
        if stopped:
            result = _not_answered(block, "not asked: interrupted before")
        else:
            try:
                result = _answer(checked, block, constants, options)
            except KeyboardInterrupt:
                result = _not_answered(block, "interrupted")
        stopped = result.interrupted
        yield replace(result, line=line, seconds=perf_counter() - began, replay=_replay(checked, name, options))


def proofs_of(
    checked: CheckedSpec,
    names: Iterable[str],
    values: Mapping[str, Constant],
    answered: Mapping[str, BlockResult],
    constants: Mapping[str, int],
    options: CheckOptions,
) -> dict[str, BlockResult]:
    """The answers to the blocks that prove what one check assumes, each with the constants of that check.

    A check that sets a constant asks another question of a block that names it: the answer for the defaults proves
    nothing about it.

    Args:
        checked: the spec.
        names: of the blocks.
        values: of the constants in this check.
        answered: the answers for `constants`.
        constants: those that the blocks were answered with.
        options: limits.
    """
    found = {}
    for name in names:
        block = checked.blocks[name]
        named = {node.name for node in nodes_of(block) if isinstance(node, syntax.Name)}
        same = all(values[each] == constants[each] for each in named & values.keys())
        known = answered.get(name)
        if known is not None and same:
            found[name] = known
        elif known is None or not known.interrupted:
            line = checked.source.position(block.span.start)[0]
            found[name] = replace(_answer(checked, block, values, options), line=line)
    return found


def _beginning(path: str, name: str) -> Progress:
    """What an observer hears of a block: which one it is, for there is nothing to count."""
    return Progress(states=0, transitions=0, queue=0, depth=0, seconds=0.0, memory_bytes=0, file=path, check=name)


def _answer(checked: CheckedSpec, block: Block, constants: Mapping[str, int], options: CheckOptions) -> BlockResult:
    match block:
        case syntax.Schedule():
            from dscheck.schedules.answer import answer_schedule

            return answer_schedule(checked.source, block, options.limits)
        case syntax.Schedules():
            from dscheck.schedules.all_schedules import answer_schedules

            above = [each for each in checked.blocks.values() if isinstance(each, syntax.Schedule)]
            return answer_schedules(checked.source, block, above, options.limits)
        case syntax.Timing():
            from dscheck.timing.answer import answer_timing

            return answer_timing(checked.source, block, constants, options.limits)


def _not_answered(block: Block, reason: str) -> BlockResult:
    match block:
        case syntax.Schedule():
            return BlockResult(block.name.name, "schedule", Outcome.UNKNOWN, None, reason, (), interrupted=True)
        case syntax.Schedules():
            return BlockResult(block.name.name, "schedules", Outcome.UNKNOWN, None, reason, (), interrupted=True)
        case syntax.Timing():
            return BlockResult(block.name.name, "timing", Outcome.UNKNOWN, None, reason, (), interrupted=True)


def _replay(checked: CheckedSpec, name: str, options: CheckOptions) -> str:
    """What asks this block again, and draws its pictures."""
    words = ["dscheck", "schedule", checked.source.path, "--check", name]
    for key, value in options.constants.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)
