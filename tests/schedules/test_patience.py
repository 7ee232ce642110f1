"""Is a question given up when its time is over, and is what is decided by then still told?"""

import pytest

from dscheck.options import Limits
from dscheck.schedules import solving
from dscheck.schedules.answer import answer_schedule
from dscheck.schedules.claims import Told, block_result
from dscheck.schedules.drawing import diagram_of
from dscheck.schedules.formulas import read, vocabulary_of
from dscheck.schedules.patience import NO_DEADLINE, TimeIsOver, WatchedRange, deadline_in
from dscheck.schedules.sheet import clocks_of, sheet_of
from dscheck.verdict import Outcome
from tests.schedules.worksheet import schedule_of, source_of

TWELVE = "P1: a, b, c, d\nP2: e, f, g, h\nP3: i, j, k, l\nclock lamport as L\n"
MANY = "p, q, r, s, t, u, v, w"  # 20 million choices among 12 events


def answer(lines, timeout):
    return answer_schedule(source_of(TWELVE + lines), schedule_of(TWELVE + lines), Limits(timeout=timeout))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"forall {MANY}: L(p) > 0", "forall"),
        (f"find {MANY}: L(p) < 1", "find"),
        (f"expect forall {MANY}: L(p) > 0", "expect"),
        (f"expect not (exists {MANY}: L(p) < 1)", "expect"),
        (f"expect (1 if (exists {MANY}: L(p) < 1) else 2) == ?", "ask"),
    ],
)
def test_a_formula_that_binds_many_names_is_given_up(line, kind):
    (claim,) = answer(line, 0.02).claims
    assert (claim.kind, claim.outcome, claim.met) == (kind, Outcome.UNKNOWN, None)
    assert claim.note == "no answer in 0.02 s"


def test_what_the_first_choice_decides_stays_decided():
    broken, found = answer(f"forall {MANY}: L(p) < 1", 0.1).claims + answer(f"find {MANY}: L(p) == 1", 0.1).claims
    assert (broken.met, found.met) == (False, True)
    assert "(and for at least " in broken.note
    assert found.note.startswith("at least ")


def test_whether_a_formula_says_nothing_may_stay_open():
    lines = TWELVE + "forall x, y: L(x) > 5 implies x -> y"
    block = schedule_of(lines)
    sheet, clocks = sheet_of(block), clocks_of(block.lines)
    told = Told(source_of(lines), vocabulary_of(sheet, clocks), read(sheet, clocks, deadline_in(0)))
    (remark,) = block_result(block, told, [], diagram_of(sheet, "", clocks), {}).warnings
    assert (remark.kind, remark.text) == ("remark", "are there events as `L(x) > 5` supposes? no answer in 0 s")


@pytest.mark.parametrize("lines", [f"given forall {MANY}: L(p) > 0\nsolve messages", "solve messages\nexpect a -> b"])
def test_a_puzzle_that_is_not_written_out_in_time_is_unknown(lines):
    result = answer(lines, 0.005)
    assert (result.outcome, result.interrupted) == (Outcome.UNKNOWN, False)
    assert result.claims[0].note == "no answer in 0.005 s: which messages explain what is given?"


def test_a_claim_that_is_not_written_out_in_time_is_unknown():
    solved, claim = answer(f"solve messages\nexpect forall {MANY}: true or L(p) > 0", 3).claims
    assert solved.met
    assert claim.met is None


class GivesUpAtOnce:
    """A solver that comes back as soon as its time, in whole milliseconds, is over."""

    def __init__(self):
        self.milliseconds = 0

    def set(self, _, milliseconds):
        self.milliseconds = milliseconds

    def check(self, *_):
        import z3

        self.now[0] += self.milliseconds / 1000
        return z3.unknown

    def reason_unknown(self):
        return "timeout"


@pytest.mark.parametrize("seconds", [0.0019, 0.0015, 0.5])
def test_a_short_time_that_is_over_is_no_interruption(monkeypatch, seconds):
    solver = GivesUpAtOnce()
    solver.now = [0.0]
    monkeypatch.setattr(solving, "monotonic", lambda: solver.now[0])
    asked = solving.Puzzle(None, solver, (), NO_DEADLINE)
    assert solving._check(asked, (), seconds) == solving.Undecided(solving.TIME_IS_OVER)


def test_a_range_is_watched_when_it_begins():
    assert list(WatchedRange(3, NO_DEADLINE)) == [0, 1, 2]
    assert len(WatchedRange(3, deadline_in(0))) == 3
    with pytest.raises(TimeIsOver, match="no answer in 0 s"):
        iter(WatchedRange(3, deadline_in(0)))
