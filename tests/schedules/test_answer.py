"""What comes out for a schedule: outcome, value, note and diagram of each line?"""

from pathlib import Path

import pytest

from dscheck.language.analysis import read_spec
from dscheck.options import Limits
from dscheck.schedules.answer import answer_schedule
from dscheck.source import SourceFile
from dscheck.spacetime import Arrow
from dscheck.verdict import Outcome
from tests.schedules.worksheet import WORKSHEET, answer

SPECS = Path(__file__).parents[2] / "specs"


def last_claim(*lines):
    return answer("\n".join((WORKSHEET, *lines))).claims[-1]


def test_the_worksheet_of_the_course():
    result = answer(
        "\n".join(
            (
                WORKSHEET,
                "expect L(c) == 3 and L(f) == 5",
                "expect a -> f",
                "expect e || d",
                "forall x, y: x -> y implies L(x) < L(y)",
                "forall x, y: x -> y iff V(x) < V(y)",
                "find x, y: L(x) < L(y) and x || y",
            )
        )
    )
    assert (result.kind, result.outcome, result.met, result.reason) == ("schedule", Outcome.HOLDS, True, "")
    assert result.counted == {"events": 7, "messages": 2}
    assert [(claim.kind, claim.met, claim.note) for claim in result.claims] == [
        ("expect", True, ""),
        ("expect", True, ""),
        ("expect", True, ""),
        ("forall", True, "for all 42 pairs of events"),
        ("forall", True, "for all 42 pairs of events"),
        ("find", True, "6 witnesses, first x = g, y = d"),
    ]
    assert [claim.line for claim in result.claims] == [9, 10, 11, 12, 13, 14]
    assert not result.warnings


@pytest.mark.parametrize(
    ("line", "kind", "note"),
    [
        # what is false, and the values and the order of events that make it so
        ("expect L(c) == 4", "expect", "L(c) = 3"),
        ("expect a || f", "expect", "a -> f"),
        ("expect f -> a", "expect", "a -> f"),
        ("expect d -> e", "expect", "d || e"),
        ("expect a -> a", "expect", "a == a"),
        ("expect V(f)[P1] == 3 and V(f) != [0, 0, 0]", "expect", "V(f)[P1] = 2, V(f) = [2, 2, 2]"),
        ("expect L(a) < L(a)", "expect", "L(a) = 1"),
        ("expect false", "expect", ""),
        (
            "forall x, y: L(x) < L(y) implies x -> y",
            "forall",
            "fails for x = g, y = d: L(x) = 3, L(y) = 4, x || y (and for 5 more of 42 pairs of events)",
        ),
        ("forall x: L(x) < 5", "forall", "fails for x = f: L(x) = 5"),
        ("expect forall x: L(x) < 5", "expect", "fails for x = f: L(x) = 5"),
        ("find x: L(x) > 5", "find", "none of the 7 events"),
        ("find x, y, z: x -> y and y -> z and z -> x", "find", "none of the 210 triples of events"),
        ("find w, x, y, z: w -> w", "find", "none of the 840 choices of 4 events"),
        ("expect exists x: L(x) > 5", "expect", "none of the 7 events"),
    ],
)
def test_what_is_false_says_why(line, kind, note):
    claim = last_claim(line)
    assert (claim.kind, claim.text, claim.outcome, claim.met, claim.note) == (kind, line, Outcome.VIOLATED, False, note)


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("forall x: L(x) < 6", "for all 7 events"),
        ("forall x, y, z: x -> y and y -> z implies x -> z", "for all 210 triples of events"),
        ("find x: L(x) == 5", "1 witness, x = f"),
        ("find x: L(x) < 5", "6 witnesses, first x = a"),
        ("expect exists x: L(x) == 5", "1 witness, x = f"),
        ("expect forall x: L(x) < 6", "for all 7 events"),
    ],
)
def test_what_is_true_says_of_how_many(line, note):
    claim = last_claim(line)
    assert (claim.met, claim.note) == (True, note)


@pytest.mark.parametrize(
    ("line", "value", "json"),
    [
        ("expect L(c) == ?", "3", 3),
        ("expect ? == L(c)", "3", 3),
        ("expect L(f) - L(c) == ?", "2", 2),
        ("expect V(d) == ?", "[2, 2, 0]", [2, 2, 0]),
        ("expect V(d)[P2] == ?", "2", 2),
    ],
)
def test_a_value_that_is_asked_for_is_told(line, value, json):
    claim = last_claim(line)
    assert (claim.kind, claim.outcome, claim.met, claim.value, claim.value_json) == (
        "ask", Outcome.HOLDS, True, value, json,
    )  # fmt: skip


def test_the_value_of_a_matrix():
    result = answer("P1: a sends m, d\nP2: receives m as b\nclock matrix as M\nexpect M(b) == ?")
    assert (result.claims[0].value, result.claims[0].value_json) == ("[[1, 0], [1, 1]]", [[1, 0], [1, 1]])


def test_one_claim_that_fails_fails_the_block_and_is_its_reason():
    result = answer(f"{WORKSHEET}\nexpect a -> f\nexpect L(c) == 4\nexpect f -> a")
    assert (result.outcome, result.met) == (Outcome.VIOLATED, False)
    assert result.reason == "`expect L(c) == 4`: L(c) = 3"


def test_the_diagram_has_causes_first_and_the_values_of_the_clocks():
    diagram = answer(f"{WORKSHEET}\nexpect a -> f").diagram
    assert diagram is not None
    assert diagram.lanes == ("P1", "P2", "P3")
    assert [(event.name, event.lane, event.kind, event.values["L"]) for event in diagram.events] == [
        ("a", 0, "local", "1"),
        ("e", 2, "local", "1"),
        ("b", 0, "send", "2"),
        ("g", 0, "local", "3"),
        ("c", 1, "receive", "3"),
        ("d", 1, "send", "4"),
        ("f", 2, "receive", "5"),
    ]
    assert diagram.events[-1].values == {"L": "5", "V": "[2, 2, 2]"}
    assert diagram.arrows == (Arrow("m1", 2, 4), Arrow("m2", 5, 6))


def test_a_message_to_two_is_two_arrows_and_a_lost_one_goes_nowhere():
    diagram = answer("P1: a sends m, b sends lost\nP2: receives m as c\nP3: receives m as d\nexpect a -> d").diagram
    assert diagram is not None
    arrows = sorted(diagram.arrows, key=lambda each: (each.start, each.end or 0))
    assert arrows == [Arrow("m", 0, 2), Arrow("m", 0, 3), Arrow("lost", 1, None)]
    assert [event.name for event in diagram.events] == ["a", "b", "c", "d"]


def test_a_lost_message_goes_towards_the_process_that_it_was_sent_to():
    assert answer("P1: a\nP2: b sends m to P1, c sends n").diagram.arrows == (Arrow("m", 1, to=0), Arrow("n", 2))


def test_only_clocks_that_are_shown_stand_beside_the_events_in_that_order():
    diagram = answer(f"{WORKSHEET}\nclock matrix as M\nshow V, L\nexpect a -> f").diagram
    assert diagram is not None
    assert {tuple(event.values) for event in diagram.events} == {("V", "L")}


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("P1: a\nforall x, y: x -> y", "there are no 2 different events, so that `forall x, y` says nothing"),
        ("P1: a\nP2: b\nforall x, y: x -> y implies false", "no events are as `x -> y` supposes"),
    ],
)
def test_a_formula_that_says_nothing_is_a_warning(lines, text):
    result = answer(lines)
    assert result.met is True
    assert [(warning.kind, warning.text) for warning in result.warnings] == [("vacuity", text)]


@pytest.mark.parametrize("name", ["lamport_worksheet", "vector_worksheet"])
def test_the_worksheets_of_the_corpus_are_met_without_warnings(name):
    source = SourceFile.read(SPECS / f"{name}.dsc")
    block = read_spec(source).blocks["sheet"]
    result = answer_schedule(source, block, Limits())
    assert (result.met, result.warnings) == (True, ())
