"""Is an implementation held to its spec? Adapters that do right and wrong, in memory, with and without a network."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

import dscheck
from dscheck.integrations.driving import AnotherWay, Deviation, PropertyBroken
from dscheck.integrations.roles import WrongAdapter, roles_of
from dscheck.runs.labelled import SpecRuns, UnknownVariable

LOCK = Path(__file__).resolve().parents[2] / "specs" / "centralized_lock.dsc"
FAST = settings(
    RuleBasedStateMachine.TestCase.settings,
    max_examples=30,
    stateful_step_count=12,
    database=None,
    phases=[Phase.generate, Phase.shrink],
)

TICKET = """protocol Ticket

shared var served: 0..3 = 0

process Guest[2]:
    var ticket: 0..3 = 0

    action take(n in {{1, 2, 3}}) when ticket == 0 and n == served + 1:
        ticket = n
        served = n

    action drop when ticket > 0:
        ticket = 0

invariant small: served <= {bound}
step grows: served >= old(served)
"""


class Tickets:
    """Hands out numbers. Every step is driven, so what is seen stands with the step."""

    def __init__(self, wrong=""):
        self.next, self.tickets, self.wrong, self.stopped = 0, [0, 0], wrong, False

    def take(self, guest, n):
        assert (str(guest), guest.process) == (f"Guest[{guest.number}]", "Guest")
        assert n == self.next + 1
        self.next = n
        self.tickets[guest.number] = n

    def drop(self, guest):
        if self.wrong == "raises" and self.next == 2:
            raise ConnectionError("gone")
        self.tickets[guest.number] = 0
        if self.wrong == "goes back":
            self.next -= 1

    def observe(self):
        return {"served": self.next, "Guest[0]": {"ticket": self.tickets[0]}, "Guest[1].ticket": self.tickets[1]}

    def stop(self):
        self.stopped = True


class Post:
    """The lock, with a network that delivers when it is told to: arrivals are driven too."""

    def __init__(self, lifo=False):
        self.holder, self.queue, self.modes, self.lifo = None, [], ["idle", "idle", "idle"], lifo

    def request(self, client):
        self.modes[client.number] = "waiting"

    def leave(self, client):
        self.modes[client.number] = "idle"

    def on_Request(self, server, sender):  # noqa: N802
        assert (server, server.process, sender.process) == ("Server", "Server", "Client")
        if self.holder is None:
            self.holder = sender
        else:
            self.queue.append(sender)

    def on_Release(self, server, sender):  # noqa: N802
        self.holder = self.queue.pop(-1 if self.lifo else 0) if self.queue else None

    def on_Grant(self, client, sender):  # noqa: N802
        self.modes[client.number] = "inside"

    def observe(self):
        modes = {f"Client[{number}].mode": mode for number, mode in enumerate(self.modes)}
        return {**modes, "Server": {"holder": self.holder, "queue": self.queue}}


@pytest.fixture
def ticket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ticket.dsc"
    path.write_text(TICKET.format(bound=3))
    return path


def fails(machine, kind):
    with pytest.raises(kind) as caught:
        run_state_machine_as_test(machine, settings=FAST)
    return caught.value


# --- right and wrong ----------------------------------------------------------------------------


def test_a_right_implementation_passes(ticket):
    run_state_machine_as_test(dscheck.machine_for(ticket, Tickets), settings=FAST)
    assert not (ticket.parent / ".dscheck").exists()


def test_a_wrong_one_is_shrunk_told_and_saved_as_a_trace(ticket):
    error = fails(dscheck.machine_for(ticket, partial(Tickets, wrong="goes back")), Deviation)
    text = str(error)
    assert "`drop` is possible, but served is 1, where 0 is recorded" in text
    assert text.endswith("after\n  1  Guest[0] take (n = 1)\n  2  Guest[0] drop")
    saved = ticket.parent / ".dscheck" / "failures" / "Ticket-Tickets.jsonl"
    assert "next  dscheck verify .dscheck/failures/Ticket-Tickets.jsonl" in error.__notes__
    report = dscheck.verify(saved)
    (found,) = [each for each in report.traces[0].findings if each.check == "conformance"]
    assert found.outcome == "rejected"
    assert found.events[0].place.line == 3


def test_an_exception_of_the_implementation_is_saved_too(ticket):
    error = fails(dscheck.machine_for(ticket, partial(Tickets, wrong="raises"), save_to="x.jsonl"), ConnectionError)
    assert "next  dscheck verify x.jsonl" in error.__notes__
    actions = [event.action for event in dscheck.read_trace("x.jsonl").events]
    assert actions[-1] == "drop"  # raises after two have been taken, dropped in between or not
    assert len(actions) <= 4


def test_properties_are_invariants(ticket):
    ticket.write_text(TICKET.format(bound=1))
    error = fails(dscheck.machine_for(ticket, Tickets), PropertyBroken)
    assert str(error).startswith("small of Ticket is broken:\n  served = 2")
    saved = next(iter((ticket.parent / ".dscheck" / "failures").iterdir()))
    assert "invariant" in {finding.kind for finding in dscheck.verify(saved).traces[0].findings}


def test_a_step_property_is_one_too(ticket):
    ticket.write_text(
        TICKET.format(bound=3).replace("        ticket = 0\n", "        ticket = 0\n        served = 0\n")
    )

    class Resets(Tickets):
        def drop(self, guest):
            self.tickets[guest.number], self.next = 0, 0

    assert "grows of Ticket is broken" in str(fails(dscheck.machine_for(ticket, Resets), PropertyBroken))


def test_every_arrival_driven(tmp_path):
    machine = partial(dscheck.machine_for, LOCK, left_out=["tell", "on Asked"], N=3, save_to=tmp_path / "x.jsonl")
    run_state_machine_as_test(machine(Post), settings=FAST)
    wide = settings(FAST, max_examples=150, stateful_step_count=20, phases=[Phase.generate, Phase.shrink])
    with pytest.raises(Deviation) as caught:
        run_state_machine_as_test(machine(partial(Post, lifo=True)), settings=wide)
    assert "on Release" in str(caught.value)
    assert not dscheck.verify(tmp_path / "x.jsonl").ok


def test_the_beginning_is_compared(ticket):
    class Late(Tickets):
        def __init__(self):
            super().__init__()
            self.next = 1

    error = fails(dscheck.machine_for(ticket, Late), Deviation)
    assert str(error).startswith("Ticket does not begin as the implementation does: served = 1")


def test_adapters_are_stopped(ticket):
    made = []

    class Noted(Tickets):
        def __init__(self):
            super().__init__("goes back")
            made.append(self)

    fails(dscheck.machine_for(ticket, Noted), Deviation)
    assert made
    assert all(each.stopped for each in made)


# --- one run ------------------------------------------------------------------------------------


def test_drive(ticket):
    trace = dscheck.drive(Tickets(), ticket, ["Guest[1] take (n = 1)", "Guest[1] drop"])
    assert [event.action for event in trace.events] == ["take", "drop"]
    dscheck.assert_conforms(trace)
    with pytest.raises(Deviation):
        dscheck.drive(Tickets("goes back"), ticket, ["Guest[1] take (n = 1)", "Guest[1] drop"])
    with pytest.raises(AnotherWay, match=r"`Guest\[1\] drop` is not possible; possible are \[Guest\[0\] take"):
        dscheck.drive(Tickets(), ticket, ["Guest[1] drop"])


class Restless:
    """The lock, whose messages travel when they like: what is seen may be anything on the way."""

    def __init__(self, after):
        self.after, self.requested = after, False

    def request(self, client):
        self.requested = True

    def leave(self, client):
        raise AssertionError("not possible in every state that explains what was seen")

    def observe(self):
        return self.after if self.requested else {}


@pytest.mark.parametrize(
    ("seen", "settled", "right"),
    [
        ({"Client[0].mode": "waiting"}, False, True),
        ({"Client[0].mode": "inside", "Server.holder": "Client[0]"}, False, True),
        ({"Client[0].mode": "inside", "Server.holder": None}, False, False),
        ({"Client[0].mode": "waiting"}, True, False),
        ({"Client[0].mode": "inside"}, True, True),
    ],
)
def test_what_happens_by_itself(seen, settled, right, tmp_path):
    def go():
        saved = tmp_path / "x.jsonl"
        return dscheck.drive(
            Restless(seen), LOCK, ["Client[0] request"], left_out=["tell"], settled=settled, save_to=saved
        )  # fmt: skip

    if right:
        dscheck.assert_conforms(go(), LOCK)
    else:
        with pytest.raises(Deviation):
            go()
        assert not dscheck.verify(tmp_path / "x.jsonl").ok


def test_a_step_must_be_possible_in_every_explanation():
    with pytest.raises(AnotherWay):
        dscheck.drive(Restless({}), LOCK, ["Client[0] request", "Client[0] leave"], left_out=["tell"], settled=False)


# --- roles --------------------------------------------------------------------------------------


def test_every_step_has_a_role():
    system = SpecRuns.of(str(LOCK)).system
    roles = roles_of(system, Restless, left_out=["tell"])
    assert roles.driven == {"request": "request", "leave": "leave"}
    assert roles.spontaneous == {"on Request", "on Release", "on Grant", "on Asked"}
    assert roles_of(system, Post, left_out=["tell", "on Asked"]).spontaneous == set()
    assert roles_of(system, Post, ["on Grant", "on Asked"], ["tell"]).driven.keys() == {
        "request", "leave", "on Request", "on Release",
    }  # fmt: skip


def test_what_the_constants_switch_off_needs_no_method():
    assert "leave_some_day" in roles_of(SpecRuns.of(str(LOCK)).system, Restless, left_out=["tell"]).left_out
    stays = SpecRuns.of(str(LOCK), None, {"LEAVES": "false"}).system
    with pytest.raises(WrongAdapter, match="no method `leave_some_day`"):
        roles_of(stays, Restless, left_out=["tell"])


@pytest.mark.parametrize(
    ("adapter", "given", "told"),
    [
        (Restless, {}, r"Restless has no method `tell` for the step `tell` of CentralizedLock: write it, or say"),
        (Restless, {"left_out": ["tel"]}, "CentralizedLock has no step `tel`; it has: on Request"),
        (Restless, {"left_out": ["tell"], "spontaneous": ["on Grant"]}, "no method `on_Request`"),
        (int, {}, "int has no method `observe`"),
        (lambda: Restless({}), {}, "is no class"),
    ],
)
def test_an_adapter_that_does_not_fit(adapter, given, told):
    with pytest.raises(WrongAdapter, match=told):
        dscheck.machine_for(LOCK, adapter, **given)


def test_an_adapter_that_sees_what_is_not_there(ticket):
    class Odd(Tickets):
        def observe(self):
            return {"Guest[0].tickets": 0}

    with pytest.raises(
        UnknownVariable, match=r"`Guest\[0\].tickets` is observed, but Ticket has: served, Guest\[0\].ticket"
    ):
        dscheck.drive(Odd(), ticket, [])


def test_crashes_in_mid_step_are_not_driven(ticket):
    ticket.write_text(TICKET.format(bound=3) + "\nfaults:\n    crash up to 1 of Guest\n    torn\n")

    class Crashing(Tickets):
        def crash(self, guest):
            pass

    runs = SpecRuns.of(str(ticket))
    if any(rule.torn for rule in runs.system.rules):
        with pytest.raises(WrongAdapter, match="mid-step"):
            roles_of(runs.system, Crashing)
    assert "crash" in roles_of(runs.system, Crashing, left_out=["torn"] if runs.system.rules[-1].torn else []).driven
