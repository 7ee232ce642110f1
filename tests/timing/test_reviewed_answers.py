"""Are answers right where a short way would be wrong? Cores, infinities, names, constants, Ctrl-C, long conditions."""

import pytest
from timing.blocks import answered, claim, values

from dscheck import check_text
from dscheck.timing.quantities import Unanswered
from dscheck.timing.solver import Deadline, _no_answer


def lines_of(lines: str, query: str) -> list[str]:
    """What the core of a query names."""
    return [reason.name for reason in claim(answered(lines), query).reasons]


def test_the_rate_of_a_clock_is_not_blamed_for_the_order_that_another_line_says() -> None:
    block = """
        clock C drift 0.1
        at a
        at b after a
        query backwards = possible C(b) < C(a)
    """
    assert lines_of(block, "backwards") == ["clock C", "at b"]


def test_a_core_is_smallest_where_a_clock_is_read_at_events_in_no_known_order() -> None:
    block = """
        clock C drift 0.01
        at e2
        at e3
        at e1
        at e4 after e3
        at e0 after e4, e1 by [2, 5]
        given min((T(e2) - T(e3)), (T(e0) - C(e0))) >= 7
        given ((C(e2) - T(e1)) / 3 + 1) == 3
        query far = possible C(e4) - C(e1) >= 2 and T(e4) - T(e1) == -15
    """
    assert lines_of(block, "far") == ["clock C"]


def test_a_core_has_no_line_that_only_reads_the_clocks_in_it() -> None:
    block = """
        clock C drift 0.01
        clock D drift 0.02
        at a
        at b after a by [1, 3]
        at c after b by [1, 3]
        given C(a) - D(a) <= 10
        given C(b) - D(b) <= 10
        given C(c) - D(c) <= 10
        query slow = possible C(c) - C(a) < 1
        query fast = possible D(c) - D(b) > 4
    """
    assert lines_of(block, "slow") == ["clock C", "at b", "at c"]
    assert lines_of(block, "fast") == ["clock D", "at c"]


@pytest.mark.parametrize("reading", ["", "given C(a) <= 100", "let shown = C(a)"])
def test_a_clock_that_cannot_keep_its_offset_is_blamed_alone(reading: str) -> None:
    result = answered(f"clock C drift 0.1 offset [5, 5 - N]\nat a\n{reading}", constants={"N": 1})
    assert result.met is False
    assert [reason.name for reason in result.claims[0].reasons] == ["clock C"]


def test_a_schedule_near_to_a_bound_that_is_not_reached_is_one() -> None:
    result = answered("""
        at ask
        at got after ask by [1, 5]
        at other
        given T(got) < T(ask) + 5
        given T(other) < T(got) or T(other) > T(got) + 2
        query worst = max T(got) - T(ask)
        query least = min T(other) - T(got) if T(other) > T(got) else 100
    """)
    worst = claim(result, "worst")
    assert (worst.value, worst.note) == ("5", "the least upper bound, not reached")
    assert [event.time for event in worst.diagrams[0].events if event.name != "other"] == ["0", "99/20"]
    assert claim(result, "least").value == "2"


def test_an_unbounded_answer_may_be_calculated_with() -> None:
    result = answered("""
        at a
        at b after a
        query w = max T(b) - T(a)
        query more = possible T(b) <= w + 1 and T(b) > 3 - w * 2 and T(a) < abs(-w) and T(a) < w / 2 - 1
        query always_less = always T(b) <= w + 1
        expect w - 1 == inf
    """)
    assert values(result) == {"w": "unbounded", "more": "possible", "always_less": "always"}
    assert result.met is True


def test_an_optimum_that_is_no_fraction_is_unknown() -> None:
    result = answered("at a\ngiven T(a) * T(a) <= 2\nquery w = max T(a)", timeout=10)
    assert result.met is None
    assert "unknowns are multiplied" in claim(result, "w").note


@pytest.mark.parametrize("name", ["sum", "any", "all"])
def test_a_clock_may_have_the_name_of_a_function_that_blocks_do_not_have(name: str) -> None:
    result = answered(f"clock {name} perfect\nat a\ngiven {name}(a) >= 2\nquery w = min T(a)")
    assert values(result) == {"w": "2"}


@pytest.mark.parametrize(("value", "least"), [(True, "2"), (False, "unbounded")])
def test_truth_values_among_the_constants_may_be_named(value: bool, least: str) -> None:
    text = "protocol P\nconst B = true\ntiming b:\n    at a\n    given B implies T(a) >= 2\n    query w = min T(a)\n"
    (block,) = check_text(text, constants={"B": value}).blocks
    assert claim(block, "w").value == least


def test_a_constant_cannot_move_a_param_out_of_its_bounds() -> None:
    lines = "param p = N in [0, 5]\nat a\nat b after a by p\nquery w = max T(b) - T(a)"
    assert values(answered(lines, constants={"N": 3})) == {"w": "3"}
    result = answered(lines, constants={"N": 9})
    assert result.met is False
    assert [reason.name for reason in result.claims[0].reasons] == ["param p"]


@pytest.mark.parametrize("condition", ["max(n, 2) <= 3", "abs(n) > 3", "(n if n > 3 else 7) == 5"])
def test_an_earlier_answer_inside_a_function_is_not_taken_for_any_number(condition: str) -> None:
    result = answered(f"""
        param p = 1 in [0, 5]
        at a
        at b after a by [p, 5]
        query n = min T(b) - T(a)
        query q = always {condition} for p
    """)
    assert claim(result, "q").met is None
    assert "`n`" in claim(result, "q").note


@pytest.mark.parametrize("sign", ["<=", ">=", "==", "<", ">"])
def test_what_contradicts_the_facts_is_always_so_however_it_is_compared(sign: str) -> None:
    result = answered(f"""
        param p = 1 in [0, 5]
        at a
        at b after a by [p, 2]
        query most = max T(b) - T(a)
        query q = always most {sign} 2 for p
    """)
    expected = "for every value of 0 <= p <= 5" if "=" in sign else "2 < p <= 5"
    assert claim(result, "q").value == expected


def test_conditions_that_are_written_twice_again_and_again_stay_small() -> None:
    count = 40
    lines = [*(f"at e{number}" for number in range(count)), "let x0 = T(e0) <= 0"]
    lines += [f"let x{number} = x{number - 1} iff T(e{number}) <= {number}" for number in range(1, count)]
    lines += [f"query w = possible x{count - 1}", f"query v = always x{count - 1}"]
    assert values(answered("\n".join(lines))) == {"w": "possible", "v": "not always"}


@pytest.mark.parametrize("word", ["canceled", "interrupted from keyboard", "timeout"])
def test_z3_that_stops_long_before_the_deadline_was_stopped_by_the_user(word: str) -> None:
    assert isinstance(_no_answer(word, Deadline(None, "?")), KeyboardInterrupt)
    assert isinstance(_no_answer(word, Deadline(100.0, "?")), KeyboardInterrupt)
    assert isinstance(_no_answer(word, Deadline(0.0, "?")), Unanswered)


def test_the_extremes_of_a_sum_of_many_cases_are_found() -> None:
    count = 30
    lines = ["at s", *(f"at e{number} after s by [{number % 3}, {5 + number}]" for number in range(count))]
    far = " + ".join(f"abs(T(e{number}) - T(s) - 4)" for number in range(count))
    late = " + ".join(f"(1 if T(e{number}) - T(s) >= 2 * {number} else 0)" for number in range(count))
    lines += [
        f"query {kind}_{name} = {kind} {total}"
        for name, total in (("far", far), ("late", late))
        for kind in ("max", "min")
    ]
    farthest = sum(max(4 - number % 3, number + 1) for number in range(count))
    assert values(answered("\n".join(lines))) == {
        "max_far": str(farthest), "min_far": "0", "max_late": "6", "min_late": "1"
    }  # fmt: skip


def test_a_part_of_a_sum_may_be_unbounded_or_come_only_near_to_its_bound() -> None:
    lines = ["at s", *(f"at e{number} after s" for number in range(14))]
    lines += [f"given T(e{number}) - T(s) < {number}" for number in range(1, 14)]
    near = " + ".join(f"abs(T(e{number}) - T(s))" for number in range(1, 14))
    lines += [f"query near = max {near}", f"query far = max {near} + abs(T(e0) - T(s))", f"query least = min -({near})"]
    result = answered("\n".join(lines))
    assert values(result) == {"near": "91", "far": "unbounded", "least": "-91"}
    assert claim(result, "near").note == "the least upper bound, not reached"
