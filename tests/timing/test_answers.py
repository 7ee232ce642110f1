"""What comes out for each kind of question, and what is said when there is no answer?"""

import re
from collections.abc import Sequence
from fractions import Fraction

import pytest
from timing.blocks import answered, block_of, claim, values

from dscheck.timing.confirm import NotConfirmed, confirm, named_in, run_of
from dscheck.timing.cores import smallest_core
from dscheck.timing.quantities import Unanswered
from dscheck.verdict import Outcome

QUERIES = [
    ("a bound that is reached", "at a\nat b after a by [1, 5]", "max T(b) - T(a)", "5", 5, ""),
    ("a bound that is not", "at a\nat b after a\ngiven T(b) - T(a) < 5", "max T(b) - T(a)", "5", 5, "not reached"),
    ("a lower one", "at a\nat b\ngiven T(b) - T(a) > 0.5", "min T(b) - T(a)", "1/2", "1/2", "greatest lower bound"),
    ("none above", "at a\nat b after a", "max T(b) - T(a)", "unbounded", "unbounded", "from above"),
    ("none below", "at a\nat b after a", "min T(a) - T(b)", "unbounded", "unbounded", "from below"),
    ("a number", "at a", "max 1 / 3 + 1 / 6", "1/2", "1/2", "in every schedule"),
    ("two parts", "at a\nat b\ngiven abs(T(b) - T(a)) >= 3\ngiven T(b) < T(a)", "max T(b) - T(a)", "-3", -3, ""),
    ("a part that is higher", "at a\nat b\ngiven T(b) - T(a) <= 1 or T(b) - T(a) == 7", "max T(b) - T(a)", "7", 7, ""),
    ("a step", "at a\nat b after a by [0, 2]", "max (1 if T(b) - T(a) > 1 else 0) - T(b) + T(a)", "0", 0, ""),
    ("a count", "at a\nat b after a by [0, 2]", "max (1 if T(b) > T(a) else 0) + (1 if T(a) > 3 else 0)", "2", 2, ""),
    ("the middle", "at a\nat b after a by 2\nat c after b by 3",
     "max min(max(T(a), T(b)), T(c)) - T(a)", "2", 2, ""),
    ("least of many", "at a\nat b after a by 2", "max min(T(b), T(a) + 3, inf) - T(a)", "2", 2, ""),
    ("a square", "at a\nat b after a by [0, 2]", "max (T(b) - T(a)) * (T(b) - T(a))", "4", 4, ""),
    (
        "a product",
        "at a\nat b after a by [0, 3]\nat c after b by [0, 4]\ngiven T(c) - T(a) <= 5",
        "max (T(b) - T(a)) * (T(c) - T(b))",
        "25/4",
        "25/4",
        "",
    ),
    ("possible", "at a\nat b after a by [0, 2]", "possible T(b) - T(a) > 1.9", "possible", True, ""),
    ("impossible", "at a\nat b after a by [0, 2]", "possible T(b) - T(a) > 2", "impossible", False, ""),
    ("always", "at a\nat b after a by [0, 2]", "always T(b) - T(a) <= 2", "always", True, ""),
    ("not always", "at a\nat b after a by [0, 2]", "always not T(b) == T(a)", "not always", False, ""),
    ("truth values", "at a\nat b after a", "always T(a) < T(b) iff not T(a) == T(b)", "always", True, ""),
    ("implies", "at a\nat b", "always T(a) < T(b) implies T(b) > T(a)", "always", True, "whatever"),
    ("roots", "at a\nat b after a", "possible (T(b) - T(a)) * (T(b) - T(a)) == 2", "possible", True, "not fractions"),
    ("a drift between bounds", "clock C drift [-0.1, 0.2]\nat a\nat b after a by 10",
     "max C(b) - C(a)", "12", 12, ""),
    ("events in no order", "clock C drift 0.1\nat a\nat b\ngiven abs(T(a) - T(b)) == 10",
     "min C(b) - C(a)", "-11", -11, ""),
    ("a bounded offset", "clock C offset [1, 5]\nat a", "max C(a) - T(a)", "5", 5, ""),
    ("two clocks", "clock C offset 5\nclock D offset 5\nat a", "max C(a) - D(a)", "10", 10, ""),
    ("an offset and a drift", "clock C drift 0.1 offset 5\nat a\nat b after a by 1000",
     "max C(b) - C(a)", "1010", 1010, ""),
    # D gains at least 0.01 a second, so that it is within 1 s for 100 s at most, though nobody reads it at c.
    ("an offset where nobody looks",
     "clock D drift [0.01, 0.02] offset [0, 1]\nat a\nat b after a\nat c after b\ngiven D(b) >= 0",
     "max T(c) - T(a)", "100", 100, ""),
    ("a clock that shows the time", "clock S perfect\nat a\nat b after a by 1", "max S(b) - T(a)", "1", 1, ""),
    ("a clock whose rate is known", "clock C drift [0.5, 0.5]\nat a\nat b after a by 4", "min C(b) - C(a)", "6", 6, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "query", "value", "value_json", "note"), [case[1:] for case in QUERIES], ids=[case[0] for case in QUERIES]
)
def test_a_query_has_its_exact_answer(lines: str, query: str, value: str, value_json: object, note: str) -> None:
    found = claim(answered(f"{lines}\nquery q = {query}"), "q")
    assert (found.value, found.value_json, found.outcome, found.met) == (value, value_json, Outcome.HOLDS, True)
    assert type(found.value_json) is type(value_json)
    assert note in found.note
    assert bool(found.reasons) == (value in {"impossible", "always"} and note != "whatever")


FAMILIES = [
    ("param x = 1 in [-10, 10]", "possible abs(x) >= 3 + T(b) - T(a)", "-10 <= x <= -3 or 3 <= x <= 10"),
    ("param x = 1", "always max(x, 0 - x) >= T(b) - T(a) or x == 1", "x <= -2 or x == 1 or x >= 2"),
    ("param x = 1", "possible T(b) - T(a) > x", "x < 2"),
    ("param x = 1", "possible x < T(b) - T(a) and T(b) - T(a) < x + 1", "-1 < x < 2"),
    ("param x = 1", "always T(b) >= T(a)", "for every value"),
    ("param x = 1 in [0, 5]", "always T(b) >= T(a)", "for every value of 0 <= x <= 5"),
    ("param x = 1", "possible T(b) < T(a)", "for no value"),
    ("param x = 1", "always most <= x", "x >= 2"),
    ("param x = 1", "always most > x", "x < 2"),
    ("param x = 1", "always most - x < 0", "x > 2"),
    ("param x = 1", "always most == 2 * x", "x == 1"),
    ("param x = 1", "always most != 2 * x", "x < 1 or x > 1"),
    ("param x = 1", "always x > least and (x <= most or x > 5)", "0 < x <= 2 or x > 5"),
    ("param x = 1", "possible most >= x", "x <= 2"),
]


@pytest.mark.parametrize(("param", "query", "value"), FAMILIES, ids=[case[1] for case in FAMILIES])
def test_a_query_for_a_parameter_has_the_exact_set_of_its_values(param: str, query: str, value: str) -> None:
    result = answered(
        f"{param}\nat a\nat b after a by [0, 2]\nquery most = max T(b) - T(a)\nquery least = min T(b) - T(a)\n"
        f"query q = {query} for x"
    )
    assert claim(result, "q").value == value, claim(result, "q").note


def test_an_optimum_that_depends_on_the_parameter_is_found_for_each_of_its_values() -> None:
    result = answered("""
        param x = 1 in [0, inf]
        at a
        at b after a by [x, 2 * x + 1]
        query most = max T(b) - T(a)
        query least = min T(b) - T(a)
        query wide = always most <= 7 and least >= 2 for x
    """)
    assert values(result) == {"most": "3", "least": "1", "wide": "2 <= x <= 3"}


@pytest.mark.parametrize("parts", [("T(b) - T(a) < 5", "T(b) - T(a) == 5"), ("T(b) - T(a) == 5", "T(b) - T(a) < 5")])
@pytest.mark.parametrize("more", ["and T(a) < T(c)", "and T(a) == T(c)", ""])
def test_a_bound_that_one_case_only_comes_near_to_may_be_reached_in_another(parts: tuple[str, str], more: str) -> None:
    one, other = parts
    result = answered(f"at a\nat b after a\nat c after a\ngiven {one} {more} or {other}\nquery q = max T(b) - T(a)")
    found = claim(result, "q")
    assert (found.value, found.note) == ("5", "")
    assert found.diagrams[0].title == "q = 5"


def test_a_core_keeps_no_line_that_is_not_needed() -> None:
    def blamed(some: Sequence[int]) -> list[int] | None:
        """2 and 4 exclude each other, and all that was supposed is blamed."""
        return list(some) if {2, 4} <= set(some) else None

    assert smallest_core([1, 2, 3, 4, 5], blamed) == [2, 4]


def test_a_core_may_be_empty() -> None:
    assert smallest_core([1, 2, 3], lambda some: []) == []


def test_a_core_is_given_as_it_is_when_time_is_up() -> None:
    def blamed(some: Sequence[int]) -> list[int] | None:
        if 2 not in some:
            raise Unanswered("time is up")
        return list(some)

    assert smallest_core([1, 2, 3], blamed) == [2, 3]


def test_contradictory_facts_are_told_with_the_lines_that_contradict_each_other() -> None:
    result = answered("""
        clock C drift 0.01
        at a
        at b after a by [3, 5]
        at c after b by [3, 5]
        at d after c
        given short: C(c) - C(a) <= 5
        given T(a) >= 0
        query late = max T(c)
        expect late <= 3
    """)
    first, *others = result.claims
    assert (result.met, result.outcome) == (False, Outcome.VIOLATED)
    assert (first.kind, first.outcome) == ("given", Outcome.VIOLATED)
    assert [(line.name, line.line) for line in first.reasons] == [
        ("clock C", 4), ("at b", 6), ("at c", 7), ("short", 9)
    ]  # fmt: skip
    assert [other.outcome for other in others] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert all("contradict" in other.note for other in others)


@pytest.mark.parametrize(
    ("expect", "met"),
    [
        ("q == 2", True),
        ("q == 3", False),
        ("q <= inf and far == inf and far > 7", True),
        ("far == 7", False),
        ("near == -inf", True),
        ("sure and not unsure", True),
        ("here", True),
        ("T(b) >= T(a)", True),
        ("T(b) > T(a)", False),
        ("T(b) - T(a) <= q", True),
        ("min(q, 1) == 1 and max(q, far) == inf", True),
        ("N == 4 and x + N == 5", True),
    ],
)
def test_an_expectation_is_about_answers_and_about_every_schedule(expect: str, met: bool) -> None:
    result = answered(
        f"""
        param x = 1
        at a
        at b after a by [0, 2]
        query q = max T(b) - T(a)
        query far = max T(a)
        query near = min T(b)
        query sure = always T(b) >= T(a)
        query unsure = possible T(b) < T(a)
        query here = possible T(b) - T(a) == 2 * x for x
        expect {expect}
        """,
        constants={"N": 4},
    )
    assert result.met is met
    asked = result.claims[-1]
    assert asked.met is met
    assert asked.outcome is (Outcome.HOLDS if met else Outcome.VIOLATED)
    assert (expect in result.reason) is not met
    if expect == "T(b) > T(a)":
        (drawn,) = asked.diagrams
        assert [event.time for event in drawn.events] == ["0", "0"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("max T(b) / (x - 1)", "divides by zero"),
        ("max 1 / T(b)", "which is unknown"),
        ("max far - far2", "takes an infinity from another"),
        ("possible x * T(b) < T(a) / x for x", "which is unknown"),
    ],
)
def test_a_question_without_an_exact_answer_is_unknown_and_says_why(query: str, why: str) -> None:
    result = answered(f"""
        param x = 1
        at a
        at b after a
        query far = max T(b)
        query far2 = max T(b)
        query q = {query}
        expect q == 1
        expect far == inf
    """)
    found = claim(result, "q")
    assert (found.outcome, found.met, found.value) == (Outcome.UNKNOWN, None, "")
    assert why in found.note
    assert [each.met for each in result.claims[-2:]] == [None, True]
    assert "`q` is unknown" in result.claims[-2].note
    assert (result.met, result.outcome) == (None, Outcome.UNKNOWN)


def test_a_question_that_takes_too_long_is_unknown_and_says_what_was_asked() -> None:
    result = answered("at a\nquery q = max T(a)\nexpect q == inf", timeout=0)
    assert (result.met, result.outcome) == (None, Outcome.UNKNOWN)
    assert "within 0 s" in result.claims[0].note
    assert "contradict" in result.claims[0].note
    assert all(each.met is None for each in result.claims)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"T(b)": 4, "C(b)": 9}, "at b after a"),
        ({"C(b)": 8}, "clock C drift"),
        ({"C(a)": 6, "C(b)": 8}, "clock C drift"),
        ({"T(a)": 1, "T(b)": 3}, "given T(a) == 0"),
        ({"S(b)": 3}, "clock S perfect"),
    ],
)
def test_a_schedule_that_is_none_is_not_confirmed(wrong: dict[str, int], line: str) -> None:
    _, block = block_of(
        "at a\nat b after a by [1, 3]\nclock C drift 0.1 offset 5\nclock S perfect\ngiven T(a) == 0\n"
        "given C(b) > C(a)\ngiven S(b) > 1"
    )
    right = {"T(a)": 0, "T(b)": 2, "C(a)": 5, "C(b)": 7, "S(b)": 2}

    def confirmed(values: dict[str, int]) -> None:
        times = {name: Fraction(values[f"T({name})"]) for name in "ab"}
        readings = {(key[0], key[2]): Fraction(value) for key, value in values.items() if key[0] != "T"}
        confirm(block, run_of(times, readings, named_in(block, {}, {}, {})))

    confirmed(right)
    with pytest.raises(NotConfirmed, match=re.escape(line)):
        confirmed({**right, "S(b)": wrong.get("T(b)", 2), **wrong})
