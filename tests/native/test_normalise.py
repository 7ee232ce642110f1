"""Does generated C find the same representative of a state as the definition of normalisation?"""

import ctypes
import re
import shutil
from pathlib import Path
from random import Random

import pytest
from native.random_values import draw_domain, draw_value
from native.value_cases import compiled
from systems import system

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Vector,
    holds_stamps,
)
from dscheck.engines.native.codec import TooNarrow
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_normalise import emit_normalise
from dscheck.model.system import System, Variable
from dscheck.semantics.normalise import normalise

NODE = Id("Node", 3)
STAMP, VECTOR = Stamp(), Vector("Node", 3)
MESSAGE = Message((
    Record("Ping", (("at", STAMP), ("to", NODE))),
    Record("Seen", (("by", NODE), ("what", Optional(STAMP)), ("now", VECTOR))),
    Record("Zero", ()),
))  # fmt: skip

HAND_MADE: list[list[tuple[Domain, int]]] = [  # per system the domains of variables, and how many of each
    [(STAMP, 1)],
    [(STAMP, 3), (Int(-3, 3), 1)],
    [(STAMP, 12), (List(MESSAGE, None), 12)],
    [(Optional(STAMP), 2), (Bag(MESSAGE), 2)],
    [(VECTOR, 2), (Vector("Other", 2), 2), (STAMP, 1)],
    [(Bag(List(STAMP, 2)), 1)],
    [(Set(STAMP), 1), (Set(Set(STAMP)), 1)],
    [(Map(STAMP, Optional(STAMP)), 1), (Map(NODE, STAMP), 1)],
    [(Set(Vector("Pair", 2)), 1), (Optional(Optional(STAMP)), 1), (Bool(), 1)],
    [(Tuple((STAMP, Int(0, 2**50), Vector("Wide", 4))), 2), (Int(0, 9), 12), (STAMP, 1)],
    [(List(STAMP, 0), 1), (Set(STAMP), 1)],
    [(Bool(), 2)],
]

# The shorter list has the smaller code before, and the greater one after.
TRICKY = ([(Bag(List(STAMP, 2)), 1)], (((5, 3), (6,)),))


def drawn(seed: int) -> list[list[tuple[Domain, int]]]:
    draw = Random(seed)
    found = []
    while len(found) < 40:
        domains = [draw_domain(draw, 3) for _ in range(3)]
        if any(map(holds_stamps, domains)):
            found.append([(domain, draw.choice((1, 1, 2, 9))) for domain in domains])
    return found


def system_of(variables: list[tuple[Domain, int]]) -> System:
    named = (Variable(f"v{place}", (Id("Many", count),), domain) for place, (domain, count) in enumerate(variables))
    return system(tuple(named), (), ())


def named_apart(lines: list[str], number: int) -> list[str]:
    """The functions of one system under names of their own, the last one to be called from outside."""
    text = "\n".join(lines)
    for name in re.findall(r"^(?:static|INLINE) \w+ (\w+)\(", text, flags=re.MULTILINE):
        text = re.sub(rf"\b{name}\b", f"{name}_{number}", text)
    whole = f"void normalise_{number}(word *state)"
    return text.replace(f"static {whole}", f"{whole};\n{whole}").splitlines()


def test_states_are_normalised_as_the_definition_says(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    packings: list[Packing] = []
    lines = ['#include "values.h"']
    for variables in (*HAND_MADE, *drawn(3)):
        codings = Codings(Widths())
        try:
            packing = Packing(system_of(variables), codings, {})
            text = emit_normalise(packing, Values(codings))
        except NotPackable:
            assert variables not in HAND_MADE
            continue
        number = len(packings)
        packings.append(packing)
        lines += named_apart(text, number)
    library = compiled("\n".join([*lines, ""]), tmp_path, compiler)
    draw, moved = Random(4), 0
    for number, packing in enumerate(packings):
        domains = [variable.domain for variable, _ in packing.layout.slots]
        states = [tuple(draw_value(draw, domain, clock) for domain in domains) for clock in (1, 2, 4, 7) * 10]
        for state in (*states, *([TRICKY[1]] if domains == [TRICKY[0][0][0]] else [])):
            expected = normalise(packing.layout, state)
            try:
                words = packing.pack(state)
            except TooNarrow:
                continue
            memory = (ctypes.c_uint64 * packing.words)(*words)
            if hasattr(library, f"normalise_{number}"):
                library[f"normalise_{number}"](memory)
            assert packing.unpack(tuple(memory)) == expected, state
            assert tuple(memory) == packing.pack(expected)
            moved += state != expected
    assert moved > 300
