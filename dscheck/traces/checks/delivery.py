"""Was every message received that was sent, once, after it was sent, and in the order of sending?

FIFO: what one node sends to another arrives in the order in which it was sent. Causal: of two messages to one node, the
one whose sending happened before the sending of the other arrives first.

A. Schiper, J. Eggli, A. Sandoz: A new algorithm to implement causal ordering. WDAG 1989.
"""

import time
from typing import TYPE_CHECKING

from dscheck.record import record
from dscheck.traces.causality.columns import Columns, columns_of
from dscheck.traces.causality.happens_before import HappensBefore, NoOrder, happens_before
from dscheck.traces.causality.messages import Matching, matched_messages
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome, Witness
from dscheck.traces.packed_events import kinds_of, marks_of
from dscheck.traces.wording import counted, described, each_of, witness

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

CHECK = "delivery"
UNSENT = "received but not sent"
LOST = "sent but not received"
SENT_TWICE = "sent twice"
RECEIVED_TWICE = "received twice"
EARLY = "received before sent"
NOT_FIFO = "not in FIFO order"
NOT_CAUSAL = "not in causal order"
NOT_ORDERED = "not ordered"


@record
class _Fault:
    """A message that was not delivered as it should be."""

    kind: str
    reason: str
    core: tuple[Witness, ...]


def check(
    trace: Trace, *, once: bool = True, lossless: bool = False, fifo: bool = False, causal: bool = False
) -> TraceFinding:
    """Judge the messages that a trace identifies.

    Args:
        trace: its events of kind `send` and `recv` that have a `msg`.
        once: no message is sent or received twice.
        lossless: every message is received in the trace.
        fifo: demand FIFO order; whether it was kept is told in any case.
        causal: demand causal order; whether it was kept is told in any case.
    """
    began = time.perf_counter()
    matching = matched_messages(trace.events)
    receipts = len(matching.send_of) + len(matching.ambiguous) + len(matching.unsent)
    sends = int((kinds_of(trace.events, ("send",)) & marks_of(trace.events, "msg")).sum())
    counts = {
        "sends": sends,
        "receipts": receipts,
        "never received": len(matching.unreceived),
        "never sent": len(matching.unsent),
        "received twice": len(matching.again),
    }
    if not sends + receipts:
        reason = "the trace identifies no messages"
        return TraceFinding(CHECK, TraceOutcome.NOT_ASKED, reason, counts=counts, seconds=time.perf_counter() - began)
    order = happens_before(trace)
    columns = order.columns if isinstance(order, HappensBefore) else columns_of(trace)
    out_of_order = _out_of_fifo(columns, matching)
    acausal = _out_of_causal_order(order, matching) if isinstance(order, HappensBefore) else None
    fault = (
        _early(trace, order, matching)
        or (None if trace.header.gaps else _unsent(trace, matching))
        or (_repeated(trace, matching) if once else None)
        or (_lost(trace, matching) if lossless else None)
        or (out_of_order if fifo else None)
        or (acausal if causal else None)
    )
    kept = {"fifo": out_of_order is None, "causal": isinstance(order, HappensBefore) and acausal is None}
    if fault is None and causal and isinstance(order, NoOrder):
        reason = f"whether messages arrive in causal order cannot be told: {order.reason}"
        seconds = time.perf_counter() - began
        return TraceFinding(CHECK, TraceOutcome.UNKNOWN, reason, kind=NOT_ORDERED, counts=counts, seconds=seconds)
    kept_order = _order_told(out_of_order, acausal, order)
    return TraceFinding(
        CHECK,
        TraceOutcome.REJECTED if fault is not None else TraceOutcome.ACCEPTED,
        fault.reason if fault is not None else _accepted(matching, kept_order, sends, receipts),
        events=fault.core if fault is not None else (),
        core=fault.core if fault is not None else (),
        kind=fault.kind if fault is not None else "",
        counts=counts,
        seconds=time.perf_counter() - began,
        data=kept,
    )


def _order_told(unordered: _Fault | None, acausal: _Fault | None, order: HappensBefore | NoOrder) -> str:
    """In which order messages arrived."""
    if unordered is not None:
        overtakes, overtaken = (each.place for each in unordered.core[:2])
        return f"not in FIFO order (the receipt {overtakes} overtakes that of {overtaken})"
    if isinstance(order, NoOrder):
        return f"in FIFO order; whether in causal order cannot be told: {order.reason}"
    return "in causal order" if acausal is None else "in FIFO order, not in causal order"


def _accepted(matching: Matching, kept_order: str, sends: int, receipts: int) -> str:
    sent = receipts - len(matching.unsent)
    if not receipts:
        return (
            "the one message sent is never received" if sends == 1 else f"none of {sends:,} messages sent is received"
        )
    said = [f"{each_of(receipts, 'receipt')} comes after its sending"]
    if matching.unsent:
        said = [f"{each_of(sent, 'receipt')} with a sending comes after it"] if sent else []
        said.append(f"{counted(len(matching.unsent), 'message')} received without a recorded sending")
    if matching.unreceived:
        said.append(f"{len(matching.unreceived):,} of {counted(sends, 'sending')} never received")
    said.append(kept_order)
    return "; ".join(said)


def _unsent(trace: Trace, matching: Matching) -> _Fault | None:
    if not matching.unsent:
        return None
    event = trace.events[matching.unsent[0]]
    reason = f"{described(event)} ({event.place}), but nobody is seen to send that message" + _and_more(matching.unsent)
    return _Fault(UNSENT, reason, (witness(event, "has no sending"),))


def _lost(trace: Trace, matching: Matching) -> _Fault | None:
    if not matching.unreceived:
        return None
    event = trace.events[matching.unreceived[0]]
    reason = f"{described(event)} ({event.place}), but nobody is seen to receive it" + _and_more(matching.unreceived)
    return _Fault(LOST, reason, (witness(event, "has no receipt"),))


def _and_more(indices: tuple[int, ...]) -> str:
    return f"; so it is with {len(indices) - 1:,} more" if len(indices) > 1 else ""


def _repeated(trace: Trace, matching: Matching) -> _Fault | None:
    for kind, pairs in ((SENT_TWICE, matching.repeated), (RECEIVED_TWICE, matching.again)):
        if pairs:
            first, again = (trace.events[index] for index in pairs[0])
            reason = f"{described(again)} ({again.place}), as it did before ({first.place})"
            return _Fault(kind, reason, (witness(again, "the second time"), witness(first, "the first time")))
    return None


def _early(trace: Trace, order: HappensBefore | NoOrder, matching: Matching) -> _Fault | None:
    """A receipt that comes before its sending: by the order of the file, or by causes."""
    import numpy as np

    events = trace.events
    pairs = np.array(list(matching.edges().items()), np.int64).reshape(-1, 2)
    by_file = (pairs[:, 0] < pairs[:, 1]) & (trace.header.order != "per-node")
    by_causes = np.zeros(len(pairs), bool)
    if isinstance(order, HappensBefore):
        by_causes = order.before_all(pairs[:, 0], pairs[:, 1])
    early = np.flatnonzero(by_file | by_causes)
    if len(early):
        got, sent = (events[index] for index in pairs[early[0]].tolist())
        by = "the order of its node" if got.node == sent.node else "causes"
        if by_file[early[0]]:
            by = "the order of the file"
        reason = f"{described(got)} ({got.place}) before {described(sent)} ({sent.place}), by {by}"
        return _Fault(EARLY, reason, (witness(got, "too early"), witness(sent, "its sending")))
    if isinstance(order, NoOrder) and order.cycle:
        sent, got = (events[index] for index in order.cycle[:2])
        core = tuple(witness(events[index]) for index in order.cycle)
        through = ", ".join(described(events[index]) for index in order.cycle[2:6])
        reason = f"{described(got)} ({got.place}) before {described(sent)} ({sent.place})"
        return _Fault(EARLY, reason + (f", by way of: {through}" if through else ""), core)
    return None


def _message_rows(columns: Columns, matching: Matching) -> tuple["Numbers", "Numbers"]:
    """The rows of the sends and of the first receipts of messages that have both."""
    import numpy as np

    again = {second for _, second in matching.again}
    pairs = [(send, receipt) for receipt, send in matching.send_of.items() if receipt not in again]
    indices = np.array(pairs, np.int64).reshape(-1, 2)
    return columns.row[indices[:, 0]], columns.row[indices[:, 1]]


def _out_of_fifo(columns: Columns, matching: Matching) -> _Fault | None:
    import numpy as np

    sends, receipts = _message_rows(columns, matching)
    # Rows are in the order of each node, so this sorts the messages of each pair of nodes by their sending.
    order = np.lexsort((sends, columns.node[receipts]))
    sends, receipts = sends[order], receipts[order]
    same = (columns.node[sends][1:] == columns.node[sends][:-1]) & (
        columns.node[receipts][1:] == columns.node[receipts][:-1]
    )
    overtaken = np.flatnonzero(same & (receipts[1:] < receipts[:-1]) & (sends[1:] > sends[:-1]))
    if not len(overtaken):
        return None
    at = int(overtaken[0])
    return _overtaken(columns, NOT_FIFO, (sends[at], receipts[at]), (sends[at + 1], receipts[at + 1]))


def _out_of_causal_order(order: HappensBefore, matching: Matching) -> _Fault | None:
    """For each receiver and each sender: what came later than a message whose sending knows it to be sent?"""
    import numpy as np

    columns = order.columns
    sends, receipts = _message_rows(columns, matching)
    for receiver in np.unique(columns.node[receipts]):
        to_it = columns.node[receipts] == receiver
        mine, got = sends[to_it], receipts[to_it]
        for sender in np.unique(columns.node[mine]):
            chosen = np.flatnonzero(columns.node[mine] == sender)
            chosen = chosen[np.argsort(mine[chosen], kind="stable")]
            numbers = mine[chosen] - columns.starts[sender] + 1
            latest = np.maximum.accumulate(got[chosen])
            # A sending knows itself too, and its own receipt is not later than itself.
            before = np.searchsorted(numbers, order.known[mine, sender], "right") - 1
            wrong = np.flatnonzero((before >= 0) & (latest[before] > got))
            if len(wrong):
                second = int(wrong[0])
                first = int(chosen[np.flatnonzero(got[chosen] == latest[before[second]])[0]])
                return _overtaken(columns, NOT_CAUSAL, (mine[first], got[first]), (mine[second], got[second]))
    return None


def _overtaken(
    columns: Columns, kind: str, first: tuple["np.int64", "np.int64"], second: tuple["np.int64", "np.int64"]
) -> _Fault:
    """The second message was sent after the first, and received before it."""
    sent, got = (columns.event(int(row)) for row in first)
    sent_later, got_first = (columns.event(int(row)) for row in second)
    reason = (
        f"{described(got_first)} ({got_first.place}) before {described(got)} ({got.place}), although "
        f"{sent_later.place} was sent after {sent.place}"
    )
    core = (
        witness(got_first, "overtakes"),
        witness(got, "overtaken"),
        witness(sent, "sent first"),
        witness(sent_later, "sent later"),
    )
    return _Fault(kind, reason, core)
