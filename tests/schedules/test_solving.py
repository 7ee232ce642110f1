"""Does z3 find the messages that explain clock values, all of them, and only where there are some?"""

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.language import syntax
from dscheck.language.parser import parse_text
from dscheck.options import Limits
from dscheck.schedules import puzzle, solving
from dscheck.schedules.formulas import evaluator_of, read, vocabulary_of
from dscheck.schedules.puzzle import answer_puzzle
from dscheck.schedules.sheet import Sheet, SheetEvent, SheetMessage, causality, clock_values, lamport_times
from dscheck.schedules.solving import (
    TIME_IS_OVER,
    Explanation,
    Undecided,
    WrongAnswer,
    contradiction,
    explain,
    explain_otherwise,
    puzzle_of,
    with_messages,
)
from dscheck.schedules.symbolic import term_of, unknowns_of
from dscheck.source import SourceFile
from dscheck.verdict import Outcome

LANES = """
schedule sheet:
    P1: a, b, g
    P2: c, d
    P3: e, f
    clock lamport as L
    clock vector as V
"""
VECTORS = [
    f"given V({event}) == {vector}"
    for event, vector in {
        "a": [1, 0, 0],
        "b": [2, 0, 0],
        "g": [3, 0, 0],
        "c": [2, 1, 0],
        "d": [2, 2, 0],
        "e": [0, 0, 1],
        "f": [2, 2, 2],
    }.items()
]


def schedules_in(text):
    return [block for block in parse_text(text).declarations if isinstance(block, syntax.Schedule)]


def answer(*lines, head=LANES, **limits):
    text = "\n".join(f"    {line}" for line in lines)
    source = SourceFile("<text>", f"protocol Test\n{head}{text}\n")
    (block,) = schedules_in(source.text)
    return answer_puzzle(source, block, Limits(**limits))


def test_the_vectors_of_the_worksheet_have_one_explanation():
    result = answer(*VECTORS, "solve messages", "expect a -> f", "expect e || d", "expect L(f) == ?")
    solved, *claims = result.claims
    assert (solved.value, solved.value_json) == ("b → c, d → f", [["b", "c"], ["d", "f"]])
    assert solved.note == "the only explanation"
    assert [claim.met for claim in claims] == [True, True, True]
    assert claims[2].value == "5"
    assert result.outcome is Outcome.HOLDS
    assert result.counted == {"events": 7, "messages": 2, "givens": 7}
    drawn = {event.name: event.values["L"] for event in result.diagram.events}
    assert drawn == {"a": "1", "b": "2", "g": "3", "c": "3", "d": "4", "e": "1", "f": "5"}
    assert [arrow.message for arrow in result.diagram.arrows] == ["m1", "m2"]


def test_lamport_times_leave_more_open():
    result = answer(
        "given L(c) == 3",
        "given L(f) == 5",
        "solve messages",
        "expect a -> f",
        "expect L(d) == 4",
        "expect L(c) == ?",
        "expect L(d) == ?",
        "forall x, y: x -> y iff V(x) < V(y)",
        "find x, y: L(x) == 6",
    )
    solved, a_f, d, c_asked, d_asked, exact, six = result.claims
    assert solved.note.startswith("not the only explanation; another: ")
    assert (a_f.met, a_f.note) == (True, "in every explanation")
    assert d.met is False
    assert d.note.startswith("in another explanation, ")
    assert d.diagrams
    assert (c_asked.value, c_asked.note) == ("3", "in every explanation")
    assert (d_asked.met, d_asked.value) == (True, "4")
    assert "in another explanation" in d_asked.note
    assert (exact.met, exact.note) == (True, "in every explanation")
    assert six.met is False
    assert result.outcome is Outcome.VIOLATED


def test_values_that_nothing_explains_are_refused_with_a_smallest_set_of_them():
    impossible = [
        "given V(a) == [1, 0, 0]",
        "given early: V(c) == [2, 1, 0]",
        "given V(b) == [2, 1, 0]",
        "given L(e) == 1",
    ]
    result = answer(*impossible, "solve messages expect none")
    (solved,) = result.claims
    assert (solved.met, solved.note) == (True, "no messages explain these 2 values together")
    assert [(line.name, line.line, line.text) for line in solved.reasons] == [
        ("early", 10, "given early: V(c) == [2, 1, 0]"),
        ("given", 11, "given V(b) == [2, 1, 0]"),
    ]
    assert result.met

    wanted = answer(*impossible, "solve messages", "expect a -> b")
    assert [claim.met for claim in wanted.claims] == [False, False]
    assert wanted.reason.startswith("`solve messages`")
    assert wanted.claims[1].note == "there is no explanation to speak of"


def test_an_explanation_where_none_is_expected():
    result = answer("given L(c) == 3", "solve messages expect none")
    assert (result.met, result.claims[0].met) == (False, False)
    assert result.claims[0].note == "there is an explanation: b → c"
    assert result.claims[0].diagrams


def test_messages_that_are_written_out_stay():
    head = LANES.replace("a, b, g", "a, b sends m1, g").replace("c, d", "receives m1 as c, d")
    result = answer("given V(f) == [2, 2, 2]", "given L(e) == 1", "solve messages", head=head)
    assert result.claims[0].value == "d → f"
    assert [arrow.message for arrow in result.diagram.arrows] == ["m1", "m2"]
    assert answer("given V(c)[P1] == 1", "solve messages", head=head).met is False


def test_no_time_is_no_answer():
    result = answer(*VECTORS, "solve messages", "expect a -> f", timeout=0)
    assert (result.outcome, result.met) == (Outcome.UNKNOWN, None)
    assert result.claims[0].note == "no answer in 0 s: which messages explain what is given?"
    assert [claim.met for claim in result.claims] == [None, None]


def test_time_that_is_over_later_leaves_the_rest_open(monkeypatch):
    monkeypatch.setattr(puzzle, "explain_otherwise", lambda *_: Undecided(TIME_IS_OVER))
    real = puzzle.explain
    monkeypatch.setattr(puzzle, "explain", lambda asked, *more: Undecided(TIME_IS_OVER) if more else real(asked))
    result = answer("given L(c) == 3", "solve messages", "expect L(c) == 3", "expect L(c) == ?", timeout=10)
    assert [claim.met for claim in result.claims] == [True, None, True]
    assert [claim.note for claim in result.claims] == [
        "no answer in 10 s: is it the only explanation?",
        "no answer in 10 s: is it so in every explanation?",
        "no answer in 10 s: is it so in every explanation?",
    ]


def test_a_wrong_model_is_a_fault_and_no_answer(monkeypatch):
    monkeypatch.setattr(puzzle, "explain", lambda *_: Explanation(((0, 3),)))
    with pytest.raises(WrongAnswer, match=r"V\(b\)|V\(c\)"):
        answer(*VECTORS, "solve messages")


class GivesUp:
    """A solver that answers nothing, and says why."""

    def __init__(self, reason):
        self.reason = reason

    def check(self, *_):
        import z3

        return z3.unknown

    def reason_unknown(self):
        return self.reason

    def set(self, *_): ...
    def push(self): ...
    def pop(self): ...
    def add(self, *_): ...


@pytest.mark.parametrize("reason", ["interrupted from keyboard", "canceled"])
def test_ctrl_c_inside_z3_is_passed_on(reason, monkeypatch):
    """Z3 catches it, and says `unknown` long before the time is over."""
    monkeypatch.setattr("z3.Solver", lambda: GivesUp(reason))
    for limits in ({}, {"timeout": 1000}):
        with pytest.raises(KeyboardInterrupt):
            answer("given L(c) == 3", "solve messages", **limits)


def test_z3_may_say_itself_why_it_gives_up(monkeypatch):
    monkeypatch.setattr("z3.Solver", lambda: GivesUp("max. memory exceeded"))
    result = answer("given L(c) == 3", "solve messages")
    assert result.claims[0].note == "z3 gave no answer (max. memory exceeded): which messages explain what is given?"


def test_a_puzzle_that_is_too_hard_is_unknown():
    """40 events, and a product that z3 has to search for."""
    lanes = "".join(f"    P{lane}: {', '.join(f'e{lane}{at}' for at in range(8))}\n" for lane in range(1, 6))
    hard = "given L(e17) * L(e27) * L(e37) * L(e47) * L(e57) == 30030 * 17"
    result = answer(hard, "solve messages", head=f"schedule hard:\n{lanes}    clock lamport as L\n", timeout=0.05)
    assert result.claims[0].note == "no answer in 0.05 s: which messages explain what is given?"
    assert (result.outcome, result.met) == (Outcome.UNKNOWN, None)


# --- random sheets -----------------------------------------------------------------------------

KINDS = {"L": "lamport", "V": "vector", "W": "version", "M": "matrix"}


@st.composite
def sheets(draw):
    """A sheet with up to 7 events, in which each message has one receiver; and some of its messages."""
    lanes = draw(st.integers(1, 3))
    run, free, pairs = [], [], []
    for number in range(draw(st.integers(1, 7))):
        lane = draw(st.integers(0, lanes - 1))
        run.append(lane)
        source = draw(st.sampled_from([None, *(event for event in free if run[event] != lane)]))
        if source is None:
            free.append(number)
        else:
            free.remove(source)
            pairs.append((source, number))
    order = sorted(range(len(run)), key=lambda number: (run[number], number))
    place = {number: at for at, number in enumerate(order)}
    names = "".join(sorted("abcdefg"[: len(run)]))
    sheet = Sheet(
        tuple(f"P{number + 1}" for number in range(lanes)),
        tuple(SheetEvent(names[at], run[number]) for at, number in enumerate(order)),
    )
    found = tuple(sorted((place[start], place[end]) for start, end in pairs))
    written = tuple(pair for pair in found if draw(st.booleans()))
    return sheet, written, tuple(pair for pair in found if pair not in written)


def entries(value):
    return [each for part in value for each in entries(part)] if isinstance(value, tuple) else [value]


def equal(terms, values):
    return [term == value for term, value in zip(entries(terms), entries(values), strict=True)]


@settings(deadline=None, max_examples=40)
@given(sheets(), st.sampled_from(sorted(KINDS)))
def test_all_clock_values_given_messages_are_found_that_give_them(case, clock):
    import z3

    bare, written, hidden = case
    known = with_messages(bare, Explanation(written))
    whole = with_messages(known, Explanation(hidden))
    values = clock_values(KINDS[clock], whole, causality(whole))
    unknowns = unknowns_of(known, KINDS)
    givens = [z3.And(equal(unknowns.clocks[clock][at], value)) for at, value in enumerate(values)]
    asked = puzzle_of(unknowns, givens)
    found = explain(asked)
    assert isinstance(found, Explanation)
    assert len(found.messages) <= len(hidden)
    solved = with_messages(known, found)
    assert clock_values(KINDS[clock], solved, causality(solved)) == values
    other = explain_otherwise(asked, found)
    if other is None:
        assert set(found.messages) == set(hidden)
    else:
        solved = with_messages(known, other)
        assert set(other.messages) != set(found.messages)
        assert clock_values(KINDS[clock], solved, causality(solved)) == values


FORMULAS = [
    "forall x, y: x -> y iff V(x) < V(y)",
    "forall x, y: x -> y implies L(x) < L(y)",
    "forall x, y: L(x) < L(y) implies x -> y",
    "exists x, y: x || y and W(x) <= W(y)",
    "forall x, y: M(x) < M(y) or M(x) >= M(y) or x || y",
    "exists x: V(x)[P1] == 2 and not (L(x) != 3)",
    "forall x: exists y: L(y) == L(x) + 1 or x -> y",
    "exists x, y: L(x if L(x) < 2 else y) * 2 - 1 == 3",
    "exists x, y: (x if V(x) != V(y) else y) -> y",
    "exists x, y: (x if L(x) > 1 else y) == y",
    "forall x, y: (true if L(x) < L(y) else false) == (x -> y)",
    "exists x: {P1: 1} == V(x) or V(x) > {P1: 1}",
    "forall x: -L(x) < 0 and 0 < L(x) <= 9 and V(x)[P1] >= W(x)[P1] > -1",
    "exists x: M(x)[P1] == V(x) and {P1: V(x)} != M(x)",
    "exists x, y: (V(x) if x -> y else V(y)) == W(x)",
]


@settings(deadline=None, max_examples=60)
@given(sheets(), st.sampled_from(FORMULAS))
def test_terms_mean_what_the_formulas_mean(case, formula):
    """When the messages are fixed, z3 gives each formula the value that plain evaluation gives it."""
    import z3

    bare, written, hidden = case
    known = with_messages(bare, Explanation(written))
    whole = with_messages(known, Explanation(hidden))
    (block,) = schedules_in(f"protocol Test\nschedule one:\n    P1: a\n    expect {formula}\n")
    (condition,) = (line.condition for line in block.lines if isinstance(line, syntax.Expect))
    value = evaluator_of(condition, (), vocabulary_of(whole, KINDS))(read(whole, KINDS), ())
    unknowns = unknowns_of(known, KINDS)
    solver = z3.Solver()
    solver.add(*unknowns.facts)
    solver.add([there if pair in hidden else z3.Not(there) for pair, there in unknowns.messages.items()])
    assert solver.check() == z3.sat
    term = term_of(condition, unknowns)
    solver.add(z3.Not(term) if value else term)
    assert solver.check() == z3.unsat


def test_no_message_makes_an_event_come_before_itself():
    """P: a, b. Q: c, d. Messages b to c and d to a would each have to come before the other."""
    import z3

    sheet = Sheet(("P", "Q"), (SheetEvent("a", 0), SheetEvent("b", 0), SheetEvent("c", 1), SheetEvent("d", 1)))
    unknowns = unknowns_of(sheet, {})
    both = [unknowns.messages[1, 2], unknowns.messages[3, 0]]
    assert explain(puzzle_of(unknowns, both)) is None
    assert contradiction(puzzle_of(unknowns, both)) == (0, 1)
    assert explain(puzzle_of(unknowns, both[:1])) == Explanation(((1, 2),))
    assert explain(puzzle_of(unknowns, [z3.Not(both[0])])) == Explanation(())


@settings(deadline=None, max_examples=25)
@given(sheets(), st.integers(1, 5))
def test_the_smallest_explanation_is_told_and_of_those_the_first(case, time):
    """Compared with trying every one and every two messages."""
    bare, _, _ = case
    unknowns = unknowns_of(bare, {"L": "lamport"})
    found = explain(puzzle_of(unknowns, [unknowns.clocks["L"][-1] == time]))
    expected = None
    for pairs in chain.from_iterable(combinations(unknowns.messages, size) for size in range(3)):
        busy = [event for pair in pairs for event in pair]
        if len(set(busy)) < len(busy):
            continue
        whole = with_messages(bare, Explanation(pairs))
        try:
            causes = causality(whole)
        except ValueError:  # an event would come before itself
            continue
        if lamport_times(causes)[-1] == time:
            expected = Explanation(pairs)
            break
    assert found == expected or (expected is None and found is not None and len(found.messages) > 2)


def test_names_of_found_messages_are_new():
    sheet = Sheet(
        ("m1", "Q"), (SheetEvent("a", 0, "send"), SheetEvent("b", 0), SheetEvent("m3", 1)), (SheetMessage("m2", 0, ()),)
    )
    assert with_messages(sheet, Explanation(((1, 2),))).messages[1] == SheetMessage("m4", 1, (2,))


def test_fewer_messages_are_looked_for_only_so_long(monkeypatch):
    monkeypatch.setattr(solving, "_PLAINER", 0.0)
    assert answer("given L(c) == 3", "solve messages").met
