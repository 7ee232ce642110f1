"""What does this spec mean, and is it sound? The road from syntax to a checked spec, pass by pass."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache

from dscheck.diagnostics import SpecError
from dscheck.language import syntax
from dscheck.language.blocks import check_blocks
from dscheck.language.bodies import check_bodies, check_properties, check_uncalled_functions
from dscheck.language.check_assume import check_assumptions
from dscheck.language.checked import CheckedSpec, ProcessInfo, Tables
from dscheck.language.configuration import check_checks, check_options
from dscheck.language.declarations import collect
from dscheck.language.declared_types import type_constants, type_declarations
from dscheck.language.findings import Findings
from dscheck.language.message_flow import Sends, check_flow, sender_of
from dscheck.language.parser import garbage_uncollected, parse
from dscheck.language.restrictions import check_timers
from dscheck.language.scopes import CONSTANT, Context, DeclaredTypes, Usage
from dscheck.language.typecheck_expression import infer_expression
from dscheck.language.unused import warn_unused
from dscheck.source import SourceFile

MOST_ROUNDS = 10
DEEPEST_RECURSION = 50_000
"""frames of Python: fifty calls within calls, each in an expression as deep as the parser allows"""


@lru_cache(maxsize=64)  # pytest asks for each check of a file by itself, and reading it takes longer than small checks
def read_spec(source: SourceFile) -> CheckedSpec:
    """Parse and analyse a spec.

    Raises:
        SpecError: it has mistakes; carries the independent ones.
    """
    with garbage_uncollected():
        return analyse(source, parse(source))


def analyse(source: SourceFile, spec: syntax.Spec) -> CheckedSpec:
    """Resolve every name of `spec` and type every expression.

    Args:
        source: the text that the spans of `spec` point into.
        spec: the syntax tree; the tables of the result are keyed by the identity of its nodes.

    Raises:
        SpecError: it has mistakes; carries the independent ones in source order, at most twenty.
    """
    with _deep_recursion():
        return _analyse(source, spec)


def _analyse(source: SourceFile, spec: syntax.Spec) -> CheckedSpec:
    findings = Findings()
    known = collect(spec, findings)
    declared = Context(
        source, known, DeclaredTypes(), findings, Usage(), infer_expression, place=CONSTANT, tables=Tables()
    )
    constants = type_constants(declared)
    type_declarations(declared)
    check_options(declared)
    check_checks(declared)
    check_blocks(declared)
    sends = Sends({})
    ctx = _round(declared, sends, last=False)
    for _ in range(MOST_ROUNDS):
        if ctx.usage.sends.keys() == sends.places.keys():
            break
        sends = Sends(ctx.usage.sends)
        ctx = _round(declared, sends, last=False)
    if any(_has_no_sender(handler, process, sends) for process in known.processes.values()
           for handler in process.handlers):  # fmt: skip
        ctx = _round(declared, sends, last=True)
    check_properties(ctx)
    check_assumptions(ctx)
    check_uncalled_functions(ctx)
    check_flow(ctx, sends)
    for process in known.processes.values():
        check_timers(ctx, process)
    warn_unused(ctx)
    for diagnostic in (*ctx.findings.errors(), *ctx.findings.warnings()):
        findings.add(diagnostic)
    if findings.errors():
        raise SpecError(source, findings.errors())
    pairs: dict[str, set[tuple[str, str]]] = {name: set() for name in known.messages}
    for message, sender, receiver in sends.places:
        pairs[message].add((sender, receiver))
    return CheckedSpec(
        source=source,
        spec=spec,
        tables=ctx.tables,
        protocol=known.protocol,
        constants={name: known.constants[name] for name in constants},
        enumerations={name: tuple(each.name for each in enum.literals) for name, enum in known.enums.items()},
        records=known.records,
        messages=known.messages,
        processes=known.processes,
        shared=known.shared,
        sender_of=sender_of(known.processes, sends),
        senders={name: frozenset(found) for name, found in pairs.items()},
        symmetric=frozenset(name for name in known.unordered if not known.processes[name].ring),
        properties=known.properties,
        tights=tuple(known.tights),
        final=known.final,
        network=known.network,
        faults=known.faults,
        checks=tuple(known.checks.values()),
        assumes=tuple(known.assumes),
        blocks=known.blocks,
        warnings=findings.warnings(),
    )


def _has_no_sender(handler: syntax.Handler, process: ProcessInfo, sends: Sends) -> bool:
    return handler.sender is not None and not sends.senders(handler.message.name, process.name)


def _round(declared: Context, sends: Sends, *, last: bool) -> Context:
    """Check all bodies anew, with the senders found so far."""
    before = declared.tables
    tables = Tables(
        dict(before.type_of), dict(before.name), dict(before.attribute), dict(before.call), set(before.unwrap)
    )
    usage = Usage(read=set(declared.usage.read), called=set(declared.usage.called))
    ctx = replace(declared, findings=Findings(), usage=usage, tables=tables, expansions={})
    check_bodies(ctx, sends, last=last)
    return ctx


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Leave room for bodies that call functions that call functions; the parser bounds the depth of each."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
