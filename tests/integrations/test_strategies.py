"""Is what Hypothesis draws what it is called? Runs and logs by the checks, diagrams and clocks by their order."""

from pathlib import Path

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import dscheck
from dscheck.clocks import Order, VectorClock
from dscheck.strategies import Behaviour, behaviours, schedules, traces, vector_clocks

SPECS = Path(__file__).resolve().parents[2] / "specs"
LOCK = SPECS / "centralized_lock.dsc"
FEW = settings(max_examples=15, deadline=None)


@FEW
@given(behaviours(LOCK, check="two", max_steps=12))
def test_behaviours_are_runs(behaviour):
    assert len(behaviour.values) == len(behaviour.steps) + 1 <= 13
    dscheck.assert_conforms(behaviour.trace, LOCK, check="two") if behaviour.steps else None
    assert repr(behaviour).startswith("<Behaviour: ")


def test_behaviours_shrink_to_short_ones():
    def inside(behaviour: Behaviour) -> bool:
        return "inside" in (behaviour.values[-1]["Client[0].mode"], behaviour.values[-1]["Client[1].mode"])

    found = find(behaviours(LOCK, N=2), inside, settings=settings(max_examples=500, deadline=None, database=None))
    assert [label.rule for label in found.labels] == ["request", "on Request", "on Grant"]


@FEW
@given(traces(SPECS / "lamport_mutex.dsc", check="two"))
def test_traces_are_accepted(trace):
    if trace.events:
        dscheck.assert_causal(trace)
        dscheck.assert_conforms(trace, SPECS / "lamport_mutex.dsc", check="two")


@settings(max_examples=60, deadline=None)
@given(schedules())
def test_vector_clocks_of_a_schedule_are_its_order(diagram):
    """The oracle is a path in the graph of the diagram."""
    import networkx

    clocks: list[VectorClock[str]] = []
    now = dict.fromkeys(diagram.lanes, VectorClock())
    senders = {arrow.end: arrow.start for arrow in diagram.arrows if arrow.end is not None}
    for number, event in enumerate(diagram.events):
        lane = diagram.lanes[event.lane]
        assert (event.kind == "receive") == (number in senders)
        clock = now[lane].receive(clocks[senders[number]], lane) if number in senders else now[lane].tick(lane)
        clocks.append(clock)
        now[lane] = clock
    graph = dscheck.dependency_graph(diagram)
    assert all(start < end for start, end in graph.edges)
    for first, one in enumerate(clocks):
        for second, two in enumerate(clocks):
            assert (one < two) == (first != second and networkx.has_path(graph, first, second))


def test_schedules_have_messages_that_overtake_and_that_stay_under_way():
    def overtakes(diagram):
        pairs = [(arrow.start, arrow.end) for arrow in diagram.arrows if arrow.end is not None]
        lanes = [event.lane for event in diagram.events]
        return any(
            a < c and b > d and lanes[a] == lanes[c] and lanes[b] == lanes[d] for a, b in pairs for c, d in pairs
        )

    find(schedules(), overtakes, settings=settings(max_examples=5000, deadline=None, database=None))
    find(schedules(), lambda diagram: any(arrow.under_way for arrow in diagram.arrows))
    assert find(schedules(max_lanes=1), lambda diagram: len(diagram.events) == 2).arrows == ()


@given(vector_clocks(), vector_clocks())
def test_vector_clocks_are_ordered_entry_by_entry(one, two):
    below = all(one[name] <= two[name] for name in "pqr")
    above = all(one[name] >= two[name] for name in "pqr")
    assert one.compare(two) is {
        (True, True): Order.EQUAL, (True, False): Order.BEFORE, (False, True): Order.AFTER,
        (False, False): Order.CONCURRENT,
    }[below, above]  # fmt: skip


@given(vector_clocks(("a",), max_count=1))
def test_vector_clocks_of_given_processes(clock):
    assert set(clock.counts) <= {"a"}
    assert clock["a"] <= 1


def test_a_spec_with_mistakes(tmp_path):
    (tmp_path / "x.dsc").write_text("protocol X\nconst = 3\n")
    with pytest.raises(dscheck.SpecError):
        behaviours(tmp_path / "x.dsc")
    assert isinstance(behaviours(LOCK), st.SearchStrategy)


def test_without_hypothesis_the_way_out_is_told():
    import subprocess
    import sys

    program = "import sys; sys.modules['hypothesis'] = None\nimport dscheck\ndscheck.drive\n"
    for line in ("dscheck.machine_for", "import dscheck.strategies"):
        run = subprocess.run([sys.executable, "-c", program + line], capture_output=True, text=True, check=False)
        assert "ImportError: this needs Hypothesis: pip install 'dscheck[hypothesis]'" in run.stderr
