"""Which mistakes in schedules are reported, where, and with which words? The pages of the codes have more of them."""

import pytest

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language.analysis import read_spec
from dscheck.source import SourceFile

PLAIN = "P1: a, b sends m1, g\nP2: receives m1 as c\nclock lamport as L\nclock vector as V"


def diagnostics(lines: str, after: str = "") -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    indented = "\n".join(f"    {line}" for line in lines.splitlines())
    source = SourceFile("<test>", f"protocol Test\n\nschedule sheet:\n{indented}\n{after}")
    try:
        read_spec(source)
    except SpecError as error:
        return source, error.diagnostics
    return source, ()


def found(lines: str, after: str = "") -> list[tuple[str, str]]:
    """The code of each error and the text that it marks."""
    source, errors = diagnostics(lines, after)
    return [(error.code, source.slice(error.span)) for error in errors if error.span is not None]


@pytest.mark.parametrize(
    "line",
    [
        "expect a -> c and L(c) == 3 and V(c)[P2] == 1",
        "expect V(c) == [2, 1]",
        "expect V(c) == {P2: 1, P1: 2}",
        "expect L(a) < L(b) < L(c)",
        "expect (L(a) if a -> b else L(b)) == 1",
        "expect forall x, y: x -> y implies (exists z: z == x)",
        "expect L(a) == ?",
        "expect ? == V(a)",
        "find x, y: x != y and not x -> y",
        "forall x: x == a or true",
        "show V",
        "clock matrix as M\nexpect M(c)[P1] < V(b) or M(c)[P1][P2] == 0",
        "clock version as U\nexpect U(c) == U(b)",
    ],
)
def test_what_is_sound(line: str) -> None:
    assert found(f"{PLAIN}\n{line}") == []


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        ("expect a -> z", [("DS0701", "z")]),
        ("expect L(z) == 1", [("DS0701", "z")]),
        ("expect K(a) == 1", [("DS0701", "K")]),
        ("expect V(a)[P3] == 1", [("DS0701", "P3")]),
        ("show L, W", [("DS0701", "W")]),
        ("show L, L", [("DS0702", "L")]),
        ("P2: d", [("DS0702", "P2")]),
        ("P3: a", [("DS0702", "a")]),
        ("P3: P1", [("DS0702", "P1")]),
        ("P3: L", [("DS0702", "L")]),
        ("clock vector as L", [("DS0702", "L")]),
        ("forall a: a -> b", [("DS0702", "a")]),
        ("forall x, x: a -> b", [("DS0702", "x")]),
        ("forall L: a -> b", [("DS0702", "L")]),
        ("forall x: (exists x: x -> a)", [("DS0702", "x")]),
        ("P3: d sends m1", [("DS0703", "m1")]),
        ("P3: receives m2 as d", [("DS0704", "m2")]),
        ("P3: receives m1 as d, e receives m1", [("DS0705", "m1")]),
        ("P3: d sends m2 to P1, receives m2 as e", [("DS0706", "m2")]),
        ("P3: d sends m2 to P9", [("DS0701", "P9")]),
        ("P3: receives m2 as d, e sends m2", [("DS0707", "d")]),
        ("clock hybrid as H", [("DS0708", "hybrid")]),
        ("expect V(c) == 1", [("DS0709", "1")]),
        ("expect L(c) == [1, 2]", [("DS0709", "[1, 2]")]),
        ("expect a == 1", [("DS0709", "1")]),
        ("expect a < b", [("DS0709", "a < b")]),
        ("expect L(a) -> b", [("DS0709", "L(a)")]),
        ("expect L(a)", [("DS0709", "L(a)")]),
        ("expect not L(a)", [("DS0709", "L(a)")]),
        ("expect L == 1", [("DS0709", "L")]),
        ("expect P1 -> a", [("DS0709", "P1")]),
        ("expect L(1) == 1", [("DS0709", "1")]),
        ("expect L(a, b) == 1", [("DS0709", "L(a, b)")]),
        ("expect L(a)[P1] == 1", [("DS0709", "L(a)")]),
        ("expect V(a)[1] == 1", [("DS0709", "1")]),
        ("expect V(a) + V(b) == V(c)", [("DS0709", "V(a)"), ("DS0709", "V(b)")]),
        ("expect [a, b] == V(a)", [("DS0709", "a")]),
        ("expect (1 if a -> b else V(a)) == 1", [("DS0709", "V(a)")]),
        ("expect 1 < (a -> b)", [("DS0709", "a -> b")]),
        ("given L(a) == 1\nsolve messages\nexpect L(a) and a -> b", [("DS0709", "L(a)")]),
        ("expect L(a) / 2 == 1", [("DS0710", "L(a) / 2")]),
        ("expect L(a) < 1.5", [("DS0710", "1.5")]),
        ("expect V(a) == {}", [("DS0710", "{}")]),
        ("expect a in {a, b}", [("DS0710", "a in {a, b}")]),
        ("expect exists x in {a}: x -> b", [("DS0710", "exists x in {a}: x -> b")]),
        ("expect count(x in {a}) == 1", [("DS0710", "count(x in {a})")]),
        ("expect max(L(a), L(b)) == 1", [("DS0710", "max(L(a), L(b))")]),
        ("expect a.b -> c", [("DS0710", "a.b")]),
        ("expect L(a) == (? + 1)", [("DS0711", "?")]),
        ("expect L(a) < ?", [("DS0711", "?")]),
        ("expect ? == ?", [("DS0711", "?")]),
        ("forall x: L(x) == ?", [("DS0711", "?")]),
        ("expect (a -> b) == ?", [("DS0711", "a -> b")]),
        ("expect V(c) == [2, 1, 0]", [("DS0712", "[2, 1, 0]")]),
        ("expect V(c) == []", [("DS0712", "[]")]),
        ("expect V(c) == {P3: 1}", [("DS0712", "P3")]),
        ("expect V(c) == {P1: 1, P1: 2}", [("DS0712", "P1")]),
        ("given L(a) == 1", [("DS0713", "given L(a) == 1")]),
        ("solve messages\nsolve messages", [("DS0713", "solve messages")]),
        ("given x: L(a) == 1\ngiven x: L(b) == 2\nsolve messages", [("DS0702", "x")]),
        ("P3: true", [("DS0115", "true")]),
        ("clock lamport as len", [("DS0115", "len")]),
    ],
)
def test_what_is_not(line: str, errors: list[tuple[str, str]]) -> None:
    assert found(f"{PLAIN}\n{line}") == errors


def test_a_circle_of_causes_is_told_event_by_event() -> None:
    _, (error,) = diagnostics("P1: receives m2 as a, x, b sends m1\nP2: y, receives m1 as c, d sends m2")
    assert error.code == "DS0707"
    assert error.note.split(", ") == [
        "`a` is before `x` on its line",
        "`x` is before `b` on its line",
        "`b` sends `m1` to `c`",
        "`c` is before `d` on its line",
        "`d` sends `m2` to `a`",
    ]


def test_the_name_that_was_meant_is_offered() -> None:
    _, (error,) = diagnostics("P1: asked\nP2: answered\nexpect asked || answerd")
    assert (error.label, error.fix and error.fix.replacement) == ("did you mean `answered`?", "answered")


@pytest.mark.parametrize(
    ("extents", "mark"),
    [
        ("processes 2..3, evnts <= 5", "evnts"),
        ("processes 2..3, events > 5", "events > 5"),
        ("processes != 3, events <= 5", "processes != 3"),
        ("processes 3..2, events <= 5", "processes 3..2"),
        ("processes 0..2, events <= 5", "processes 0..2"),
        ("processes 1..2, events <= 0", "events <= 0"),
        ("processes 1..2, events < 1", "events < 1"),
        ("processes 3..4, events <= 2", "events"),
        ("processes 2..3", "small"),
        ("events <= 3", "small"),
        ("events <= 3, processes 1..2, events <= 4", "events"),
        ("processes 1..N, events <= 3", "processes 1..N"),
        ("processes 2..9, events <= 9", "processes"),
    ],
)
def test_an_extent_that_says_nothing(extents: str, mark: str) -> None:
    after = f"\nschedules small: {extents}\n    forall x, y: x -> y implies not y -> x\n"
    assert found(PLAIN, after) == [("DS0714", mark)]


@pytest.mark.parametrize(
    "extents",
    [
        "processes 2..3, events <= 5",
        "processes <= 2, events < 4",
        "processes == 2, events 2..3",
        "processes 2..9, events <= 8",
    ],
)
def test_an_extent_that_is_sound(extents: str) -> None:
    assert found(PLAIN, f"\nschedules small: {extents}\n    forall x, y: x -> y implies not y -> x\n") == []


def test_an_extent_without_processes_is_told_one_with_them() -> None:
    after = "\nschedules small: processes 0..0, events <= 3\n    forall x, y: x -> y implies not y -> x\n"
    _, (error,) = diagnostics(PLAIN, after)
    assert error.label == "`processes 1..1`"


def test_a_vector_of_no_process_is_no_second_error() -> None:
    assert [code for code, _ in found("clock vector as V\nexpect [] == []")] == ["DS0719"]


@pytest.mark.parametrize(
    ("formula", "mark"),
    [
        ("forall x: not x -> a", "a"),
        ("forall x: V(x)[P1] > 0", "P1"),
        ("forall x: V(x) != [0, 0]", "[0, 0]"),
        ("forall x: V(x) != {P1: 0}", "{P1: 0}"),
    ],
)
def test_a_formula_about_all_schedules_names_no_event_or_process(formula: str, mark: str) -> None:
    after = f"\nschedules small: processes 2..3, events <= 4\n    clock vector as V\n    {formula}\n"
    assert found(PLAIN, after) == [("DS0716", mark)]
