"""Which spec do the tests of types fill in? One with every kind of process, value and property."""

from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.language.checked import CheckedSpec
from dscheck.source import SourceFile

SPEC = """\
protocol Example

const N = 3
const WIDE = N > 2

enum Colour = red | green

record Entry(term: 0..3, owner: Node?)

message Ping, Value(v: 0..3), Note(entry: Entry)

def twice(x) = x + x
def same(a, b) = a == b
def far(a, b) = not linked(a, b)
def grown(s: set[Node], e) = s + {{e}}
def peek(p) = p.number
def clamp(x: int) = min(x, 3)

shared var turn: 0..3 = 0

process Lock:
    var holder: Node? = none
    var owners: set[Site] = {{}}

    on Ping:
        pass

process Node[N]:
    var number: 0..3 = 0
    var flag: bool = false
    var mode: idle | wanting | inside = idle
    var calm: idle | asleep = idle
    var colour: Colour = red
    var friend: Node? = none
    var peers: set[Node] = {{}}
    var amounts: map[Node, 0..3] = {{}}
    var log: list[0..3, 3] = []
    var entry: Entry = Entry(0, none)
    var latest: Entry? = none
    ghost var seen: 0..3 = 0
    timer lease

    def add(x):
        number += x

    on Ping:
        pass

    on Value(v) from q:
        pass

    on Note(e):
        pass

    on timeout lease:
        pass

    action node_step:
        start lease
{node}

process Site[N] ordered:
    clock lamport
    var mine: stamp? = none
    var stamps: set[stamp] = {{}}
    var left: Site = Site.first
    var tick: 0..3 = 0

    on Ping from q:
        pass

    action site_step:
{site}

process Disk[N] ring:
    clock vector
    var clockwise: Disk? = none
    var known: vector[Disk]? = none

    action disk_step:
{disk}

invariant checked: {prop}
step stepped: {step}
"""


def analyse_with(**parts: str) -> CheckedSpec:
    """The spec with these statements in bodies, or this condition of a property."""
    defaults = {"node": "pass", "site": "pass", "disk": "pass", "prop": "true", "step": "true"}
    filled = {}
    for part, default in defaults.items():
        text = parts.get(part, default)
        body = part in ("node", "site", "disk")
        filled[part] = "\n".join(" " * 8 + line for line in text.split("\n")) if body else text
    return read_spec(SourceFile("<test>", SPEC.format(**filled)))


def codes(**parts: str) -> list[str]:
    try:
        analyse_with(**parts)
    except SpecError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []
