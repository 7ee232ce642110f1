"""How are many small computations run as C? Each is a function of one file, compiled once, that answers with codes."""

import ctypes
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dscheck.domains import Domain, Value
from dscheck.engines.native.block import Block, Exits
from dscheck.engines.native.codec import TooNarrow, encode
from dscheck.engines.native.coding import Codings
from dscheck.engines.native.values import Values

RUNTIME = Path(__file__).resolve().parents[2] / "dscheck" / "engines" / "native" / "runtime"
MOST_ANSWERS = 40  # codes that one function may give
MOST_ARGUMENTS = 8
_FAILED, _OVERFLOWED = 100, 200
_WORD = (1 << 64) - 1

Write = Callable[[Values, list[str], Block], list[tuple[str, Domain]] | None]
"""Writes a computation on argument texts; gives the answers, or None when it put them by `answer` itself."""


def answer(text: str, domain: Domain, values: Values, block: Block) -> None:
    """Write: this value is the next answer."""
    block.put(f"answers[2 * count] = (word)({values.to_code(text, domain)});")
    block.put(f"answers[2 * count++ + 1] = (word)((wide)({values.to_code(text, domain)}) >> 64);")


@dataclass
class Case:
    """One computation and the arguments it is run on.

    Attributes:
        label: says what it is when it goes wrong.
        values: its codings.
        domains: of the arguments.
        write: how it is written.
        runs: arguments and what is expected: codes, `Failed` or `Overflowed`.
        may_overflow: per run, whether it may also overflow, because of a width on the way.
    """

    label: str
    values: Values
    domains: list[Domain]
    write: Write
    runs: list[tuple[list[Value], object]] = field(default_factory=list)
    may_overflow: list[bool] = field(default_factory=list)


class Failed:
    """Expected: the computation fails."""


class Overflowed:
    """Expected: a width that the engine chose is too small."""


def text_of(cases: list[Case]) -> str:
    """The C file."""
    lines = ['#include "values.h"', ""]
    for number, case in enumerate(cases):
        block = Block(Exits(lambda failure: f"return {_FAILED + failure};", lambda key: f"return {_OVERFLOWED + key};"))
        texts = []
        for place, domain in enumerate(case.domains):
            code = f"arguments[{2 * place}]"
            if case.values.codings.of(domain).bits > 64:
                code = f"((wide)arguments[{2 * place + 1}] << 64 | {code})"
            ctype = case.values.ctype(domain)
            texts.append(block.keep(ctype, f"argument{place}", case.values.from_code(code, domain)))
        answers = case.write(case.values, texts, block)
        for text, domain in answers or []:
            answer(text, domain, case.values, block)
        lines += [f"/* {case.label.replace('*/', '')} */"]
        lines += [f"int case_{number}(const word *arguments, word *answers);"]
        lines += [
            f"int case_{number}(const word *arguments, word *answers)",
            "{",
            "    int count = 0;",
            "    (void)arguments;",
        ]
        lines += ["    (void)answers;", *block.lines, "    return count;", "}", ""]
    return "\n".join(lines)


def compiled(text: str, folder: Path, compiler: str, *options: str) -> ctypes.CDLL:
    """The library of a C file, for which the compiler has no warning."""
    source, library = folder / "cases.c", folder / "cases.so"
    source.write_text(text)
    command = [compiler, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{RUNTIME}", "-shared", "-fPIC", *options]
    run = subprocess.run([*command, "-o", library, source], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[:4000]
    return ctypes.CDLL(str(library))


def run_case(library: ctypes.CDLL, number: int, case: Case) -> list[str]:
    """What is wrong with a case, a line for each run that has not the expected answer."""
    function = library[f"case_{number}"]
    wrong = []
    for (inputs, expected), may_overflow in zip(case.runs, case.may_overflow, strict=True):
        arguments, answers = (ctypes.c_uint64 * (2 * MOST_ARGUMENTS))(), (ctypes.c_uint64 * (2 * MOST_ANSWERS))()
        for place, (domain, value) in enumerate(zip(case.domains, inputs, strict=True)):
            code = encode(case.values.codings, domain, value)
            arguments[2 * place], arguments[2 * place + 1] = code & _WORD, code >> 64
        status = function(arguments, answers)
        got: object = (
            [answers[2 * place] | answers[2 * place + 1] << 64 for place in range(status)] if status < _FAILED else None
        )
        if status >= _FAILED:
            got = Failed if status < _OVERFLOWED else Overflowed
        if got == expected or (may_overflow and got is Overflowed):
            continue
        wrong.append(f"{case.label}: of {inputs} expected {expected}, got {got}")
    return wrong


def expected_codes(codings: Codings, results: list[tuple[Value, Domain]]) -> object:
    """The codes of the right answers, or that a width is too small for one of them."""
    try:
        return [encode(codings, domain, value) for value, domain in results]
    except TooNarrow:
        return Overflowed
