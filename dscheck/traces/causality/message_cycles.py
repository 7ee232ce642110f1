"""Which few messages contradict each other, each received before the next is sent and the last before the first?"""

from bisect import bisect_left

from dscheck.traces.causality.columns import Columns

_MOST_STARTS = 64  # messages from which a shortest cycle is looked for


def shortest_cycle(columns: Columns, send_of: dict[int, int]) -> tuple[int, ...]:
    """Rows that are a cycle: a send, its receipt, a later (or the same) send of that node, its receipt, …; or ().

    From a message one can go on to any message that the receiver sends later. Only the earliest receipt at each node
    matters, so each round of the search looks at each message once.

    Args:
        columns: the rows of the trace.
        send_of: of the row of each receipt, the row of its send.
    """
    outgoing: dict[int, list[tuple[int, int]]] = {}
    for receipt, send in send_of.items():
        outgoing.setdefault(int(columns.node[send]), []).append((send, receipt))
    for messages in outgoing.values():
        messages.sort()
    best: tuple[int, ...] = ()
    for receipt, send in _on_cycles(columns, send_of)[:_MOST_STARTS]:
        found = _back_to(columns, outgoing, send, receipt)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _on_cycles(columns: Columns, send_of: dict[int, int]) -> list[tuple[int, int]]:
    """The messages of one cycle: walking backwards from a receipt that waits for ever leads into one."""
    waiting: dict[int, list[int]] = {}  # of each node, its receipts that are not yet delivered, latest first
    for receipt in sorted(send_of, reverse=True):
        waiting.setdefault(int(columns.node[receipt]), []).append(receipt)
    blocked: dict[int, list[int]] = {}  # nodes whose next receipt waits for a send of this node
    ready = list(waiting)
    while ready:
        node = ready.pop()
        queue = waiting[node]
        while queue:
            send = send_of[queue[-1]]
            sender = int(columns.node[send])
            held = waiting.get(sender)
            if held and held[-1] <= send:
                blocked.setdefault(sender, []).append(node)
                break
            queue.pop()
            ready += blocked.pop(node, [])
    stuck = {node: queue[-1] for node, queue in waiting.items() if queue}
    if not stuck:
        return []
    node, seen = next(iter(stuck)), list[int]()
    while node not in seen:
        seen.append(node)
        node = int(columns.node[send_of[stuck[node]]])
    return [(stuck[each], send_of[stuck[each]]) for each in seen[seen.index(node) :]]


def _back_to(columns: Columns, outgoing: dict[int, list[tuple[int, int]]], send: int, receipt: int) -> tuple[int, ...]:
    """The fewest messages from a receipt back to its own send."""
    home = int(columns.node[send])
    came: dict[int, tuple[int, int, int]] = {}  # receipt -> (send, receipt, receipt before)
    earliest = {int(columns.node[receipt]): receipt}
    front = [receipt]
    came[receipt] = (send, receipt, -1)
    while front:
        for at in front:
            if int(columns.node[at]) == home and at <= send:
                rows: list[int] = []
                while at >= 0:
                    first, second, at = came[at]  # noqa: PLW2901  (the walk back ends the loop)
                    rows = [first, second, *rows]
                return tuple(rows)
        reached: dict[int, tuple[int, int, int]] = {}
        for at in front:
            messages = outgoing.get(int(columns.node[at]), [])
            for sent, got in messages[bisect_left(messages, (at, -1)) :]:
                node = int(columns.node[got])
                if got < earliest.get(node, got + 1) and got < reached.get(node, (0, got + 1, 0))[1]:
                    reached[node] = (sent, got, at)
        front = []
        for node, step in reached.items():
            earliest[node] = step[1]
            came[step[1]] = step
            front.append(step[1])
    return ()
