"""Which receipt belongs to which sending? Messages are matched by the ids that the trace records."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from dscheck.record import record
from dscheck.traces.event import Event
from dscheck.traces.packed_events import PackedEvents, kinds_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]


@record
class Matching:
    """The messages of a trace, by indices of events.

    Attributes:
        send_of: of each receipt that has a send of its own, that send.
        unsent: receipts of a message that nobody is seen to send.
        ambiguous: receipts of an id that several sends have, with the earliest of them where one node has them all (the
            receipt comes after that one in any case), else None.
        unreceived: sends without a receipt.
        repeated: pairs of sends with one id and one destination.
        again: pairs of receipts of one message at one node.
    """

    send_of: dict[int, int]
    unsent: tuple[int, ...]
    ambiguous: dict[int, int | None]
    unreceived: tuple[int, ...]
    repeated: tuple[tuple[int, int], ...]
    again: tuple[tuple[int, int], ...]

    def edges(self) -> dict[int, int]:
        """For each receipt, a send that certainly happened before it."""
        return self.send_of | {receipt: send for receipt, send in self.ambiguous.items() if send is not None}


_Values = Sequence[Hashable] | Mapping[int, Hashable]


@record
class _Ends:
    """Sends and receipts of messages, and what is recorded of them, by index, as texts or as numbers of texts."""

    sends: list[int]
    receipts: list[int]
    msg: _Values
    node: _Values
    peer: _Values  # None where it is not recorded
    seq: Sequence[int] | Mapping[int, int]


def matched_messages(events: Sequence[Event]) -> Matching:
    """Match the receipts of `events` with their sends.

    Several nodes may receive one sent message (a multicast). Where one id was sent to several peers, the peers tell the
    messages apart.
    """
    if isinstance(events, PackedEvents):
        return _matched_by_number(events)
    sends = [at for at, event in enumerate(events) if event.kind == "send" and event.msg is not None]
    receipts = [at for at, event in enumerate(events) if event.kind == "recv" and event.msg is not None]
    msg, node = [event.msg for event in events], [event.node for event in events]
    peer, seq = [event.peer for event in events], [event.seq for event in events]
    return _matched(_Ends(sends, receipts, msg, node, peer, seq))


def _matched_by_number(events: PackedEvents) -> Matching:
    """The same for events in columns: a message with one sending and one receipt needs no look at its peers."""
    import numpy as np

    msg, peers, peer = events.messages()
    names, node = events.nodes()
    seq = events.numbers("seq")
    sends = np.flatnonzero(kinds_of(events, ("send",)) & (msg >= 0))
    receipts = np.flatnonzero(kinds_of(events, ("recv",)) & (msg >= 0))
    ids = int(msg.max(initial=-1)) + 1
    sent, got = np.bincount(msg[sends], minlength=ids), np.bincount(msg[receipts], minlength=ids)
    simple = (sent <= 1) & (got <= 1)
    send_of_id = np.full(ids, -1)
    send_of_id[msg[sends]] = sends
    one = receipts[simple[msg[receipts]]]
    its_send = send_of_id[msg[one]]
    some_sends, some_receipts = sends[~simple[msg[sends]]].tolist(), receipts[~simple[msg[receipts]]].tolist()
    number = {name: at for at, name in enumerate(names)}
    ends = (*some_sends, *some_receipts)
    other = _matched(
        _Ends(
            some_sends,
            some_receipts,
            {at: int(msg[at]) for at in ends},
            {at: int(node[at]) for at in ends},
            {at: None if (name := peers[int(peer[at])]) is None else number.get(name, name) for at in ends},
            {at: int(seq[at]) for at in ends},
        )
    )
    send_of = dict(zip(one[its_send >= 0].tolist(), its_send[its_send >= 0].tolist(), strict=True))
    alone = sends[simple[msg[sends]] & (got[msg[sends]] == 0)].tolist()
    return Matching(
        send_of=dict(sorted((send_of | other.send_of).items())) if other.send_of else send_of,
        unsent=tuple(sorted([*one[its_send < 0].tolist(), *other.unsent])),
        ambiguous=other.ambiguous,
        unreceived=_by_message((*alone, *other.unreceived), msg, sends),
        repeated=other.repeated,
        again=other.again,
    )


def _by_message(indices: tuple[int, ...], msg: "Numbers", sends: "Numbers") -> tuple[int, ...]:
    """Sends in the order in which their messages are sent first."""
    import numpy as np

    first = np.full(int(msg.max(initial=-1)) + 1, len(msg))
    np.minimum.at(first, msg[sends], sends)
    return tuple(sorted(indices, key=lambda index: (int(first[msg[index]]), index)))


def _matched(ends: _Ends) -> Matching:
    msg, node, peer = ends.msg, ends.node, ends.peer
    sends: dict[Hashable, int] = {}  # the first of each message
    several: dict[Hashable, list[int]] = {}  # all, where there are more
    for index in ends.sends:
        sent = sends.setdefault(msg[index], index)
        if sent != index:
            several.setdefault(msg[index], [sent]).append(index)
    send_of: dict[int, int] = {}
    unsent: list[int] = []
    ambiguous: dict[int, int | None] = {}
    again: list[tuple[int, int]] = []
    received: set[int] = set()
    heard: dict[Hashable, int] = {}  # of a message, its first receipt
    first: dict[tuple[Hashable, Hashable, Hashable], int] = {}  # of messages that several receive
    for index in ends.receipts:
        earlier = heard.setdefault(msg[index], index)
        if earlier != index:
            first.setdefault((msg[earlier], node[earlier], peer[earlier]), earlier)
            before = first.setdefault((msg[index], node[index], peer[index]), index)
            if before != index:
                again.append((before, index))
        if msg[index] in several:
            candidates = _narrowed(ends, several[msg[index]], index)
            received.update(candidates)
            if len(candidates) > 1:
                one_node = len({node[each] for each in candidates}) == 1
                ambiguous[index] = min(candidates, key=lambda each: (ends.seq[each], each)) if one_node else None
        else:
            candidates = [sends[msg[index]]] if msg[index] in sends else []
            received.update(candidates)
        if not candidates:
            unsent.append(index)
        elif len(candidates) == 1:
            send_of[index] = candidates[0]
    everything = (each for message, sent in sends.items() for each in several.get(message, (sent,)))
    return Matching(
        send_of=send_of,
        unsent=tuple(unsent),
        ambiguous=ambiguous,
        unreceived=tuple(index for index in everything if index not in received),
        repeated=tuple(_repeated(ends, sorted(several.values()))),
        again=tuple(again),
    )


def _narrowed(ends: _Ends, candidates: list[int], receipt: int) -> list[int]:
    """Those of several sends with one id whose peer is the receiver, and whose node the receiver names."""
    to_it = [each for each in candidates if ends.peer[each] in {None, ends.node[receipt]}]
    if ends.peer[receipt] is not None:
        to_it = [each for each in to_it if ends.node[each] == ends.peer[receipt]]
    return to_it


def _repeated(ends: _Ends, several: list[list[int]]) -> list[tuple[int, int]]:
    pairs = []
    for same_id in several:
        first: dict[tuple[Hashable, Hashable], int] = {}
        for each in same_id:
            key = (ends.node[each], ends.peer[each])
            if key in first:
                pairs.append((first[key], each))
            first.setdefault(key, each)
    return pairs
