"""Are formulas asked of all schedules, decided by the smallest, and never called true when a limit ended it?"""

import pytest

from dscheck.language import syntax
from dscheck.language.parser import parse_text
from dscheck.options import Limits
from dscheck.schedules import all_schedules
from dscheck.schedules.all_schedules import answer_schedules
from dscheck.source import SourceFile
from dscheck.verdict import Outcome

SHEET = """
schedule sheet:
    P1: a, b
    P2: c
    clock lamport as L
    clock vector as V
    forall x, y: x -> y implies L(x) < L(y)
    forall x, y: x -> y iff V(x) < V(y)
    find x, y: L(x) < L(y) and x || y
"""


def answer(text, **limits):
    source = SourceFile("<text>", f"protocol Test\n{text}")
    blocks = parse_text(source.text).declarations
    above = [block for block in blocks if isinstance(block, syntax.Schedule)]
    (block,) = (block for block in blocks if isinstance(block, syntax.Schedules))
    return answer_schedules(source, block, above, Limits(**limits))


def asked(*lines, extent="processes 2..3, events <= 5", **limits):
    """The answers to some lines."""
    clocks = ("clock lamport as L", "clock vector as V")
    text = "\n".join(f"    {line}" for line in (*clocks, *lines))
    return answer(f"schedules small: {extent}\n{text}\n", **limits)


def test_the_clock_condition_on_all_schedules_of_the_bound():
    """With lines of the schedules in the file, each once."""
    result = answer(f"{SHEET}\n{SHEET.replace('sheet', 'same')}\nschedules small: processes 2..3, events <= 5\n")
    assert result.counted == {"schedules": 156}
    assert (result.outcome, result.met, result.reason, result.warnings) == (Outcome.HOLDS, True, "", ())
    assert [(claim.kind, claim.met, claim.line) for claim in result.claims] == [
        ("forall", True, 8),
        ("forall", True, 9),
        ("find", True, 10),
    ]
    assert [claim.note for claim in result.claims] == [
        "on all 156 schedules",
        "on all 156 schedules",
        "3 events and 0 messages: x = c, y = b: L(x) = 1, L(y) = 2, x || y",
    ]


def test_a_formula_that_fails_is_told_with_the_smallest_schedule_that_breaks_it():
    result = asked("forall x, y: L(x) < L(y) implies x -> y")
    (claim,) = result.claims
    assert (claim.outcome, claim.met, result.met) == (Outcome.VIOLATED, False, False)
    assert (
        claim.note == "fails in a schedule with 3 events and 0 messages, for x = c, y = b: L(x) = 1, L(y) = 2, x || y"
    )
    (diagram,) = claim.diagrams
    assert diagram.title == "the smallest schedule that breaks it: x = c, y = b"
    assert [(event.name, event.values) for event in diagram.events] == [
        ("a", {"L": "1", "V": "[1, 0]"}),
        ("c", {"L": "1", "V": "[0, 1]"}),
        ("b", {"L": "2", "V": "[2, 0]"}),
    ]
    assert claim.text in result.reason


def test_a_message_may_go_to_several():
    """One event on each of three processes: two receipts leave one event to send."""
    result = asked("find x, y, z: x -> y and x -> z and y || z", extent="processes 3..3, events <= 3")
    (claim,) = result.claims
    assert claim.met
    assert [(arrow.message, arrow.start, arrow.end) for arrow in claim.diagrams[0].arrows] == [
        ("m1", 0, 1),
        ("m1", 0, 2),
    ]
    assert claim.note.startswith("3 events and 1 message: ")


def test_what_is_found_in_no_schedule():
    result = asked("find x: L(x) == 6", "find x: L(x) == 5")
    never, once = result.claims
    assert (never.outcome, never.note) == (Outcome.VIOLATED, "on none of 156 schedules")
    assert once.met
    assert result.outcome is Outcome.VIOLATED


def test_the_search_ends_when_everything_is_decided():
    assert asked("find x: L(x) == 1", extent="processes 2..8, events <= 30").counted == {"schedules": 1}


def test_a_limit_leaves_open_what_is_not_decided():
    result = asked("forall x: L(x) > 0", "forall x: L(x) == 1", "find x: L(x) == 6", max_states=50)
    assert [claim.outcome for claim in result.claims] == [Outcome.UNKNOWN, Outcome.VIOLATED, Outcome.UNKNOWN]
    assert [claim.met for claim in result.claims] == [None, False, None]
    assert result.claims[0].note == (
        "true in each of the first 50 schedules, of up to 5 events; then the limit of 50 schedules ended the search"
    )
    assert result.claims[2].note.startswith("found in none of the first 50 schedules")
    assert asked("forall x: L(x) > 0", max_states=50).outcome is Outcome.UNKNOWN


def test_a_limit_that_is_just_enough_is_none():
    assert asked("forall x: L(x) > 0", max_states=156).outcome is Outcome.HOLDS
    assert asked("forall x: L(x) > 0", max_states=155).outcome is Outcome.UNKNOWN


def test_the_time_may_be_over():
    result = asked("forall x: L(x) > 0", timeout=0)
    assert (result.outcome, result.met, result.counted) == (Outcome.UNKNOWN, None, {"schedules": 0})
    assert "the time limit of 0 s" in result.reason


def test_the_time_may_be_over_within_one_schedule():
    many = "forall o, p, q, r, s, t, u, v, w, x: L(o) > 0"  # 3 million choices among 10 events
    result = asked("find x: L(x) == 1", many, extent="processes 2..2, events 10..10", timeout=0.02)
    assert [claim.met for claim in result.claims] == [True, None]
    assert "the time limit of 0.02 s" in result.claims[1].note


def test_the_only_schedule_is_called_so():
    result = asked("forall x: L(x) == 1", "find x: L(x) == 2", extent="processes 1..1, events < 2")
    assert [claim.note for claim in result.claims] == ["on the only schedule", "not on the only schedule"]


def test_an_interruption_keeps_what_is_decided(monkeypatch):
    def stopping(extent, *, lost):
        for number, sheet in enumerate(real(extent, lost=lost)):
            if number == 40:
                raise KeyboardInterrupt
            yield sheet

    real = all_schedules.schedules_within
    monkeypatch.setattr(all_schedules, "schedules_within", stopping)
    result = asked("forall x: L(x) > 0", "find x, y: x || y")
    assert result.interrupted
    assert [claim.met for claim in result.claims] == [None, True]
    assert result.counted == {"schedules": 40}


def test_a_lost_message_counts_where_a_version_clock_can_tell():
    """Two events in a row with the same version: only a send, whether it is received or not, is no update."""
    claim = "find x, y: W(x) == W(y) and x -> y and not (exists z: x || z)"
    result = answer(f"schedules one: processes 1..1, events <= 2\n    clock version as W\n    {claim}\n")
    assert result.claims[0].met
    assert [arrow.end for arrow in result.claims[0].diagrams[0].arrows] == [None]
    assert result.notes


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("forall x, y, z: x -> y", "no schedule has 3 events, so that `forall x, y, z` says nothing"),
        ("forall x, y: L(x) == 7 implies x -> y", "in no schedule are events as `L(x) == 7` supposes"),
    ],
)
def test_what_holds_of_nothing_is_told(claim, told):
    result = asked(claim, extent="processes 1..2, events <= 2")
    assert result.met
    assert [(warning.kind, warning.text) for warning in result.warnings] == [("vacuity", told)]
