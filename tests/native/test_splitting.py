"""Are maps that are too wide for one code explored as the reference explores them? With every use of them there is."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from native.random_values import draw_value
from native.test_emit import HAND_BUILT, MOST_OF_SPECS, differences, every_check, one_check_per_spec
from systems import apply, less, number, system
from test_explore import natively, same
from zoo import put, rule

import dscheck
from dscheck.domains import Bool, Domain, Enum, Id, Int, Map, Optional, Tuple, contains
from dscheck.engines.engine import answer
from dscheck.engines.native import emit_formulas, emit_rules, splitting
from dscheck.engines.native.coding import Codings, NotPackable
from dscheck.engines.native.splitting import split_wide_maps
from dscheck.engines.native.splitting_places import too_wide
from dscheck.language.analysis import read_spec
from dscheck.model.expressions import Literal, Read
from dscheck.model.layout import layout_of
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System, Variable
from dscheck.options import Limits, NativeOptions
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
    action probe(q in others) when n == 1 and 2 in table[q]:
        n = 2
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
IMAGES = """
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
    action never when n == 1 and len(row) < 3:
        choose j in {0, 1}:
            require j == n
            if 2 in row:                                # a branch that is taken in failing steps alone
                row[row[row[2] + 9]] = j, n = 0
    action listed when n == 2 and len(row) == 2:
        row = {n: n, n + 1: 1}
invariant holes: forall k in row: k - 1 in row or k + 1 in row or len(row) < 3
"""

# In each state one thing that fails in two ways: what comes first counts.
ORDER = """
protocol Order
shared var table: map[1..2, map[1..5, 0..1000000000]] = {}
process Node:
    var n: 0..9 = 0
    action go when n < 9:
        n += 1
        if n == 6:
            table[2] = {}
        if n == 7:
            table[1] = table[2], table -= {2}
        if n == 8:
            table[2] = table[1], table = {1: {n - 4: n}} if 2 in table else {}
    action zero when n == 0 and 1 / n in table[1]:
        n = 9
    action one when n == 1 and table[1][1 / (n - 1)] == 0:
        n = 9
    action two when n == 2:
        table[1][1 / (n - 2)] = 1
    action three when n == 3:
        table[1 / (n - 3)] = table[1]
    action four when n == 4:
        table[1][n] = 1 / (n - 4)
    action five when n == 5 and len(table[1]) + 1 / (n - 5) > 0:
        n = 9
    action six when n == 6:
        table[2][n] = 1 / (n - 6)
    action seven when n == 7:
        table = {1: {1: 1 / (n - 7)}} if 1 in table[1] else {}
    action eight when n == 8:
        table[len({k for k in table})][2] = n
    action nine when n == 9 and (exists k in table: (exists j in table[k]: table[k][j] / (n - 9) == k)):
        n = 9
"""
SPECS = {"nested": (NESTED, 2), "images": (IMAGES, 3), "named": (NAMED, 1), "order": (ORDER, 2)}  # indices at most
DEEP = {"nested": Limits(max_depth=7)}


def system_of(text: str) -> System:
    checked = read_spec(SourceFile.of_bytes("made", text.encode()))
    return lower(checked, plans_of(checked, {})[0].configuration)


def with_every_map_split(monkeypatch: pytest.MonkeyPatch) -> dict[str, System]:
    """The systems that have maps, after which these count as too wide, also inside other maps."""

    def too_wide_now(domain: Domain, codings: Codings) -> str:
        inner = domain.inner if isinstance(domain, Optional) else domain
        return "a map is wide" if isinstance(inner, Map) else too_wide(domain, codings)

    monkeypatch.setattr(splitting, "too_wide", too_wide_now)
    systems = {**HAND_BUILT, **one_check_per_spec(), **{name: system_of(text) for name, (text, _) in SPECS.items()}}
    return {
        name: system
        for name, system in systems.items()
        if any(isinstance(variable.domain, Map) for variable in system.variables)
    }


# What is sent, or taken apart as a set, is needed as a whole; these maps are narrow enough not to be split in earnest.
SENT_WHOLE = {
    "specs/causal_broadcast three": ("Node.counts", "send Cast(counts) to others"),
    "specs/ccf_consistency two": ("Service.stage", "stage - reads"),
    "specs/dotted_version_vectors dotted": ("Server.context", "send Sync(siblings, context) to s"),
    "specs/matrix_clocks two": (
        "Node.knows",
        "send Gossip({e for e in log if knows[q][e.owner] < e.number}, knows) to q",
    ),
}


def told_to_be_whole() -> dict[str, str]:
    return {
        name: f"`{variable}` cannot be packed: a map is wide; and `{use}` uses it as a whole, not entry by entry"
        for name, (variable, use) in SENT_WHOLE.items()
    }


# --- what is found ---------------------------------------------------------------------------------------------------


@needs_compiler
@pytest.mark.parametrize("name", SPECS)
def test_split_maps_are_explored_as_by_the_reference(name: str) -> None:
    text, depth = SPECS[name]
    system = system_of(text)
    split = split_wide_maps(system)
    assert split is not None
    assert max(len(variable.indices) for variable in split.system.variables) == depth
    limits = DEEP.get(name)
    expected = answer(system, "reference", limits)
    assert min(expected.fired) > 0, "each rule takes part, if only by a step that fails"
    same(natively(system, ONE, limits=limits), expected)


@needs_compiler
def test_every_map_can_be_split(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = with_every_map_split(monkeypatch)
    assert len(systems) > len(SENT_WHOLE) + 6
    assert differences(systems, MOST_OF_SPECS) == told_to_be_whole()


@needs_compiler
def test_every_map_can_be_split_in_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emit_rules, "MOST_STATEMENTS", 0)
    monkeypatch.setattr(emit_formulas, "MOST_CHARACTERS", 0)
    assert differences(with_every_map_split(monkeypatch), MOST_OF_SPECS) == told_to_be_whole()


def test_only_what_is_too_wide_is_split() -> None:
    split = {name: found for name, system in every_check().items() if (found := split_wide_maps(system)) is not None}
    assert {name: [variable.name for variable in found.system.variables][:2] for name, found in split.items()} == {
        "peer_semantics/bully everything": ["queue", "alive"]
    }


@needs_compiler
def test_a_map_becomes_what_it_was_before_the_step() -> None:
    """As in a step that is torn by a crash; no protocol writes that itself."""
    of = Map(Int(1, 3), Int(0, 2**50))
    key, now = Read("n", (), Int(1, 3)), Read("map", (), of)
    grown = apply("put", of, now, key, number(7))
    rules = (
        rule((put("map", grown), put("n", apply("+", Int(2, 4), key, number(1)))), less(key, number(3)), name="grow"),
        rule((put("map", grown), put("map", replace(now, old=True)), put("n", number(3))), name="torn"),
    )
    variables = (Variable("n", (), Int(1, 3)), Variable("map", (), of))
    made = system(variables, rules, (put("n", number(1)), put("map", Literal((), of))))
    same(natively(made, ONE), answer(made, "reference"))


# --- states ----------------------------------------------------------------------------------------------------------

KEYS = (Int(-2, 1), Bool(), Enum(("zero", "mid", "axe")), Id("A", 3), Optional(Bool()), Tuple((Bool(), Int(3, 4))))
WIDE = Int(0, 2**50)


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("inner", [WIDE, Optional(WIDE), Map(Int(1, 3), WIDE), Map(Bool(), Optional(WIDE))], ids=str)
def test_states_are_split_and_joined(key: Domain, inner: Domain) -> None:
    of = Id("A", 2)
    whole = Map(key, Map(Id("B", 3), inner))
    made = system(
        (Variable("before", (of,), Bool()), Variable("map", (of,), whole), Variable("last", (), whole)), (), ()
    )
    split = split_wide_maps(made)
    assert split is not None
    draw, seen = Random(1), set()
    for _ in range(50):
        state = tuple(draw_value(draw, variable.domain, 3) for variable, _ in layout_of(made).slots)
        parts = split.split(state)
        assert len(parts) == len(layout_of(split.system).slots)
        for (variable, _), value in zip(layout_of(split.system).slots, parts, strict=True):
            assert contains(variable.domain, value)
        assert split.join(parts) == state
        seen.add(parts)
    assert len(seen) > 40


# --- what cannot be split --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "use"),
    [
        ("row -= {k, k + 4}, n = 0", "n = len({row, {}})", "{row, {}}"),
        ("row -= {k, k + 4}, n = 0", "row = {j: n for j in {n, n + 1} if n == j}, n = len([row])", "[row]"),
        ("k - 1 in row", "row == {2: 1}", "row == {2: 1}"),
        ("if len(rows) > 2:\n            n = 0", "row[n] = 1", "row"),
        ("k == max(j for j in row)", "n < len((row if n == 1 else {}))", "row if n == 1 else {}"),
    ],
)
def test_a_map_that_is_needed_as_a_whole_is_refused_with_the_use(before: str, after: str, use: str) -> None:
    assert before in NAMED
    text = NAMED.replace(before, after)
    with pytest.raises(NotPackable) as refused:
        split_wide_maps(system_of(text))
    assert str(refused.value) == (
        "`row` cannot be packed: a map takes 192 bits, and 128 is the most; "
        f"and `{use}` uses it as a whole, not entry by entry"
    )


# --- the bully of the peers ------------------------------------------------------------------------------------------


def assert_counts(settings: dict[str, int], states: int, transitions: int) -> None:
    (check,) = dscheck.check(BULLY, constants=settings, engine="native").checks
    assert check.met, check.reason
    assert check.engine == "native"
    assert (check.statistics.states, check.statistics.transitions) == (states, transitions)


@needs_compiler
@pytest.mark.parametrize(("faults", "states", "transitions"), [(0, 273, 760), (1, 923, 3_222), (2, 1_078, 4_790)])
def test_counts_of_the_bully(faults: int, states: int, transitions: int) -> None:
    assert_counts({"N": 3, "F": faults}, states, transitions)


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize(
    ("faults", "states", "transitions"),
    [(0, 41_114, 216_703), (1, 540_479, 2_965_822), (2, 677_815, 5_037_066), (3, 680_794, 5_319_058)],
)
def test_counts_of_the_large_bully(faults: int, states: int, transitions: int) -> None:
    assert_counts({"N": 4, "F": faults}, states, transitions)
