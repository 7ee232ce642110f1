"""Do formulas about sheets mean what they say?"""

from itertools import permutations

import pytest

from dscheck.language import syntax
from dscheck.language.parser import MOST_LEVELS
from dscheck.schedules.formulas import choices, evaluator_of, matcher_of, read, relation, value_text, vocabulary_of
from dscheck.schedules.sheet import clocks_of, sheet_of
from tests.schedules.worksheet import WORKSHEET, schedule_of

CLOCKS = WORKSHEET + "\nclock version as U\nclock matrix as M"


def value(text, names=(), events=(), lines=CLOCKS):
    """The value of one formula on the worksheet, with `names` for the events called `events`."""
    bound = f"forall {', '.join(names)}: " if names else "expect "
    block = schedule_of(f"{lines}\n{bound}{text}")
    condition = block.lines[-1].condition
    sheet = sheet_of(block)
    vocabulary = vocabulary_of(sheet, clocks_of(block.lines))
    chosen = tuple(vocabulary.events.index(event) for event in events)
    return evaluator_of(condition, names, vocabulary)(read(sheet, vocabulary.clocks), chosen)


TRUE = [
    # order of events
    "a -> f",
    "not a -> a",
    "not f -> a",
    "e || d",
    "not e || e",
    "not a || f",
    "a == a",
    "a != b",
    # numbers
    "L(c) == 3",
    "L(a) < L(b) < L(g)",
    "not L(a) < L(b) < L(e)",
    "L(c) + 1 == L(d)",
    "L(f) - L(a) == 4",
    "2 * L(b) == L(d)",
    "-L(b) == 0 - 2",
    "L(b) == 2 if a -> b else L(g) == 2",
    "(L(b) if a -> b else L(g)) == 2",
    # vectors: a partial order, and not the order of Python's tuples
    "V(c) == [2, 1, 0]",
    "V(c) == {P1: 2, P2: 1}",
    "V(e) == {P3: 1}",
    "V(c) != [2, 1, 1]",
    "V(a) < V(f)",
    "V(f) > V(a)",
    "not V(a) < V(a)",
    "V(a) <= V(a)",
    "V(a) >= V(a)",
    "not V(g) <= V(c)",
    "not V(c) <= V(g)",
    "not V(g) > V(e)",
    "not [2, 0, 0] > [1, 3, 0]",
    "V(a) < V(b) <= V(g)",
    "not V(a) < V(b) < V(b)",
    "V(a) < V(b) != V(g)",
    "not V(a) == V(b) < V(g)",
    "V(f) >= V(d) > V(c)",
    "V(f)[P2] == 2",
    "{P1: 2, P2: 1}[P3] == 0",
    "(V(a) if e || d else V(b)) == [1, 0, 0]",
    "U(g) == [2, 0, 0] and U(d) == [1, 0, 0]",
    # matrices
    "M(f)[P3] == V(f)",
    "M(f)[P2][P1] == 2",
    "M(f)[P1] == [2, 0, 0]",
    "M(a) < M(f)",
    "M(a) <= M(b) <= M(g)",
    "not M(g) < M(f)",
    "M(a) == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]",
    "M(a) == {P1: {P1: 1}}",
    # logic
    "true and not false",
    "a -> b and b -> g or f -> a",
    "f -> a implies f -> b",
    "not (a -> b implies b -> a)",
    "a -> b iff b -> g",
    "not (a -> b iff b -> a)",
    "(a -> b) == true",
    # events that are bound together are different; others need not be
    "forall x, y: x != y",
    "exists x: x == a",
    "not (forall x: x != a)",
    "forall x: (exists y: x == y)",
    "exists x, y, z: x -> y and y -> z",
    "not (exists x, y: x -> y and y -> x)",
    "forall x: x == f or (exists y: x -> y or x || y)",
    "exists t, u, v, w, x, y, z: t -> z",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_of_the_worksheet(text):
    assert value(text) is True


@pytest.mark.parametrize("text", TRUE)
def test_and_its_negation_is_false(text):
    assert value(f"not ({text})") is False


def test_names_stand_for_the_events_that_are_chosen():
    assert value("x -> y", ("x", "y"), ("a", "f")) is True
    assert value("x -> y", ("x", "y"), ("f", "a")) is False


def test_eight_different_events_cannot_be_chosen_from_seven():
    assert value("exists s, t, u, v, w, x, y, z: true") is False
    assert value("forall s, t, u, v, w, x, y, z: false") is True


def test_matches_are_the_choices_of_different_events_in_order():
    block = schedule_of(f"{WORKSHEET}\nfind x, y: L(x) < L(y) and x || y")
    line, sheet = block.lines[-1], sheet_of(block)
    vocabulary = vocabulary_of(sheet, clocks_of(block.lines))
    reading = read(sheet, vocabulary.clocks)
    test = evaluator_of(line.condition, ("x", "y"), vocabulary)
    every = list(permutations(range(7), 2))
    found = list(matcher_of(("x", "y"), line.condition, vocabulary)(reading))
    assert found == [pair for pair in every if test(reading, pair)]
    refuting = list(matcher_of(("x", "y"), line.condition, vocabulary, wanted=False)(reading))
    assert refuting == [pair for pair in every if not test(reading, pair)]
    assert [tuple(vocabulary.events[event] for event in pair) for pair in found] == [
        ("g", "d"), ("g", "f"), ("e", "b"), ("e", "g"), ("e", "c"), ("e", "d"),
    ]  # fmt: skip
    assert choices(2, 7) == len(every) == 42


def test_choices():
    assert [choices(names, 3) for names in range(6)] == [1, 3, 6, 6, 0, 0]


def test_two_events_stand_in_one_of_four_ways():
    block = schedule_of(WORKSHEET)
    sheet = sheet_of(block)
    reading = read(sheet, {})
    at = {event.name: index for index, event in enumerate(sheet.events)}
    assert [relation(reading, at[x], at[y]) for x, y in ("af", "fa", "ed", "gg")] == ["->", "<-", "||", "=="]


def test_values_are_written_as_in_a_spec():
    assert [value_text(each) for each in (3, (2, 1, 0), ((1, 0), (0, 0)))] == ["3", "[2, 1, 0]", "[[1, 0], [0, 0]]"]


def test_a_formula_may_be_as_deep_as_the_parser_allows():
    deep = MOST_LEVELS - 20
    assert value("not " * deep + "a -> b") is (deep % 2 == 0)


def test_deep_quantifiers_and_conditions():
    lines = "P1: a, b"
    depth = 30
    opening = "".join(f"exists x{n}: x{n} == a and (" for n in range(depth))
    assert value(opening + "a -> b" + ")" * depth, lines=lines) is True
    nested = "a -> b"
    for _ in range(depth):
        nested = f"(a -> b if {nested} else b -> a)"
    assert value(nested, lines=lines) is True


def test_formulas_about_all_schedules_need_no_names_of_lanes_or_events():
    block = schedule_of(f"{WORKSHEET}\nforall x, y: x -> y iff V(x) < V(y)")
    line = block.lines[-1]
    assert isinstance(line, syntax.ScheduleForall)
    clocks = clocks_of(block.lines)
    vocabulary = vocabulary_of(sheet_of(schedule_of("Q1: s")), clocks)
    refuted = matcher_of(("x", "y"), line.condition, vocabulary, wanted=False)
    assert not list(refuted(read(sheet_of(block), clocks)))
