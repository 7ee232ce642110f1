"""Do the clocks keep the laws that make them clocks? Partial order, least upper bound, and happens-before of random runs."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dscheck.clocks import (
    Counters,
    Dot,
    DottedVersionVector,
    HybridClock,
    LamportClock,
    MatrixClock,
    NaiveHybridClock,
    Order,
    Siblings,
    VectorClock,
    VersionVector,
    maximal,
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
        clocks[process] = tick(clock, process, number) if source is None else receive(clock, found[source], process, number)
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
def test_a_matrix_knows_no_more_than_there_is_and_its_own_row_is_a_vector_clock(run):
    vector = stamps(run, lambda _: VectorClock(), lambda c, p, _: c.tick(p), lambda c, s, p, _: c.receive(s, p))
    matrix = stamps(run, MatrixClock, lambda c, *_: c.tick(), lambda c, s, *_: c.receive(s))
    last = {process: VectorClock() for process in PROCESSES}
    for (process, _), row, clock in zip(run, vector, matrix, strict=True):
        assert clock.row(process) == row
        last[process] = row
        for source in PROCESSES:
            assert clock.known_by_all(source, PROCESSES) <= min(each[source] for each in last.values())


@given(runs(), st.lists(st.integers(0, 4), min_size=12, max_size=12), st.integers(0, 5))
def test_hybrid_clocks_order_causes_and_stay_near_physical_time(run, steps, skew):
    """Clocks differ by at most `skew`: process p is right, q is `skew` ahead, r half of it."""
    ahead = {"p": Fraction(0), "q": Fraction(skew), "r": Fraction(skew, 2)}
    now, times = Fraction(0), []
    for number, (process, _) in enumerate(run):
        now += Fraction(steps[number], 3)
        times.append(now + ahead[process])
    clocks = stamps(
        run, lambda _: HybridClock(), lambda c, _, n: c.tick(times[n]), lambda c, s, _, n: c.receive(s, times[n])
    )
    for b, before in enumerate(causes(run)):
        assert all(clocks[a] < clocks[b] for a in before)
        assert times[b] <= clocks[b].physical <= times[b] + skew


def test_the_naive_hybrid_clock_runs_away():
    a, b = NaiveHybridClock(), NaiveHybridClock()
    for _ in range(50):
        a = a.tick(1)
        b = b.receive(a, 1)
        a = a.receive(b, 1)
    assert a.physical > 100  # while physical time stands at 1
    assert HybridClock(1).tick(1) == HybridClock(1, 1)


def test_hybrid_clocks_refuse_floats():
    with pytest.raises(TypeError, match="float"):
        HybridClock(0.5)


def test_siblings_and_winners_of_version_vectors():
    base = VersionVector.of({"a": 1})
    v, w = base.update("b"), base.update("c")
    assert v.compare(w) is Order.CONCURRENT
    assert maximal({base, v, w}) == {v, w}
    assert maximal({v, w, v.merge(w)}) == {v.merge(w)}


def test_meeting_day():
    """Thursday (Alice:1, Ben:1, Cathy:1, Dave:2) includes Tuesday (Alice:1, Ben:1, Dave:1); Cathy was told late."""
    tuesday = VersionVector.of({"Alice": 1, "Ben": 1, "Dave": 1})
    thursday = VersionVector.of({"Alice": 1, "Ben": 1, "Cathy": 1, "Dave": 2})
    assert tuesday.compare(thursday) is Order.BEFORE


def test_dots_keep_siblings_of_one_server_apart():
    empty = Siblings()
    one = empty.put("s", VersionVector(), "x")
    two = one.put("s", VersionVector(), "y")  # the writer had not read x
    assert {data for _, data in two.versions} == {"x", "y"}
    three = two.put("s", one.context, "z")  # the writer had read x: it goes, y stays
    assert {data for _, data in three.versions} == {"y", "z"}
    four = three.put("s", three.context, "w")
    assert {data for _, data in four.versions} == {"w"}
    assert two.merge(four) == four
    assert four.merge(two) == four


def test_a_dotted_version_stands_after_what_its_writer_had_seen():
    first = DottedVersionVector(Dot("s", 1), VersionVector())
    second = DottedVersionVector(Dot("s", 2), VersionVector.of({"s": 1}))
    other = DottedVersionVector(Dot("s", 3), VersionVector())
    assert first.compare(second) is Order.BEFORE
    assert second.compare(other) is Order.CONCURRENT
    assert other.compare(other) is Order.EQUAL
