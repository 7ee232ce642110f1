"""Do the clocks keep their laws? Partial order, least upper bound, and happens-before of random runs."""

import copy
import pickle
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dscheck.clocks import (
    Counters,
    HybridClock,
    LamportClock,
    MatrixClock,
    NaiveHybridClock,
    Order,
    VectorClock,
    total_order_key,
)

PROCESSES = ("p", "q", "r")
counts = st.dictionaries(st.sampled_from(PROCESSES), st.integers(0, 3))
vectors = counts.map(VectorClock.of)


@given(vectors, vectors, vectors)
def test_vectors_are_a_partial_order(a, b, c):
    assert a.compare(a) is Order.EQUAL
    assert a.compare(b) is b.compare(a).reversed
    assert (a == b) == (a.compare(b) is Order.EQUAL)
    if a <= b and b <= c:
        assert a <= c


@given(vectors, vectors, vectors)
def test_merge_is_the_least_upper_bound(a, b, c):
    joined = a.merge(b)
    assert a <= joined
    assert b <= joined
    assert not (a <= c and b <= c) or joined <= c
    assert joined == b.merge(a)
    assert a.counts.meet(b.counts).at_most(a.counts)


@given(counts)
def test_zeros_do_not_show(count):
    whole = {process: count.get(process, 0) for process in PROCESSES}
    assert Counters(count) == Counters(whole)
    assert hash(Counters(count)) == hash(Counters(whole))
    assert str(Counters(count)) == str(Counters(whole))


@pytest.mark.parametrize("wrong", [-1, 1.0, True, "1"])
def test_counts_are_natural_numbers(wrong):
    with pytest.raises(ValueError, match="natural number"):
        VectorClock.of({"p": wrong})


@st.composite
def runs(draw):
    """Events of one run in an order in which they can happen: (process, index of the send it receives or None)."""
    events = []
    for number in range(draw(st.integers(1, 12))):
        source = draw(st.none() | st.integers(0, number - 1)) if number else None
        events.append((draw(st.sampled_from(PROCESSES)), source))
    return events


def causes(run):
    """Per event the set of those that happen before it: the definition, by transitive closure."""
    past = []
    for number, (process, source) in enumerate(run):
        direct = {other for other in range(number) if run[other][0] == process} | ({source} - {None})
        past.append(direct.union(*(past[other] for other in direct)))
    return past


def stamps(run, start, tick, receive):
    """Per event the value of its process's clock after it."""
    clocks = {process: start(process) for process in PROCESSES}
    found = []
    for number, (process, source) in enumerate(run):
        clock = clocks[process]
        clocks[process] = (
            tick(clock, process, number) if source is None else receive(clock, found[source], process, number)
        )
        found.append(clocks[process])
    return found


@given(runs())
def test_vector_clocks_know_happens_before(run):
    past = causes(run)
    clocks = stamps(run, lambda _: VectorClock(), lambda c, p, _: c.tick(p), lambda c, s, p, _: c.receive(s, p))
    for a in range(len(run)):
        for b in range(len(run)):
            assert (a in past[b]) == (clocks[a] < clocks[b])


@given(runs())
def test_lamport_clocks_keep_the_clock_condition_and_extend_to_a_total_order(run):
    past = causes(run)
    clocks = stamps(run, lambda _: LamportClock(), lambda c, *_: c.tick(), lambda c, s, *_: c.receive(s))
    keys = [total_order_key(clock, process) for clock, (process, _) in zip(clocks, run, strict=True)]
    assert len(set(keys)) == len(keys)
    for b, before in enumerate(past):
        assert all(clocks[a] < clocks[b] and keys[a] < keys[b] for a in before)


def test_the_converse_of_the_clock_condition_fails():
    one, two = LamportClock().tick(), LamportClock().tick().tick()
    assert one < two  # of two processes that never talk


@given(runs())
def test_a_matrix_says_of_each_event_who_is_known_to_know_it(run):
    """Entry (k, j) at event e: the events of j before or at the last event of k that is before or at e."""
    clocks = stamps(run, MatrixClock, lambda c, *_: c.tick(), lambda c, s, *_: c.receive(s))
    vectors = stamps(run, lambda _: VectorClock(), lambda c, p, _: c.tick(p), lambda c, s, p, _: c.receive(s, p))
    past = [before | {number} for number, before in enumerate(causes(run))]

    def events_of(process, events):
        return [event for event in sorted(events) if run[event][0] == process]

    for e, clock in enumerate(clocks):
        assert clock.row(run[e][0]) == vectors[e]
        for knower in PROCESSES:
            known = events_of(knower, past[e])
            for of in PROCESSES:
                expected = len(events_of(of, past[known[-1]])) if known else 0
                assert clock.row(knower)[of] == expected
        for of in PROCESSES:
            known_to_all = {
                event for event in events_of(of, past[e])
                if all(any(event in past[own] for own in events_of(each, past[e])) for each in PROCESSES)
            }  # fmt: skip
            assert clock.known_by_all(of, PROCESSES) == len(known_to_all)


@given(runs())
def test_matrices_know_happens_before(run):
    past = causes(run)
    clocks = stamps(run, MatrixClock, lambda c, *_: c.tick(), lambda c, s, *_: c.receive(s))
    for a in range(len(run)):
        for b in range(len(run)):
            assert (a in past[b]) == (clocks[a].compare(clocks[b]) is Order.BEFORE)


def test_a_matrix_of_rows():
    clock = MatrixClock.of("q", {"p": {"p": 2}, "q": {"p": 2, "q": 1}})
    assert clock == MatrixClock("q").receive(MatrixClock("p").tick().tick())
    assert clock.row("q") == VectorClock.of({"p": 2, "q": 1})
    assert [clock.known_by_all(each, ("p", "q")) for each in ("p", "q")] == [2, 0]
    with pytest.raises(ValueError, match="empty"):
        clock.known_by_all("p", ())


@given(
    runs(),
    st.lists(st.integers(0, 4), min_size=12, max_size=12),
    st.fixed_dictionaries({process: st.integers(0, 6).map(lambda third: Fraction(third, 3)) for process in PROCESSES}),
)
def test_hybrid_clocks_order_causes_and_stay_near_physical_time(run, steps, ahead):
    """Time goes on by thirds, perhaps not at all between two events; each clock is ahead of it by its own amount."""
    now, times = Fraction(1), []
    for number, (process, _) in enumerate(run):
        now += Fraction(steps[number], 3)
        times.append(now + ahead[process])
    skew = max(ahead.values()) - min(ahead.values())
    clocks = stamps(
        run, lambda _: HybridClock(), lambda c, _, n: c.tick(times[n]), lambda c, s, _, n: c.receive(s, times[n])
    )
    for b, before in enumerate(causes(run)):
        assert all(clocks[a] < clocks[b] and clocks[a].compare(clocks[b]) is Order.BEFORE for a in before)
        assert times[b] <= clocks[b].physical <= times[b] + skew
        assert clocks[b].physical == max(times[a] for a in (*before, b))  # the greatest physical time heard of
        assert clocks[b].counter <= sum(clocks[a].physical == clocks[b].physical for a in before)


small_stamps = st.builds(HybridClock, st.integers(0, 2), st.integers(0, 2))


@given(small_stamps, small_stamps, st.integers(0, 3))
def test_a_hybrid_clock_is_the_least_stamp_above_what_it_has_heard(own, stamp, now):
    received, ticked = own.receive(stamp, now), own.tick(now)
    above = [HybridClock(physical, counter) for physical in range(now, 4) for counter in range(4)]
    assert received == min(each for each in above if each > own and each > stamp)
    assert ticked == min(each for each in above if each > own)


@given(runs(), st.lists(st.integers(1, 2), min_size=12, max_size=12), st.integers(0, 3))
def test_the_counter_of_a_hybrid_clock_is_bounded(run, steps, skew):
    """If physical time goes on by 1 between events: by the number of processes times (skew + 1), as in the paper."""
    times, now = [], 1
    for number, (process, _) in enumerate(run):
        now += steps[number]
        times.append(now + {"p": 0, "q": skew, "r": skew // 2}[process])
    clocks = stamps(
        run, lambda _: HybridClock(), lambda c, _, n: c.tick(times[n]), lambda c, s, _, n: c.receive(s, times[n])
    )
    assert all(clock.counter <= len(PROCESSES) * (skew + 1) for clock in clocks)


def ring(clocks, rounds):
    """A message goes round; each hop is one receipt and one send, while the clock of that process goes on by 2."""
    times = [1] * len(clocks)
    stamp = clocks[0]
    for hop in range(rounds * len(clocks)):
        own = hop % len(clocks)
        clocks[own] = clocks[own].receive(stamp, times[own]).tick(times[own] + 1)
        stamp = clocks[own]
        times[own] += 2
    return [clock.physical - (time - 1) for clock, time in zip(clocks, times, strict=True)]


def test_the_naive_hybrid_clock_runs_away():
    few = ring([NaiveHybridClock() for _ in range(4)], 10)
    more = ring([NaiveHybridClock() for _ in range(4)], 20)
    assert max(few) == 60
    assert max(more) == 120  # 6 with each round: 8 events, of which each process sees 2
    assert max(ring([HybridClock() for _ in range(4)], 10)) == max(ring([HybridClock() for _ in range(4)], 20)) <= 0


def test_hybrid_clocks_refuse_floats():
    with pytest.raises(TypeError, match="float"):
        HybridClock(0.5)
    with pytest.raises(TypeError, match="float"):
        HybridClock(2).tick(1.5)
    with pytest.raises(TypeError, match="float"):
        HybridClock(2).receive(HybridClock(3), 1.5)
    with pytest.raises(TypeError, match="float"):
        NaiveHybridClock(0.5)


def test_what_is_no_clock():
    with pytest.raises(ValueError, match="natural number"):
        LamportClock(-1)
    with pytest.raises(ValueError, match="natural number"):
        HybridClock(0, -1)


def test_what_a_clock_shows():
    assert str(VectorClock.of({"q": 2, "p": 1})) == "{p: 1, q: 2}"
    assert str(LamportClock(3)) == "3"
    assert str(HybridClock(Fraction(1, 3), 2)) == "1/3.2"
    assert str(NaiveHybridClock(4)) == "4"
    assert eval(repr(Counters({"p": 1}))) == Counters({"p": 1})


@pytest.mark.parametrize("clock", [VectorClock(), LamportClock(), HybridClock(), NaiveHybridClock(), MatrixClock("p")])
def test_clocks_are_values(clock):
    assert hash(clock) == hash(copy.deepcopy(clock))
    assert pickle.loads(pickle.dumps(clock)) == clock
    with pytest.raises(AttributeError):
        setattr(clock, fields(clock)[0].name, None)


@pytest.mark.parametrize("start", [LamportClock(2), HybridClock(2, 1), NaiveHybridClock(2)])
def test_one_number_is_never_concurrent(start):
    later = start.receive(start, 2) if not isinstance(start, LamportClock) else start.receive(start)
    assert [start.compare(later), later.compare(start), start.compare(start)] == [
        Order.BEFORE,
        Order.AFTER,
        Order.EQUAL,
    ]
