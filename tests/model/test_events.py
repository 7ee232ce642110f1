"""Is exactly that remembered of events which the asked properties compare, and is nobody shown how?"""

import json
import re

import pytest

import dscheck
from dscheck.language.analysis import read_spec
from dscheck.language.checked import EventMeaning
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.model.tracking import Comparison, tracking_of
from dscheck.report.as_json import report_as_json
from dscheck.report.as_text import report_as_text
from dscheck.report.status import TextOptions
from dscheck.source import SourceFile

A, B, C = EventMeaning("A", "a"), EventMeaning("B", "b"), EventMeaning("C", "c")
CHAIN = [("A", "B"), ("B", "C")]


@pytest.mark.parametrize(
    ("comparisons", "traffic", "orders", "carriers"),
    [
        ([], CHAIN, (), {}),
        ([("->", A, C)], CHAIN, ((A, C),), {A: ("A", "B", "C")}),
        ([("->", A, B)], CHAIN, ((A, B),), {A: ("A", "B")}),  # C could know, and would have nobody to tell
        ([("->", C, A)], CHAIN, (), {}),  # no message ever comes back
        ([("||", C, A)], CHAIN, ((A, C),), {A: ("A", "B", "C"), C: ("C",)}),
        ([("->", A, A)], CHAIN, ((A, A),), {A: ("A",)}),
        ([("->", A, A)], [*CHAIN, ("C", "A")], ((A, A),), {A: ("A", "B", "C")}),
        ([("->", A, B), ("->", A, C)], CHAIN, ((A, B), (A, C)), {A: ("A", "B", "C")}),
    ],
)
def test_knowledge_goes_where_it_can_matter(comparisons, traffic, orders, carriers) -> None:
    tracking = tracking_of([Comparison(*each) for each in comparisons], traffic)
    assert (tracking.orders, dict(tracking.carriers)) == (orders, carriers)


SPEC = """\
protocol Known
message Ask(n: 0..1), Reply
process Node[2]:
    clock lamport
    var at: stamp? = none
    action ask when at == none:
        at = now
        event asked
        send Ask(1) to Server
        event waiting
    on Reply:
        event replied
process Server:
    clock lamport
    on Ask(n) from p:
        event served
        send Reply to p
def follows(p) = asked(p) -> served
invariant small: forall p in Node: p.at == none or p.at == p.at
invariant never: forall p in Node, q in Node: not (p != q and replied(p) -> replied(q)) and not follows(p)
reachable far: exists p in Node, q in Node: p != q and asked(p) -> replied(q)
check none_of_it: only = {small} expect holds
check all_of_it: only = {never} expect violates never in 2 steps
"""


def systems() -> list[System]:
    checked = read_spec(SourceFile("<test>", SPEC))
    return [lower(checked, plan.configuration) for plan in plans_of(checked, {})]


def fields(system: System, channel: str) -> set[str]:
    return {name for kind in system.variable(channel).domain.element.kinds for name, _ in kind.fields}


def test_what_nobody_asks_for_is_not_remembered() -> None:
    nothing, never = systems()
    assert not [variable for variable in nothing.variables if variable.role == "knowledge"]
    assert fields(nothing, "network Node->Server") == {"n", "@clock"}
    assert {variable.name for variable in never.variables if variable.role == "knowledge"} == {
        "knows Node.asked Node",
        "knows Node.asked Server",
        "knows Node.replied Node",
        "knows Node.replied Server",
        "past Node.asked Server.served",
        "past Node.replied Node.replied",
    }
    assert fields(never, "network Node->Server") == {"n", "@clock", "·knows Node.asked", "·knows Node.replied"}


def test_the_cost_of_what_nobody_asks_for_is_none() -> None:
    silent = re.sub(r"event \w+", "pass", SPEC[: SPEC.index("def follows")])
    silent += "invariant small: forall p in Node: p.at == none or p.at == p.at\n"
    with_events = dscheck.check_text(SPEC, checks="none_of_it").checks[0].statistics
    without = dscheck.check_text(silent).checks[0].statistics
    assert (with_events.states, with_events.transitions) == (without.states, without.transitions)


def test_a_counterexample_tells_the_comparison_and_not_the_bits() -> None:
    report = dscheck.check_text(SPEC, checks="all_of_it")
    assert report.ok, str(report)
    (found,) = report.checks[0].counterexamples
    assert [step.label for step in found.steps] == ["Node[0] ask", "Server on Ask(1) @1 from Node[0]"]
    assert "asked(p) -> served" in str(found.why)
    text = str(report) + report_as_json(report)
    assert "knows" not in text
    assert "·" not in text
    assert "past" not in text


@pytest.mark.parametrize("engine", ["reference", "native"])
def test_a_counterexample_tells_which_events_there_were(engine: str) -> None:
    """Those that nobody compares too, such as `waiting`."""
    report = dscheck.check_text(SPEC, checks="all_of_it", engine=engine)
    (found,) = report.checks[0].counterexamples
    assert [step.events for step in found.steps] == [("asked", "waiting"), ("served",)]
    steps = json.loads(report_as_json(report))["files"][0]["checks"][0]["counterexamples"][0]["steps"]
    assert [step["events"] for step in steps] == [["asked", "waiting"], ["served"]]
    text = report_as_text(report, TextOptions(full_runs=True))
    assert "event asked, event waiting\n" in text
    assert "event served\n" in text


def test_an_event_that_a_step_has_again_is_told_once() -> None:
    report = dscheck.check_text(
        "protocol P\nprocess A[3] ordered:\n    action go:\n        for p in A:\n            event met\n"
        "        event done\n"
        "    action idle:\n        pass\n"
        "invariant never: forall p in A, q in A: p == q or not (met(p) || met(q))\n"
    )
    (found,) = report.checks[0].counterexamples
    assert found.steps[0].events == ("met", "met", "met", "done")
    assert "event met (3 times), event done\n" in str(report)
    assert "nothing changes" not in str(report)
