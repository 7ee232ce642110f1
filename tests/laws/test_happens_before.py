"""Is what a state tells of happens-before what its whole history says? Random runs, with the graph of all their events.

The protocols are drawn: bodies that emit events, send, and answer, over lossy, ordered and crashing networks. Each run
builds the graph that Lamport's definition is about: one node per event, sending and receipt, an edge from each to the
next one of its process and from each sending to its receipts. In every state each comparison of the latest events is
answered by paths in that graph.
"""

from dataclasses import dataclass, field
from random import Random

import networkx as nx
import pytest

from dscheck.language.analysis import read_spec
from dscheck.model.layout import State, layout_of
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.semantics.evaluate import evaluate, scope_of
from dscheck.semantics.step import Transition, initial_states, rule_transitions
from dscheck.source import SourceFile

MOST_SENT = 8  # numbers of messages, each used once by its sender: a receipt tells its sending
STEPS = 25

NETWORKS = {
    "unordered": "",
    "ordered": "network:\n    order fifo\n",
    "lossy": "network:\n    loss up to 2\n    duplicate up to 3\n",
    "ordered, lossy": "network:\n    order fifo\n    loss up to 1\n    duplicate up to 2\n",
    "crashing": "faults:\n    crash up to 2 of Node\n    recover up to 2 of Node\n",
}


@dataclass
class Drawn:
    """A protocol: its text, and per body (`Node go`, `Node on M`) what it does in order: `event a`, `send`."""

    text: str
    bodies: dict[str, list[str]]


def drawn(dice: Random, network: str) -> Drawn:
    """A protocol of some nodes and a server that send each other numbered messages."""
    bodies: dict[str, list[str]] = {}

    def body(name: str, labels: str, sends: list[str], depth: int) -> str:
        chosen = [
            dice.choice([f"event {label}" for label in labels] + sends) if dice.random() < 0.8 else "pass"
            for _ in range(dice.randint(1, 4))
        ]
        bodies[name] = [each for each in chosen if each != "pass"]
        lines = [f"if c < {MOST_SENT}:\n        {each}\n        c += 1" if "send" in each else each for each in chosen]
        return "\n".join("    " * depth + line.replace("\n", "\n" + "    " * (depth - 1)) for line in lines)

    to_nodes, to_server = ["send M(c) to others", "send M(c) to q"], ["send M(c) to Server"]
    recover = f"    on recover:\n{body('Node recover', 'ab', [], 2)}\n" if "crash" in network else ""
    text = f"""protocol Drawn
message M(n: 0..{MOST_SENT})

process Node[{dice.randint(2, 3)}]:
    durable var c: 0..{MOST_SENT} = 0
    timer t

    on start:
{body("Node start", "ab", [], 2)}
        start t

    action go(q in others):
{body("Node go", "ab", to_nodes + to_server, 2)}

    on M(n) from q in Node:
{body("Node on M Node", "ab", to_nodes + to_server, 2)}

    on M(n) from q in Server:
{body("Node on M Server", "ab", to_server, 2)}

    on timeout t:
{body("Node timeout t", "ab", to_server, 2)}

{recover}process Server:
    durable var c: 0..{MOST_SENT} = 0

    on M(n) from q:
{body("Server on M Node", "s", ["send M(c) to q"], 2)}

{network}
"""
    return Drawn(text, bodies)


@dataclass
class History:
    """The graph of a run so far.

    Attributes:
        graph: of everything that happened.
        last: the latest node of each process.
        latest: the latest event by process and label.
        sent: the sending of each message, by sender and number.
    """

    graph: nx.DiGraph = field(default_factory=nx.DiGraph)
    last: dict[tuple[str, int], int] = field(default_factory=dict)
    latest: dict[tuple[str, int, str], int] = field(default_factory=dict)
    sent: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def happens(self, who: tuple[str, int], *causes: int) -> int:
        node = len(self.graph)
        self.graph.add_node(node)
        for cause in (*causes, *((self.last[who],) if who in self.last else ())):
            self.graph.add_edge(cause, node)
        self.last[who] = node
        return node

    def runs(self, who: tuple[str, int], body: list[str], number: int) -> None:
        """A body of a process that has sent messages up to `number`."""
        for each in body:
            if each.startswith("event"):
                self.latest[(*who, each.removeprefix("event "))] = self.happens(who)
            elif number < MOST_SENT:
                self.sent[(*who, number)] = self.happens(who)
                number += 1

    def answer(self, operator: str, left: tuple[str, int, str], right: tuple[str, int, str]) -> bool:
        if left not in self.latest or right not in self.latest:
            return False
        a, b = self.latest[left], self.latest[right]
        forth, back = a != b and nx.has_path(self.graph, a, b), a != b and nx.has_path(self.graph, b, a)
        return forth if operator == "->" else a != b and not forth and not back


def step(history: History, system: System, protocol: Drawn, state: State, taken: Transition) -> None:
    """Add what a transition from `state` does to the history."""
    rule = system.rules[taken.rule]
    if rule.process is None or rule.kind not in {"action", "arrival", "timeout", "recover"}:
        return
    values = {binding.name: binding.value for binding in taken.bindings}
    who, name = (rule.process, values["self"]), f"{rule.process} {rule.name}"
    if rule.kind == "arrival":
        (told,) = (told for told in taken.notes if told.note.kind == "received")
        sender = told.note.sender.domain.process
        history.happens(who, history.sent[sender, values["sender"], values["message"][1]])
        name += f" {sender}"
    number = state[layout_of(system).slot(f"{rule.process}.c", (who[1],))]
    history.runs(who, protocol.bodies[name], number)


def with_questions(text: str) -> str:
    """Ask about every pair of labels, so that all of them are tracked."""
    process = {"a": "Node", "b": "Node", "s": "Server"}
    emitted = [label for label in process if f"event {label}" in text]
    for number, (left, right) in enumerate((one, other) for one in emitted for other in emitted):
        sets = f"p in {process[left]}, q in {process[right]}" if "s" not in left + right else "p in Node, q in Node"
        ends = [f"{label}({who})" if process[label] == "Node" else label for label, who in ((left, "p"), (right, "q"))]
        for kind, operator in (("before", "->"), ("beside", "||")):
            text += f"reachable {kind}{number}: exists {sets}: {ends[0]} {operator} {ends[1]}\n"
    return text


def compared(system: System, state: State, history: History) -> int:
    """Compare all answers in a state with the history; how many are true."""
    true = 0
    for name, definition in system.definitions.items():
        if name in {"quiet", "silence"}:
            continue
        left, operator, right = name.split(" ")
        (left_set, left_label), (right_set, right_label) = left.split("."), right.split(".")
        for p in range(system.processes[left_set]):
            for q in range(system.processes[right_set]):
                scope = scope_of(system, state).bind("left!", p).bind("right!", q)
                expected = history.answer(operator, (left_set, p, left_label), (right_set, q, right_label))
                assert evaluate(definition.body, scope) == expected, (name, p, q)
                true += expected
    return true


def walked(system: System, protocol: Drawn, dice: Random) -> int:
    """One random run, compared in each of its states; how many answers were true."""
    (state,) = initial_states(system)[0]
    history, layout, true = History(), layout_of(system), 0
    for index in range(system.processes["Node"]):
        history.runs(("Node", index), protocol.bodies["Node start"], 0)
    for _ in range(STEPS):
        true += compared(system, state, history)
        # Sending is always possible: without a bias towards the rest few messages would ever arrive.
        rules = list(range(len(system.rules)))
        dice.shuffle(rules)
        if dice.random() < 0.7:
            rules.sort(key=lambda rule: system.rules[rule].kind == "action")
        ways = (list(rule_transitions(system, rule, state, layout)) for rule in rules)
        possible = next((some for some in ways if some), None)
        if possible is None:
            break
        taken = dice.choice(possible)
        step(history, system, protocol, state, taken)
        assert taken.successor is not None
        state = taken.successor
    return true + compared(system, state, history)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("network", NETWORKS)
def test_every_state_knows_what_its_history_says(network: str, seed: int) -> None:
    dice, true = Random(f"{network} {seed}"), 0
    protocol = drawn(dice, NETWORKS[network])
    checked = read_spec(SourceFile("<drawn>", with_questions(protocol.text)))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    for _ in range(3):
        true += walked(system, protocol, dice)
    assert true
