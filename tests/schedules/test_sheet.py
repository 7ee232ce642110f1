"""Do sheets know what happened before what, and do their clocks show what the clocks of `dscheck.clocks` show?"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dscheck.clocks import LamportClock, MatrixClock, VectorClock, VersionVector
from dscheck.schedules.sheet import Sheet, SheetEvent, SheetMessage, causality, clock_values, pasts
from tests.schedules.worksheet import WORKSHEET, sheet_from


def by_name(sheet, values):
    return {event.name: value for event, value in zip(sheet.events, values, strict=True)}


def shown(sheet, kind):
    return by_name(sheet, clock_values(kind, sheet, causality(sheet)))


def test_the_worksheet_has_the_numbers_of_the_course():
    sheet = sheet_from(WORKSHEET)
    assert shown(sheet, "lamport") == {"a": 1, "b": 2, "g": 3, "c": 3, "d": 4, "e": 1, "f": 5}
    assert shown(sheet, "vector") == {
        "a": (1, 0, 0), "b": (2, 0, 0), "g": (3, 0, 0), "c": (2, 1, 0), "d": (2, 2, 0), "e": (0, 0, 1), "f": (2, 2, 2),
    }  # fmt: skip


def test_the_worksheet_orders_its_events_by_lines_and_messages_and_what_follows():
    sheet = sheet_from(WORKSHEET)
    names = [event.name for event in sheet.events]
    before = {
        names[y]: {names[x] for x in range(len(names)) if past >> x & 1}
        for y, past in enumerate(pasts(causality(sheet)))
    }
    assert before == {
        "a": set(), "b": {"a"}, "g": {"a", "b"}, "c": {"a", "b"}, "d": {"a", "b", "c"}, "e": set(),
        "f": {"a", "b", "c", "d", "e"},
    }  # fmt: skip


def test_a_schedule_is_read_lane_by_lane_with_messages_to_several_and_to_nobody():
    sheet = sheet_from("P1: a sends m, b sends lost to P2\nP2: receives m as c\nP3: d receives m, e")
    assert sheet == Sheet(
        ("P1", "P2", "P3"),
        (
            SheetEvent("a", 0, "send"), SheetEvent("b", 0, "send"), SheetEvent("c", 1, "receive"),
            SheetEvent("d", 2, "receive"), SheetEvent("e", 2),
        ),
        (SheetMessage("m", 0, (2, 3)), SheetMessage("lost", 1, (), to=1)),
    )  # fmt: skip


def test_versions_count_local_events_only_and_travel_with_messages():
    sheet = sheet_from("P1: a, b sends m, c\nP2: receives m as d, e")
    assert shown(sheet, "version") == {"a": (1, 0), "b": (1, 0), "c": (2, 0), "d": (1, 0), "e": (1, 1)}


def test_an_event_before_itself_is_refused():
    events = (SheetEvent("a", 0, "receive"), SheetEvent("b", 0, "send"))
    with pytest.raises(ValueError, match="before itself"):
        causality(Sheet(("P1",), events, (SheetMessage("m", 1, (0,)),)))


@st.composite
def sheets(draw):
    """A run of a few processes, written down lane by lane; messages may be lost, or be received by several."""
    lanes = draw(st.integers(1, 4))
    run = []  # per event its lane and the message that it receives
    sent = {}  # the sender and the receiving events of each message, by their place in the run
    kinds = []
    for place in range(draw(st.integers(1, 12))):
        lane = draw(st.integers(0, lanes - 1))
        waiting = [m for m, (_, ends) in sent.items() if all(run[end] != lane for end in ends)]
        kind = draw(st.sampled_from(["local", "send", *(["receive"] if waiting else [])]))
        run.append(lane)
        kinds.append(kind)
        if kind == "send":
            sent[f"m{place}"] = (place, [])
        elif kind == "receive":
            sent[draw(st.sampled_from(waiting))][1].append(place)
    order = sorted(range(len(run)), key=lambda place: (run[place], place))
    index = {place: at for at, place in enumerate(order)}
    return Sheet(
        tuple(f"P{lane}" for lane in range(lanes)),
        tuple(SheetEvent(f"e{place}", run[place], kinds[place]) for place in order),
        tuple(SheetMessage(m, index[start], tuple(index[end] for end in ends)) for m, (start, ends) in sent.items()),
    )


def replayed(sheet, start, tick, receive):
    """The value of each event's clock, by the clocks of `dscheck.clocks`: `start` per lane, and two rules."""
    causes = causality(sheet)
    values = {}
    for at in causes.order:
        event = sheet.events[at]
        own = values.get(causes.previous[at], start(sheet.lanes[event.lane]))
        if event.kind == "receive":
            values[at] = receive(own, values[causes.source[at]], sheet.lanes[event.lane])
        else:
            values[at] = tick(own, sheet.lanes[event.lane], event.kind)
    return [values[at] for at in range(len(sheet.events))]


def entries(sheet, counts):
    return tuple(counts[lane] for lane in sheet.lanes)


@given(sheets())
def test_clocks_show_what_the_clocks_for_use_alone_show(sheet):
    causes = causality(sheet)
    lamport = replayed(sheet, lambda _: LamportClock(), lambda c, *_: c.tick(), lambda c, stamp, _: c.receive(stamp))
    assert clock_values("lamport", sheet, causes) == [each.time for each in lamport]
    vectors = replayed(
        sheet, lambda _: VectorClock(), lambda c, lane, _: c.tick(lane), lambda c, stamp, lane: c.receive(stamp, lane)
    )
    assert clock_values("vector", sheet, causes) == [entries(sheet, each) for each in vectors]
    versions = replayed(
        sheet,
        lambda _: VersionVector(),
        lambda c, lane, kind: c.update(lane) if kind == "local" else c,
        lambda c, stamp, _: c.merge(stamp),
    )
    assert clock_values("version", sheet, causes) == [entries(sheet, each) for each in versions]
    matrices = replayed(sheet, MatrixClock, lambda c, *_: c.tick(), lambda c, stamp, _: c.receive(stamp))
    assert clock_values("matrix", sheet, causes) == [
        tuple(entries(sheet, each.row(lane)) for lane in sheet.lanes) for each in matrices
    ]


@given(sheets())
def test_happened_before_is_what_paths_of_lines_and_messages_say(sheet):
    count = len(sheet.events)
    before = {(at - 1, at) for at in range(1, count) if sheet.events[at - 1].lane == sheet.events[at].lane}
    before |= {(message.start, end) for message in sheet.messages for end in message.ends}
    for middle, x, y in product(range(count), repeat=3):  # Warshall's closure: the middle is the outermost loop
        if (x, middle) in before and (middle, y) in before:
            before.add((x, y))
    past = pasts(causality(sheet))
    assert {(x, y) for x, y in product(range(count), repeat=2) if past[y] >> x & 1} == before


@given(sheets())
def test_causes_come_first_in_the_order(sheet):
    causes = causality(sheet)
    assert sorted(causes.order) == list(range(len(sheet.events)))
    place = {event: at for at, event in enumerate(causes.order)}
    for event, past in enumerate(pasts(causes)):
        assert all(place[each] < place[event] for each in range(len(place)) if past >> each & 1)
