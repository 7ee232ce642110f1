"""Are maps that are too wide for one code explored as the reference explores them? With every use of them there is."""

import shutil
from pathlib import Path

import pytest
from native.test_emit import HAND_BUILT, MOST_OF_SPECS, differences, every_check, one_check_per_spec
from test_explore import natively, same

import dscheck
from dscheck.domains import Domain, Map, Optional, members
from dscheck.engines.engine import answer
from dscheck.engines.native import emit_formulas, emit_rules, splitting, splitting_places
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.splitting import split_wide_maps
from dscheck.engines.native.splitting_places import too_wide
from dscheck.engines.native.written import constant_slots
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.questions import questions_of
from dscheck.language.analysis import read_spec
from dscheck.model.layout import layout_of
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.options import NativeOptions
from dscheck.source import SourceFile

needs_compiler = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")

BULLY = Path(__file__).resolve().parents[1] / "peer_semantics" / "bully.dsc"
ONE = NativeOptions(workers=1)

# One map inside another, both split: keys that come and go on either level, and failures of all kinds of lookups.
NESTED = """
protocol Nested
const BIG = 1000000000
shared var table: map[Node, map[1..5, 0..BIG]] = {}
shared var before: map[Node, map[1..5, 0..BIG]] = {}

def of(rows, p, k) = rows[p][k] if p in rows and k in rows[p] else BIG

process Node[2] ordered:
    var n: 0..2 = 0

    action open when self not in table:
        table[self] = {}
    action fill when self not in table and n == 0:
        table[self] = {k: n for k in {1, 3}}, n = 1
    action close when self in table and n == 2:
        table -= {self}
    action place(k in {1, 2}) when self in table and n < 2:
        table[self][k] = n, n += 1
    action bump(q in others) when n == 0:
        n = 2, table[q][n] += 1                         # fails on either level
    action beyond when n == 1:
        n = 2
        if table[self][n + 4] > 0:                      # no key at all
            n = 0
    action drop(k in {0, 1, 2}) when self in table and len(table[self]) > 1:
        table[self] -= {k, 5}
    action shift when self in table and 1 in table[self] and len(table[self]) < 3:
        table[self] = {k + 1: table[self][k] for k in table[self]}
    action keep when before != table and n == 2:
        before = table
    action restore when n == 2 and table != {}:
        table = before
    action swap when table != {} and n == 1:
        for p in table:
            choose k in table[p]:                       # fails where a row is empty
                table[p][table[p][k] + 1] = len(table), n = 2

invariant small: forall p in table: forall k in table[p]: table[p][k] <= 2
invariant rows: sum(len(table[p]) for p in table) <= 5
reachable both: forall p in Node: of(table, p, 2) == 1
reachable same: before == table and table != {}
step rarely: old(table) == table or len(old(table)) != len(table) or old(before) == before
step keys: forall p in Node: p in old(table) and p in table implies len(table[p]) <= len(old(table)[p]) + 1
"""

# A map in each process, with keys that are literals, and images that may be `none`.
OPTIONAL = """
protocol Images
enum Kind = zero | mid | axe
process Node[2] ordered:
    var seen: map[Kind, map[Node, map[0..3, 0..1000000]?]] = {zero: {}}
    var at: Kind = zero

    action go(k in {zero, mid, axe}) when k not in seen:
        seen[k] = {self: none}, at = k
    action full(q in Node) when len(seen) == 2:
        seen[at][q] = {1: 2}
    action look when len(seen) == 2:
        seen[at][self] = none if seen[mid][self] != none else {0: 1}
    action clear when len(seen) == 3 and self in seen[at] and seen[at][self] == none:
        seen = {k: {p: none for p in Node} for k in {zero, mid, axe}}
    action forget when len(seen) == 3:
        seen -= {k for k in {zero, mid, axe} if k != at and self in seen[k]}
invariant some: forall p in Node: count(k in {zero, mid, axe} if k in p.seen) >= 1
invariant last: forall p in Node: p.at in p.seen
reachable none_there: exists p in Node: axe in p.seen and p in p.seen[axe] and p.seen[axe][p] == none
"""

# A name for a map, helpers that take one, a rule that writes in several places, and a step that fails before it is one.
NAMED = """
protocol Named
shared var row: map[-1..6, 0..10000000] = {}
process Node[2] ordered:
    var n: 0..3 = 0

    def total(rows): 
        n = sum(rows[k] for k in rows) % 4
        if len(rows) > 2:
            n = 0

    action add(k in {-1, 2}) when n < 3 and len(row) < 4:
        row[k + n] = n, n += 1
    action sum_up when n == 3:
        total(row)
    action either when n == 2:
        require 2 in row or -1 in row
        if row[2] < 3:
            row[row[2]] = row[-1]
        else:
            row = {} if n == 2 else row
    action highest(k in row) when n == 1 and k == max(j for j in row):
        row -= {k, k + 4}, n = 0
invariant holes: forall k in row: k - 1 in row or k + 1 in row or len(row) < 3
"""
SPECS = {"nested": (NESTED, 2), "optional": (OPTIONAL, 2), "named": (NAMED, 1)}


def system_of(text: str) -> System:
    checked = read_spec(SourceFile.of_bytes("made", text.encode()))
    return lower(checked, plans_of(checked, {})[0].configuration)


@needs_compiler
@pytest.mark.parametrize("name", SPECS)
def test_split_maps_are_explored_as_by_the_reference(name: str) -> None:
    text, depth = SPECS[name]
    system = system_of(text)
    split = split_wide_maps(system)
    assert split is not None
    assert max(len(each.indices) for each in split.system.variables) >= depth
    same(natively(system, ONE), answer(system, "reference"))
