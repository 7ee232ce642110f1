"""Which receipt belongs to which sending? Messages are matched by the ids that the trace records."""

from collections.abc import Sequence

from dscheck.record import record
from dscheck.traces.event import Event


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


def matched_messages(events: Sequence[Event]) -> Matching:
    """Match the receipts of `events` with their sends.

    Several nodes may receive one sent message (a multicast). Where one id was sent to several peers, the peers tell the
    messages apart.
    """
    sends: dict[str, list[int]] = {}
    receipts: list[int] = []
    for index, event in enumerate(events):
        if event.msg is not None:
            if event.kind == "send":
                sends.setdefault(event.msg, []).append(index)
            elif event.kind == "recv":
                receipts.append(index)
    send_of: dict[int, int] = {}
    unsent: list[int] = []
    ambiguous: dict[int, int | None] = {}
    again: list[tuple[int, int]] = []
    received: set[int] = set()
    first: dict[tuple[str, str, str | None], int] = {}
    for index in receipts:
        event = events[index]
        candidates = _narrowed(events, sends.get(event.msg or "", []), event)
        key = (event.msg or "", event.node, event.peer)
        if key in first:
            again.append((first[key], index))
        first.setdefault(key, index)
        received.update(candidates)
        if not candidates:
            unsent.append(index)
        elif len(candidates) == 1:
            send_of[index] = candidates[0]
        else:
            one_node = len({events[each].node for each in candidates}) == 1
            ambiguous[index] = min(candidates, key=lambda each: (events[each].seq, each)) if one_node else None
    return Matching(
        send_of=send_of,
        unsent=tuple(unsent),
        ambiguous=ambiguous,
        unreceived=tuple(index for each in sends.values() for index in each if index not in received),
        repeated=tuple(_repeated(events, sends)),
        again=tuple(again),
    )


def _narrowed(events: Sequence[Event], candidates: list[int], receipt: Event) -> list[int]:
    """Those of several sends with one id whose peer is the receiver, and whose node the receiver names."""
    if len(candidates) < 2:
        return candidates
    to_it = [each for each in candidates if events[each].peer in {None, receipt.node}]
    if receipt.peer is not None:
        to_it = [each for each in to_it if events[each].node == receipt.peer]
    return to_it


def _repeated(events: Sequence[Event], sends: dict[str, list[int]]) -> list[tuple[int, int]]:
    pairs = []
    for same_id in sends.values():
        if len(same_id) > 1:
            first: dict[tuple[str, str | None], int] = {}
            for each in same_id:
                key = (events[each].node, events[each].peer)
                if key in first:
                    pairs.append((first[key], each))
                first.setdefault(key, each)
    return pairs
