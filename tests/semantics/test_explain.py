"""Does an explanation show what made a formula what it is, and nothing else? Asked of formulas in the language."""

import pytest

from dscheck.counterexample import Reason
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.semantics.explain import entry_text, why
from dscheck.semantics.step import initial_states
from dscheck.source import SourceFile

SPEC = """
protocol Explained "a state to talk about"

const N = 3

message Ping

process Lock:
    var holder: Node? = none

process Node[N] ordered:
    var mode: idle | busy = idle
    var level: 0..5 = 2

    action rest when mode == busy:
        mode = idle

def low(p) = p.level < 2
"""


def explained(formula: str) -> tuple[Reason, ...]:
    text = f"{SPEC}\ninvariant asked: {formula}\ncheck it expect holds\n"
    checked = read_spec(SourceFile("<test>", text))
    (plan,) = plans_of(checked, {})
    system = lower(checked, plan.configuration)
    (state,), _ = initial_states(system)
    (asked,) = [each for each in system.properties if each.name == "asked"]
    return why(system, asked.condition, state, state)


def lines(reasons: tuple[Reason, ...], depth: int = 0) -> list[str]:
    return [
        line
        for reason in reasons
        for line in (f"{'  ' * depth}{reason.text} = {reason.value}", *lines(reason.because, depth + 1))
    ]


CASES = {
    "forall p in Node: p.mode == busy": """
for p = Node[0] = false
  p.mode == busy = false
    Node[0].mode = idle
""",
    "forall p in Node, q in Node: p.level + q.level < 4 or p == q": """
for p = Node[0], q = Node[1] = false
  p.level + q.level < 4 = false
    p.level + q.level = 4
      Node[0].level = 2
      Node[1].level = 2
  p == q = false
""",
    "Lock.holder == none and count(p in Node if p.level == 2) <= 1": """
count(p in Node if p.level == 2) <= 1 = false
  count(p in Node if p.level == 2) = 3
    p = Node[0], Node[1], Node[2]
""",
    "forall p in Node: p.level > 1 implies p.mode == busy": """
for p = Node[0] = false
  p.level > 1 = true
    Node[0].level = 2
  p.mode == busy = false
    Node[0].mode = idle
""",
    "exists p in Node: p.mode == busy": """
exists p in Node: p.mode == busy = false
  for p = Node[0] = false
    p.mode == busy = false
      Node[0].mode = idle
  for p = Node[1] = false
    p.mode == busy = false
      Node[1].mode = idle
  for p = Node[2] = false
    p.mode == busy = false
      Node[2].mode = idle
""",
    "not (exists p in Node: p.level == 2)": """
for p = Node[0] = true
  p.level == 2 = true
    Node[0].level = 2
""",
    "Lock.holder not in {none}": """
Lock.holder not in {none} = false
  Lock.holder = none
""",
    "Lock.holder != none": """
Lock.holder != none = false
  Lock.holder = none
""",
    "sum(p.level for p in Node) < 6": """
sum(p.level for p in Node) < 6 = false
  sum(p.level for p in Node) = 6
    p = Node[0]: 2, Node[1]: 2, Node[2]: 2
""",
}


@pytest.mark.parametrize("formula", CASES)
def test_explanations(formula: str) -> None:
    assert lines(explained(formula)) == CASES[formula].strip("\n").split("\n")


def test_definitions_are_looked_into() -> None:
    told = "\n".join(lines(explained("forall p in Node: low(p)")))
    assert "for p = Node[0] = false" in told
    assert "Node[0].level = 2" in told


def test_entries_are_called_as_people_know_them() -> None:
    checked = read_spec(SourceFile("<test>", SPEC))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    assert entry_text(system, "Node.mode", (1,)) == "Node[1].mode"
    assert entry_text(system, "Lock.holder", (0,)) == "Lock.holder"
