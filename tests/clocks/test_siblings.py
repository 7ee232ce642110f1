"""Do stores keep the right siblings? With dots exactly those that no later write had seen; without, too many or few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dscheck.clocks import (
    Dot,
    DottedVersionVector,
    LumpedSiblings,
    Order,
    PlainSiblings,
    Siblings,
    VersionVector,
    maximal,
)

NOTHING = VersionVector()


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
    one = Siblings().put("s", NOTHING, "x")
    two = one.put("s", NOTHING, "y")  # the writer had not read x
    assert two.values == {"x", "y"}
    three = two.put("s", one.context, "z")  # the writer had read x: it goes, y stays
    assert three.values == {"y", "z"}
    four = three.put("s", three.context, "w")
    assert four.values == {"w"}
    assert two.merge(four) == four
    assert four.merge(two) == four


def test_a_dotted_version_stands_after_what_its_writer_had_seen():
    first = DottedVersionVector(Dot("s", 1), NOTHING)
    second = DottedVersionVector(Dot("s", 2), VersionVector.of({"s": 1}))
    other = DottedVersionVector(Dot("s", 3), NOTHING)
    assert first.compare(second) is Order.BEFORE
    assert second.compare(other) is Order.CONCURRENT
    assert other.compare(other) is Order.EQUAL
    assert str(second) == "s:2 after {s: 1}"
    with pytest.raises(ValueError, match="from 1"):
        Dot("s", 0)


def test_a_server_that_counts_without_dots_loses_an_update():
    one = PlainSiblings().put("s", NOTHING, "x").put("s", NOTHING, "y")
    assert one.values == {"y"}  # nobody who wrote y had read x
    assert PlainSiblings().put("c1", NOTHING, "x").put("c2", NOTHING, "y").values == {"x", "y"}


def take_turns(store, writes):
    """Two clients write in turn at one server; each knows what the server had after its own last write."""
    contexts = {"x": NOTHING, "y": NOTHING}
    for number in range(writes):
        client = "xy"[number % 2]
        store = store.put("s", contexts[client], f"{client}{number}")
        contexts[client] = store.context
    return store.values


@pytest.mark.parametrize("writes", [2, 3, 4, 10, 50])
def test_siblings_explode_with_one_vector_for_all_and_not_with_dots(writes):
    assert len(take_turns(LumpedSiblings(), writes)) == writes
    assert take_turns(Siblings(), writes) == {f"{'xy'[each % 2]}{each}" for each in (writes - 2, writes - 1)}


# --- random executions, compared with the sets of writes that a version includes ---------------

SERVERS, CLIENTS = ("s", "t"), ("c", "d", "e")
reads = st.tuples(st.just("read"), st.sampled_from(CLIENTS), st.sampled_from(SERVERS))
puts = st.tuples(st.just("put"), st.sampled_from(CLIENTS), st.sampled_from(SERVERS))
syncs = st.tuples(st.just("sync"), st.sampled_from(SERVERS), st.sampled_from(SERVERS))
executions = st.lists(reads | puts | syncs, max_size=25)


def newest(histories):
    """Of versions as (write, set of writes it includes): those that no other includes."""
    return {each for each in histories if not any(each[1] < other[1] for other in histories)}


def execute(execution, empty, writer_of, *, own_writes):
    """Run a store beside the definition.

    Returns: the stores and the true versions by server, and each write's set of writes.

    Args:
        execution: what clients and servers do.
        empty: a store without versions.
        writer_of: which name counts a write, of client and server.
        own_writes: whether a client remembers its own last write.
    """
    stores = dict.fromkeys(SERVERS, empty)
    truth = {server: frozenset() for server in SERVERS}
    contexts = dict.fromkeys(CLIENTS, NOTHING)
    seen = dict.fromkeys(CLIENTS, frozenset())
    histories = {}
    for number, (kind, one, other) in enumerate(execution):
        match kind:
            case "read":
                contexts[one] = contexts[one].merge(stores[other].context)
                seen[one] = seen[one].union(*(history for _, history in truth[other]))
            case "put":
                history = seen[one] | {number}
                histories[number] = history
                stores[other] = stores[other].put(writer_of(one, other), contexts[one], number)
                kept = {each for each in truth[other] if each[0] not in seen[one]}
                truth[other] = frozenset({*kept, (number, history)})
                if own_writes:
                    contexts[one] = contexts[one].merge(vector_of(stores[other], number))
                    seen[one] = history
            case "sync":
                stores[one] = stores[one].merge(stores[other])
                truth[one] = frozenset(newest(truth[one] | truth[other]))
    return stores, truth, histories


def vector_of(store, data):
    """What the version that holds `data` includes, as a plain vector."""
    (version,) = [version for version, each in store.versions if each == data]
    if isinstance(version, DottedVersionVector):
        return version.context.merge(VersionVector.of({version.dot.replica: version.dot.number}))
    return version


def values(versions):
    return {write for write, _ in versions}


@given(executions)
def test_dotted_version_vectors_are_exact(execution):
    stores, truth, histories = execute(execution, Siblings(), lambda _, server: server, own_writes=False)
    for server in SERVERS:
        assert stores[server].values == values(truth[server])
    versions = [each for server in SERVERS for each in stores[server].versions]
    for one, write in versions:
        for other, more in versions:
            assert (one.compare(other) is Order.BEFORE) == (histories[write] < histories[more])
            assert (one.compare(other) is Order.EQUAL) == (write == more)


@given(executions)
def test_plain_vectors_are_exact_where_clients_count_their_own_writes(execution):
    stores, truth, _ = execute(execution, PlainSiblings(), lambda client, _: client, own_writes=True)
    for server in SERVERS:
        assert stores[server].values == values(truth[server])


@given(executions)
def test_a_store_with_one_vector_keeps_all_that_is_current(execution):
    """Too many siblings, but no update is lost."""
    stores, contexts = dict.fromkeys(SERVERS, LumpedSiblings()), dict.fromkeys(CLIENTS, NOTHING)
    exact, dotted_contexts = dict.fromkeys(SERVERS, Siblings()), dict.fromkeys(CLIENTS, NOTHING)
    for number, (kind, one, other) in enumerate(execution):
        match kind:
            case "read":
                contexts[one] = contexts[one].merge(stores[other].context)
                dotted_contexts[one] = dotted_contexts[one].merge(exact[other].context)
            case "put":
                stores[other] = stores[other].put(other, contexts[one], number)
                exact[other] = exact[other].put(other, dotted_contexts[one], number)
            case "sync":
                stores[one] = stores[one].merge(stores[other])
                exact[one] = exact[one].merge(exact[other])
    for server in SERVERS:
        assert stores[server].values >= exact[server].values


@given(st.lists(st.sampled_from(CLIENTS), max_size=20))
def test_with_dots_there_are_no_more_siblings_than_clients(writers):
    store, contexts = Siblings(), dict.fromkeys(CLIENTS, NOTHING)
    for number, client in enumerate(writers):
        store = store.put("s", contexts[client], number)
        contexts[client] = store.context
        assert len(store.values) <= len(set(writers[: number + 1]))
