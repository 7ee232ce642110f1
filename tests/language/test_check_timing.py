"""Which timing blocks are unsound, and where, and what does dscheck say is meant instead?"""

import pytest

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language.analysis import read_spec
from dscheck.language.exact_numbers import INFINITY, MINUS_INFINITY, ONE, ZERO, Exact, exact_value
from dscheck.language.syntax import Decimal, Number
from dscheck.source import SourceFile

SPEC = """\
protocol Example

const N = 3
const HALF = N / 2
const WIDE = N > 2

process Node[N]:
    var ticks: 0..N = 0

    action tick when ticks < HALF and WIDE:
        ticks += 1

timing block:
    param rtt = 20 in [0, 100]
    param least = 4
    clock S perfect
    clock C drift 0.01 offset [-5, 5]
    at ask
    at got on server after ask by [least, inf]
    at back on client after got by [least, inf], ask
    {line}
    let guess = S(got) + rtt / 2
    {middle}
    query worst = max guess - C(back)
    query late = possible guess > S(back) + 3
    query which = always guess > S(back) - 20 for rtt
    expect {expect}
"""


def diagnostics(line: str = "", middle: str = "", expect: str = "worst >= 0") -> tuple[Diagnostic, ...]:
    """The errors of the block with these lines, or its warnings when it has none."""
    text = SPEC.format(line=line, middle=middle, expect=expect)
    text = "\n".join(row for row in text.split("\n") if row.strip() or not row.startswith("    "))
    try:
        return read_spec(SourceFile("<test>", text)).warnings
    except SpecError as error:
        return error.diagnostics


def codes(line: str = "", middle: str = "", expect: str = "worst >= 0") -> list[str]:
    return [each.code for each in diagnostics(line, middle, expect)]


SOUND_LINES = [
    "",
    "given C(back) - C(ask) == rtt",
    "given measured: C(back) - C(ask) == rtt + 0.5",
    "given abs(T(got) - T(ask)) <= N and max(S(got), C(got), 1) > min(rtt, least)",
    "given T(got) > T(ask) implies (not (T(back) < 3) iff true)",
    "given T(got) - T(ask) == (4 if C(got) > 3 else 5)",
    "given 1 <= T(got) <= 2 / 3 * rtt",
    "given (T(got) > 1) == (T(back) > 1)",
    "given T(sent) >= 3\n    at sent",
    "at now after back by 0, sent\n    at sent after ask",
    "at more after back by [N - 3, 2 * HALF]",
    "at more after back by [rtt / 10, max(2, 5)]",
    "at more after back by rtt",
]


@pytest.mark.parametrize("line", SOUND_LINES)
def test_sound_lines_give_nothing(line: str) -> None:
    assert codes(line) == []


SOUND_CLOCKS = ["offset inf", "offset [0, inf]", "offset [-inf, 3]", "offset -(-5)", "drift [-0.5, 0]", "drift 1 / 100"]


@pytest.mark.parametrize("bounds", SOUND_CLOCKS)
def test_sound_clocks_give_nothing(bounds: str) -> None:
    assert codes(f"clock D {bounds}\n    given D(got) > 0") == []


SOUND_EXPECTATIONS = [
    "worst == inf",
    "-inf < worst < inf",
    "late",
    "not late or worst <= rtt",
    "guess > T(ask)",
    "late == true",
]


@pytest.mark.parametrize("expect", SOUND_EXPECTATIONS)
def test_sound_expectations_give_nothing(expect: str) -> None:
    assert codes(expect=expect) == []


# Each row: a line among the facts, the code, the words it points at.
UNSOUND_LINES = [
    ("given C(back) - C(ask) == rrt", "DS0730", "rrt"),
    ("given C(back) - C(asked) == rtt", "DS0730", "asked"),
    ("at more after bak", "DS0730", "bak"),
    ("given ticks > 2", "DS0730", "ticks"),
    ("param rtt = 3", "DS0731", "rtt"),
    ("clock rtt perfect", "DS0731", "rtt"),
    ("given least: T(got) > 0", "DS0731", "least"),
    ("at N", "DS0731", "N"),
    ("at T", "DS0732", "T"),
    ("param inf = 3", "DS0732", "inf"),
    ("let abs = 3", "DS0732", "abs"),
    ("param true = 1", "DS0732", "true"),
    ("given T(rtt) > 0", "DS0733", "rtt"),
    ("given S(N) > 0", "DS0733", "N"),
    ("given S(got + 1) > 0", "DS0733", "got + 1"),
    ("given S(got, ask) > 0", "DS0733", "S(got, ask)"),
    ("given T() > 0", "DS0733", "T()"),
    ("at more after least", "DS0733", "least"),
    ("given got > 0", "DS0734", "got"),
    ("given got - ask < rtt", "DS0734", "got"),
    ("given S > 3", "DS0734", "S"),
    ("given T > 3", "DS0734", "T"),
    ("given T(got) - T(ask)", "DS0735", "T(got) - T(ask)"),
    ("given not T(got)", "DS0735", "T(got)"),
    ("given T(got) and T(ask) > 1", "DS0735", "T(got)"),
    ("given (T(got) > 1) + 2 > 1", "DS0735", "T(got) > 1"),
    ("given (T(got) > 1) > (T(ask) > 1)", "DS0735", "(T(got) > 1) > (T(ask) > 1)"),
    ("given (T(got) > 1) == 2", "DS0735", "(T(got) > 1) == 2"),
    ("given WIDE + T(got) > 1", "DS0735", "WIDE"),
    ("given (1 if T(got) > 1 else true) > 0", "DS0735", "1 if T(got) > 1 else true"),
    ("param wrong = WIDE", "DS0735", "WIDE"),
    ("at more after back by WIDE", "DS0735", "WIDE"),
    ("given guess > 3", "DS0736", "guess"),
    ("let early = late2\n    let late2 = 3", "DS0736", "late2"),
    ("param more = more", "DS0736", "more"),
    ("given T(got) > worst", "DS0737", "worst"),
    ("let more = worst + 1", "DS0737", "worst"),
    ("param more = worst", "DS0737", "worst"),
    ("param more = T(got)", "DS0738", "T(got)"),
    ("at more after back by [1, C(got)]", "DS0738", "C(got)"),
    ("clock D drift T(ask)", "DS0738", "T(ask)"),
    ("let x = T(got)\n    at more after back by x", "DS0738", "x"),
    ("clock D drift 1", "DS0739", "1"),
    ("clock D drift [-1, 0]", "DS0739", "-1"),
    ("clock D drift rtt", "DS0739", "rtt"),
    ("clock D drift 0.5 * 2", "DS0739", "0.5 * 2"),
    ("clock D drift [0.2, 0.1]", "DS0740", "0.2, 0.1"),
    ("clock D offset [3, 0 - 3]", "DS0740", "3, 0 - 3"),
    ("clock D offset -3", "DS0740", "-3"),
    ("clock D offset -inf", "DS0740", "-inf"),
    ("at more after back by [rtt, least]", "DS0740", "rtt, least"),
    ("at more after back by [inf, 3]", "DS0743", "inf"),
    ("at more after back by [-1, 3]", "DS0740", "-1"),
    ("at more after back by least - N - 2", "DS0740", "least - N - 2"),
    ("param more = 3 in [4, 5]", "DS0740", "3"),
    ("param more = 3 in [5, 4]", "DS0740", "5, 4"),
    ("at more after more", "DS0741", "more"),
    ("at one after two\n    at two after three, ask\n    at three after one", "DS0741", "two"),
    ("given T(got) < inf", "DS0743", "inf"),
    ("at more after back by inf", "DS0743", "inf"),
    ("at more after back by [1, inf + 1]", "DS0743", "inf"),
    ("at more after back by [1, -inf]", "DS0743", "inf"),
    ("clock D drift [-inf, 0]", "DS0743", "inf"),
    ("given ask -> got", "DS0744", "ask -> got"),
    ("given ask || got", "DS0744", "ask || got"),
    ("given forall x, y: T(x) < 3", "DS0744", "forall x, y: T(x) < 3"),
    ("given exists p in Node: true", "DS0744", "exists p in Node: true"),
    ("given T(got) in {1, 2}", "DS0744", "T(got) in {1, 2}"),
    ("given T(got) == ?", "DS0744", "?"),
    ("given rtt % 2 == 0", "DS0744", "rtt % 2"),
    ("given {1} == {2}", "DS0744", "{1}"),
    ("given Node.last == 3", "DS0744", "Node.last"),
    ("given T(got) == [1, 2]", "DS0744", "[1, 2]"),
    ('given "text"', "DS0744", '"text"'),
    ("at more after back by {1, 2}", "DS0744", "{1, 2}"),
    ("at more after back by [1, 2, 3]", "DS0745", "[1, 2, 3]"),
    ("clock D drift [0.01]", "DS0745", "[0.01]"),
    ("let x = 3 / (N - 3)", "DS0746", "N - 3"),
    ("given 3 / T(got) > 1", "DS0746", "T(got)"),
    ("given D(got) > 1", "DS0747", "D"),
    ("given rtt(got) > 1", "DS0747", "rtt"),
    ("given got(ask) > 1", "DS0747", "got"),
    ("given abs(1, 2) > 1", "DS0747", "abs(1, 2)"),
    ("given min() > 1", "DS0747", "min()"),
    ("given sum(1, 2) > 1", "DS0747", "sum"),
    ("param more = 3", "DS0748", "more"),
    ("clock D perfect", "DS0748", "D"),
    ("let more = 3", "DS0748", "more"),
]


@pytest.mark.parametrize(("line", "code", "words"), UNSOUND_LINES, ids=[line for line, _, _ in UNSOUND_LINES])
def test_a_wrong_line_gives_its_code_at_its_place(line: str, code: str, words: str) -> None:
    first, *_ = diagnostics(line)
    assert first.code == code
    assert first.span is not None
    text = "\n".join(
        row for row in SPEC.format(line=line, middle="", expect="worst >= 0").split("\n") if row.strip() or not row
    )
    assert text[first.span.start : first.span.end] == words


# Each row: a line before the queries, an expectation, the code.
UNSOUND_QUESTIONS = [
    ("query x = max T(got) > 3", "worst >= 0", "DS0735"),
    ("query x = possible T(got)", "worst >= 0", "DS0735"),
    ("query x = always T(got) - worst > 3", "worst >= 0", "DS0736"),
    ("query x = possible T(got) > 3 for guess", "worst >= 0", "DS0742"),
    ("query x = possible T(got) > 3 for S", "worst >= 0", "DS0742"),
    ("query x = possible T(got) > 3 for N", "worst >= 0", "DS0730"),
    ("query x = possible T(got) > 3 for rt", "worst >= 0", "DS0730"),
    ("query x = min T(got) for rtt", "worst >= 0", "DS0742"),
    ("query x = possible T(got) < inf", "worst >= 0", "DS0743"),
    ("expect worst > 0", "worst >= 0", "DS0736"),
    ("", "worst", "DS0735"),
    ("", "late > 3", "DS0735"),
    ("", "which", "DS0742"),
    ("", "guess < inf", "DS0743"),
    ("", "worst + inf > 3", "DS0743"),
    ("", "wurst > 0", "DS0730"),
]


@pytest.mark.parametrize(("middle", "expect", "code"), UNSOUND_QUESTIONS)
def test_a_wrong_question_gives_its_code(middle: str, expect: str, code: str) -> None:
    assert codes(middle=middle, expect=expect)[0] == code


def test_a_bare_event_is_answered_by_the_two_ways_to_read_it() -> None:
    (found,) = diagnostics("given got > 0")
    assert found.help == "write `T(got)` for its real time, or `S(got)` for what the clock S shows then"


@pytest.mark.parametrize(
    ("line", "meant"),
    [("given C(back) - C(ask) == rrt", "rtt"), ("at more after bak", "back"), ("given C(backk) > 3", "back")],
)
def test_a_misspelt_name_is_answered_by_the_right_one(line: str, meant: str) -> None:
    (found,) = diagnostics(line)
    assert found.fix is not None
    assert found.fix.replacement == meant


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("given ticks > 2", "this is a variable of `Node`"),
        ("given Node > 2", "this is a process of the protocol"),
    ],
)
def test_a_name_of_the_protocol_is_said_to_be_one(line: str, label: str) -> None:
    (found,) = diagnostics(line)
    assert found.label == label


def test_a_circle_is_told_event_by_event() -> None:
    (found,) = diagnostics("at one after two\n    at two after three\n    at three after one")
    assert found.message == "these events come after each other in a circle: `one`, `two`, `three`"
    assert found.label == "`one` comes after `two` comes after `three` comes after `one`"


def test_an_unknown_name_is_reported_once_with_its_other_places() -> None:
    (found,) = diagnostics("given C(back) > xyz\n    given C(got) > xyz")
    assert [label.text for label in found.related] == ["and here"]


def test_a_block_without_a_question_is_warned_of() -> None:
    text = "protocol Example\n\ntiming facts:\n    at ask\n    at got after ask by [1, 2]\n"
    assert [each.code for each in read_spec(SourceFile("<test>", text)).warnings] == ["DS0749"]


def test_a_constant_that_only_a_timing_block_names_is_used() -> None:
    text = "protocol Example\n\nconst N = 3\n\ntiming facts:\n    at ask\n    query q = possible T(ask) > N\n"
    assert read_spec(SourceFile("<test>", text)).warnings == ()


def test_exact_numbers_are_ordered_with_both_infinities() -> None:
    ordered = [MINUS_INFINITY, Exact(-1, 2), ZERO, Exact(1, 3), Exact(1, 2), ONE, INFINITY]
    assert all((one < other) == (i < j) for i, one in enumerate(ordered) for j, other in enumerate(ordered))


def test_decimals_are_read_exactly() -> None:
    assert exact_value(Decimal("0.00005"), {}) == Exact(1, 20000)
    assert exact_value(Decimal("2.50"), {}) == Exact(5, 2)
    assert exact_value(Number(7), {}) == Exact(7, 1)
