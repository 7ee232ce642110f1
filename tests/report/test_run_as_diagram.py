"""Is a run, drawn as a diagram, the run? Each message goes from the step that sent it to the step that received it."""

import pytest
from samples import CAMPAIGN, CRASH, DEADLOCK_RUN, LOSS, MUTEX_RUN, action, arrival, sent

import dscheck
from dscheck.counterexample import Counterexample, Step
from dscheck.spacetime import Arrow, NetworkMark

A, B = "Node[0]", "Node[1]"


def run_of(*steps: Step) -> Counterexample:
    return Counterexample("settled", {f"{B}.x": "0", f"{A} up": "true"}, {}, steps)


def names(run: Counterexample) -> list[tuple[str, str, str | None]]:
    """Each arrow with the names of its two events."""
    diagram = dscheck.diagram_of(run)
    events = [event.name for event in diagram.events]
    return [
        (each.message, events[each.start], None if each.end is None else events[each.end]) for each in diagram.arrows
    ]


def test_a_run_of_the_mutex():
    diagram = dscheck.diagram_of(MUTEX_RUN)
    assert diagram.lanes == ("Server", "Client[0]", "Client[1]")
    assert [(event.name, diagram.lanes[event.lane], event.kind) for event in diagram.events] == [
        ("ask", "Client[0]", "send"),
        ("ask", "Client[1]", "send"),
        ("on Acquire", "Server", "receive"),
        ("on Acquire", "Server", "receive"),
        ("on Grant", "Client[0]", "receive"),
        ("on Grant", "Client[1]", "receive"),
    ]
    assert diagram.arrows == (
        Arrow("Acquire", 0, 2), Arrow("Acquire", 1, 3), Arrow("Grant", 2, 4), Arrow("Grant", 3, 5),
    )  # fmt: skip


def test_equal_messages_arrive_in_the_order_in_which_they_were_sent():
    first, second = (action(A, name, out=sent("M", A, B)) for name in ("one", "two"))
    assert names(run_of(first, second, arrival(B, "M", A))) == [("M", "one", "on M"), ("M", "two", None)]


def test_what_is_neither_received_nor_lost_is_under_way():
    step = action(B, "go", out=sent("M", B, A) + sent("D", B, A, kind="dropped"))
    diagram = dscheck.diagram_of(run_of(step))
    assert diagram.lanes == (B, A)  # in the order of the variables
    assert diagram.arrows == (
        Arrow("D", 0, to=1, fate="dropped", ended=1),
        Arrow("M", 0, to=1, under_way=True),
    )


def test_a_copy_comes_from_the_event_that_sent_the_original():
    copied = Step("", "duplicate", "duplicate", "the network duplicates M", {}, sent("M", A, B, kind="duplicated"))
    steps = (action(A, "go", out=sent("M", A, B)), copied, arrival(B, "M", A), arrival(B, "M", A))
    assert names(run_of(*steps)) == [("M", "go", "on M"), ("M", "go", "on M")]
    assert [arrow.end for arrow in dscheck.diagram_of(run_of(*steps)).arrows] == [1, 2]


@pytest.mark.parametrize(
    ("end", "fate"),
    [
        (Step("", "loss", "loss", "M is lost", {}, received=sent("M", A, B, kind="lost")), "lost"),
        (
            Step(B, "discard", "discard", f"M from {A} finds {B} down", {}, received=sent("M", A, B, kind="discarded")),
            "discarded",
        ),
    ],
    ids=["lost", "discarded"],
)
def test_a_message_that_is_lost_has_no_end_and_no_event(end, fate):
    diagram = dscheck.diagram_of(run_of(action(A, "go", out=sent("M", A, B)), end))
    assert [event.name for event in diagram.events] == ["go"]
    assert diagram.arrows == (Arrow("M", 0, to=diagram.lanes.index(B), fate=fate, ended=2),)


def test_a_crash_is_an_event_and_a_fault_of_the_network_is_none():
    diagram = dscheck.diagram_of(run_of(CRASH, CAMPAIGN, LOSS))
    assert [(event.name, diagram.lanes[event.lane]) for event in diagram.events] == [
        ("crashes", "Node[2]"),
        ("notice", "Node[0]"),
    ]


@pytest.mark.parametrize("spec", ["centralized_lock", "lamport_mutex", "two_phase_commit", "primary_backup"])
def test_runs_of_specs(spec):
    """Counted from the run itself: as many arrows end as messages were received; no cause comes after its effect."""
    report = dscheck.check(f"specs/{spec}.dsc", max_states=5000)
    runs = [run for check in report.checks for run in check.counterexamples]
    assert runs
    for run in runs:
        diagram = dscheck.diagram_of(run)
        received = [message for step in run.steps for message in step.received if message.kind == "received"]
        assert sum(arrow.end is not None for arrow in diagram.arrows) == len(received)
        for arrow in diagram.arrows:
            assert arrow.end is None or arrow.start < arrow.end
        sent_in_all = sum(len(step.sent) for step in run.steps)
        assert len(diagram.arrows) == sent_in_all


def test_what_made_the_values_of_the_explanation_is_guilty():
    """`count(…) = 2` because of `Client[0].mode` and `Client[1].mode`: the steps that set them, and their values."""
    events = dscheck.diagram_of(MUTEX_RUN).events
    assert [(event.name, event.note) for event in events if event.guilty] == [
        ("on Grant", "mode = inside"),
        ("on Grant", "mode = inside"),
    ]
    assert [event.state for event in events] == [1, 2, 3, 4, 5, 6]


def test_a_deadlock_has_no_guilty_last_step():
    assert not any(event.guilty for event in dscheck.diagram_of(DEADLOCK_RUN).events)


def test_a_bound_variable_names_its_values():
    """`p = Node[1], Node[2]` within `count(p in Node if up(p) and p.leader == p)`."""
    (check,) = dscheck.check("specs/bully.dsc", checks="recovery").checks
    events = dscheck.diagram_of(check.counterexamples[0]).events
    assert [event.note for event in events if event.guilty] == ["leader = Node[1]", "leader = Node[2]"]
    assert [event.mark for event in events if event.mark] == ["crash", "recover"]


def test_links_and_copies_are_marks_of_the_network():
    cut = Step("", "cut", "cut", f"cut link {A}–{B}", {"a": A, "b": B})
    copied = Step("", "duplicate", "duplicate", "M is duplicated", {}, sent("M", A, B, kind="duplicated"))
    diagram = dscheck.diagram_of(run_of(action(A, "go", out=sent("M", A, B)), copied, arrival(B, "M", A), cut))
    lanes = diagram.lanes.index(A), diagram.lanes.index(B)
    assert diagram.network_marks == (NetworkMark("duplicated", lanes, 1, 2, "M"), NetworkMark("cut", lanes, 2, 4))
    assert [(arrow.copied, arrow.under_way) for arrow in diagram.arrows] == [(False, False), (True, True)]
