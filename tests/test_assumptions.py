"""Does an assumption delay a timer and no more, and is a verdict that rests on one never greener than its proof?"""

import json
from typing import Any, NamedTuple

import pytest

import dscheck
from dscheck.report.as_json import report_as_data
from dscheck.verdict import BlockResult, CheckResult, Outcome

LOCK = """
process Lock:
    var free: bool = true
    timer lease{kind}

    action grant when free:
        free = false
        start lease

    on timeout lease:
        free = true
"""
CLIENTS = """
const LEAVES = true

process Client[2]:
    var using: bool = true

    action leave when using and LEAVES:
        using = false

    action linger when not LEAVES:
        pass

faults:
    crash up to 0 of Client
    recover up to 0 of Client

def nobody() = forall c in Client: not c.using

final: true
"""
TIMING = """
timing lease_math:
    param most = 12
    clock S drift 0.01
    at grant on server
    at expire on server after grant
    given S(expire) - S(grant) == most
    query soonest = min T(expire) - T(grant)
    expect soonest > {claim}
"""
ENGINES = ("reference", "native", "definition")


def spec(condition: str, checks: str, *, kind: str = "", claim: str = "", lock: str = LOCK) -> str:
    because = " because lease_math" if claim else ""
    block = TIMING.format(claim=claim) if claim else ""
    return (
        "protocol Example\n" + lock.format(kind=kind) + CLIENTS + block
        + f"\nassume lease waits until {condition}{because}\n\n{checks}\n"
    )  # fmt: skip


def answers(text: str, **options: Any) -> dict[str, CheckResult]:
    report = dscheck.check_text(text, **options)
    assert report.checks, str(report)
    return {check.name: check for check in report.checks}


def answered(text: str, **options: Any) -> CheckResult:
    (check,) = answers(text, **options).values()
    return check


def of_assumption(check: CheckResult) -> tuple[Outcome, str]:
    (found,) = [each for each in check.properties if each.kind == "assumption"]
    return found.outcome, found.note


NOBODY = "forall c in Client: not c.using"
ALL = "check all: {} expect holds"


class Case(NamedTuple):
    """One check with an assumption: what comes out for the assumption, and how long its counterexample is."""

    condition: str
    settings: str
    met: bool
    note: str = ""
    length: int | None = None
    kind: str = ""


CASES = {
    "it delays and lets go": Case(NOBODY, "LEAVES = true", True),
    "under any kind of timer": Case(NOBODY, "LEAVES = true", True, kind=" after silence"),
    "with early timeouts": Case(NOBODY, "timers.early = true", True, kind=" after silence"),
    "it removes the timeout": Case("free", "LEAVES = true", False, length=3),
    "it never delays": Case("not free or free", "LEAVES = true", False, "it never delayed the timeout"),
    "it never lets go": Case(NOBODY, "LEAVES = false", False, "a delayed timeout was never released"),
    "the one it waits for may be down": Case(NOBODY, "faults.crash.Client = 2", True),
    # Only crashes end the wait here: that is no end that the condition speaks of.
    "it lets go of the dead only": Case(
        NOBODY, "LEAVES = false, faults.crash.Client = 2", False, "a delayed timeout was never released"
    ),
    "a name of its own": Case("not free and (exists c in Client: not c.using)", "LEAVES = true", True),
    "the process itself": Case("running(lease) and not self.free and nobody()", "LEAVES = true", True),
    "the only one of a set": Case(NOBODY, "assumptions = {lease}", True),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_assumption_must_not_hide(case: Case, engine: str) -> None:
    check = answered(spec(case.condition, ALL.format(case.settings), kind=case.kind), engine=engine)
    outcome, note = of_assumption(check)
    assert check.met is case.met, check.reason
    assert outcome is (Outcome.HOLDS if case.met else Outcome.VIOLATED)
    assert note == case.note
    assert not note or check.reason == f"lease is violated: {note}"
    assert [each.length for each in check.counterexamples] == ([] if case.length is None else [case.length])
    assert check.assuming == ("lease",)


def test_engines_count_the_same() -> None:
    for case in CASES.values():
        text = spec(case.condition, ALL.format(case.settings), kind=case.kind)
        found = [answered(text, engine=engine) for engine in ENGINES]
        rows = {(c.outcome, c.reason, c.statistics.states, c.statistics.transitions, c.statistics.depth) for c in found}
        assert len(rows) == 1


def test_an_assumption_takes_runs_away_and_no_more() -> None:
    checks = answers(spec(NOBODY, "check delayed expect holds\ncheck free: assumptions = false expect holds"))
    assert checks["delayed"].statistics.transitions < checks["free"].statistics.transitions
    assert checks["free"].assuming == ()
    assert "assumptions" not in checks["delayed"].settings
    assert checks["free"].settings["assumptions"] == "false"


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_crash_of_a_process_that_is_read_waives(engine: str) -> None:
    text = """protocol Example

process Lock:
    var holder: Client? = none
    timer lease

    action grant(c in Client) when holder == none:
        holder = c
        start lease

    on timeout lease:
        holder = none

process Client[2]:
    var using: bool = true

    action linger when using:
        pass

    action leave when using:
        using = false

faults:
    crash up to 1 of Client

final: true
assume lease waits until holder == none or not holder.using

def ends() = old(Lock.holder) != none and Lock.holder == none
step while_up: ends() implies (not old(Lock.holder.using) or crashed(old(Lock.holder)))
step while_at_it: ends() implies not old(Lock.holder.using)

check alive: faults.crash = 0 expect holds
check waived expect violates while_at_it in 3 steps
check no_more: only = while_up expect holds
"""
    for check in answers(text, engine=engine).values():
        assert check.met, f"{check.name}: {check.reason}"


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_is_asked_whether_nobody_is_down(engine: str) -> None:
    """Where the condition does not read `holder.using`, looking for its process would fail: there is no holder."""
    lock = LOCK.replace("var free: bool = true", "var free: bool = true\n    var holder: Client? = none")
    lock = lock.replace(
        "        free = false\n", "        free = false\n        choose c in Client:\n            holder = c\n"
    )
    lock += "\n    action forget when holder != none:\n        holder = none\n"
    checks = "check all: faults.crash.Client = 2 expect holds"
    check = answered(spec("holder == none or not holder.using", checks, lock=lock), engine=engine)
    assert check.met, check.reason


def test_its_violation_can_be_expected() -> None:
    text = spec("free", "check all expect violates lease in 3 steps")
    check = answered(text)
    assert check.met, check.reason
    why = " ".join(reason.text for reason in check.counterexamples[0].why)
    assert "assume lease waits until free" in why
    assert "nothing else can happen" in why


# --- what it rests on --------------------------------------------------------------------------


HOLDS, FAILS = "check all expect holds", "check all expect violates expired_never"
NEVER = "\ninvariant expired_never: not (Lock.free and (forall c in Client: not c.using))\n"


@pytest.mark.parametrize("expect", [HOLDS, FAILS])
def test_without_its_proof_a_check_is_never_met(expect: str) -> None:
    right, wrong = (
        spec(NOBODY, NEVER + expect if expect == FAILS else expect, claim=claim) for claim in ("11", "12")
    )  # fmt: skip
    assert answered(right).met
    check = answered(wrong)
    line = next(number for number, text in enumerate(wrong.splitlines(), 1) if "expect soonest" in text)
    assert check.met is False
    assert check.reason.startswith(f"lease_math (line {line}) is violated, and lease rests on it")
    assert of_assumption(check)[0] is Outcome.VIOLATED


@pytest.mark.parametrize("expect", [HOLDS, FAILS])
def test_a_proof_that_is_not_finished_decides_nothing(expect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> BlockResult:
        return BlockResult("lease_math", "timing", Outcome.UNKNOWN, None, "z3 gave up", (), line=4)

    monkeypatch.setattr("dscheck.timing.answer.answer_timing", unknown)
    check = answered(spec(NOBODY, NEVER + expect if expect == FAILS else expect, claim="11"))
    assert check.met is None
    assert check.outcome is Outcome.UNKNOWN
    assert "is not decided, and lease rests on it" in check.reason
    assert "because lease_math, which is not decided" in check.assumptions[0]


def test_what_is_switched_off_needs_no_proof() -> None:
    check = answered(spec(NOBODY, "check all: assumptions = false expect holds", claim="12"))
    assert check.met
    assert check.assumptions == ()


def test_a_proof_is_asked_for_the_constants_of_the_check() -> None:
    """The block as it stands proves it; with the constant of the second check it would not."""
    text = spec(
        NOBODY, "const LEAST = 11 in 0..20\ncheck good expect holds\ncheck bad: LEAST = 13 expect holds", claim="LEAST"
    )
    checks = answers(text)
    assert checks["good"].met
    assert checks["bad"].met is False
    assert "lease_math" in checks["bad"].reason


# --- what is said ------------------------------------------------------------------------------


def test_the_verdict_says_so_in_text_and_json() -> None:
    report = dscheck.check_text(spec(NOBODY, HOLDS, claim="11"))
    (check,) = report.checks
    assert check.reason.startswith("holds assuming lease: ")
    assert "expect holds: holds assuming lease" in str(report)
    told = f"lease waits until {NOBODY}, because lease_math: soonest = 1200/101"
    assert told in check.assumptions
    data = json.loads(json.dumps(report_as_data(report)))["files"][0]["checks"][0]
    assert data["assuming"] == ["lease"]
    assert told in data["assumptions"]


def test_without_a_proof_it_is_taken_on_trust() -> None:
    check = answered(spec(NOBODY, HOLDS))
    assert check.assumptions == (f"lease waits until {NOBODY}, not proved: taken on trust",)


def test_a_search_that_was_cut_claims_nothing_of_it() -> None:
    within = answered(spec("not free or free", "check all expect holds within 2 steps"))
    assert within.met
    assert within.reason.startswith("holds assuming lease: nothing found within 2 steps")
    assert of_assumption(within)[0] is Outcome.HOLDS_WITHIN
    cut = answered(spec("not free or free", HOLDS), max_states=3)
    assert cut.met is None
    assert of_assumption(cut)[0] is Outcome.UNKNOWN


# --- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "assuming"),
    [("false", ()), ("0", ()), ("{}", ()), ("true", ("lease",)), ("lease", ("lease",)), ("{lease}", ("lease",))],
)
@pytest.mark.parametrize("outside", [True, False])
def test_assumptions_are_switched(value: str, assuming: tuple[str, ...], outside: bool) -> None:
    if outside:
        check = answered(spec(NOBODY, HOLDS), constants={"assumptions": value})
    else:
        check = answered(spec(NOBODY, f"check all: assumptions = {value} expect holds"))
    assert check.assuming == assuming
    assert check.settings.get("assumptions") == (None if assuming else "false")


def test_of_two_assumptions_one_may_stay() -> None:
    second = LOCK.replace("process Lock", "process Other").format(kind="")
    text = spec(
        NOBODY, "assume Other.lease waits until " + NOBODY + "\ncheck all: assumptions = {Other.lease} expect holds"
    )
    check = answered(text.replace("assume lease", "assume Lock.lease").replace("\nconst", second + "\nconst"))
    assert check.assuming == ("Other.lease",)
    assert check.settings["assumptions"] == "{Other.lease}"


@pytest.mark.parametrize(("value", "code"), [("{leese}", "DS0501"), ("7", "DS0502")])
def test_a_setting_for_no_assumption_is_refused(value: str, code: str) -> None:
    report = dscheck.check_text(spec(NOBODY, HOLDS), constants={"assumptions": value})
    assert [each.code for each in report.files[0].diagnostics] == [code]
