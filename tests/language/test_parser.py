"""Does text become the syntax that the grammar promises, each piece at its exact place?"""

from collections.abc import Iterator
from dataclasses import fields

import pytest
from lark import Lark

from dscheck.language import syntax
from dscheck.language.format_expression import format_expression
from dscheck.language.grammar_tables import GRAMMAR
from dscheck.language.indentation import Blocks
from dscheck.language.parser import is_spec, parse, parse_text
from dscheck.source import SourceFile, Span

EVERYTHING = """protocol Everything "a spec with each construct once"

const N = 3 in 2..5
const QUORUM = N / 2 + 1
const EAGER = true
enum Colour = red | green
record Entry(term: 0..N, colour: Colour)
message Ask(ts: stamp, entry: Entry?), Reply, Stop()
def majority(s, least: 0..N) = 2 * len(s) > N and len(s) >= least
shared var turn: 0..N - 1 = 0

process Node[N] ordered ring:
    clock lamport
    timer lease
    timer answer after silence
    timer victory after answer
    timer early anytime
    var mode: idle | busy = idle
    var start_at: 0..1 in {0, 1}
    durable var log: list[Entry, 2 * N] = []
    ghost var seen: map[Node, set[vector[Node]]] = {}

    def campaign(goal: Node, why):
        mode = busy, seen[goal] += {why}, log[0].term -= 1
        send Ask(now, none) to {q for q in others if q > self}
        return

    fair action begin(p in Node, q in {p}) when mode == idle and (exists r in Node: r != p):
        campaign(p, q)
        start lease
        stop lease

    strong fair on Ask(ts, entry) from q in Node when not crashed(q):
        require ts < now
        if mode == idle:
            defer
        elif mode == busy: pass
        else:
            assert false, "unreachable"
        for r in others:
            choose v in {1, 2}:
                turn = v

    on Reply: pass
    on timeout lease when running(answer):
        assert true
        event expired
    on start: mode = idle
    on recover:
        mode = idle
    on crash:
        mode = idle

process Lock:
    var holder: Node? = none

network:
    order fifo
    loss up to 1
    capacity N
    cut up to 1 of Node
    heal
faults: crash up to N - 1 of Node

invariant one: count(p in Node if p.mode == busy) <= 1
invariant spread:
    all(p.mode == q.mode for p in Node if up(p) for q in Node)
step monotone: forall p in Node: old(p.turn) <= p.turn
reachable both: exists p in Node, q in Node: p != q
progress served for p in Node, q in Node: p != q ~> p == q
eventually over: true
always eventually quiet_again for p in Node: up(p)
bound cost: EAGER implies sent(Ask, Reply) <= 2 * (N - 1) * fired(begin)
tight cost
final: quiet
check plain expect holds
check empty: expect deadlock
check all_set: N = 2, network.order = unordered, faults.crash.Node = 1, only = {one, cost} expect holds within 12 steps
check sweep: N in 2..4 expect violates one in 8 steps
check worst expect violates tight cost
check stuck: EAGER = not true expect deadlock in 3 steps

assume Lock.lease waits until holder == none because lease_math

schedule sheet:
    P1: a, b sends m1 to P2, g
    P2: receives m1 as c, d sends m2
    P3: e, f receives m2
    clock lamport as L
    show L
    given last: L(f) == 5
    solve messages
    expect L(c) == ?
    expect a -> f and e || d
    forall x, y: x -> y implies (exists z: x -> z)
    find x, y: L(x) < L(y)

schedule impossible:
    P1: a
    solve messages expect none

schedules small: processes 2..3, events <= 5
    clock vector as V
    forall x, y: x -> y iff V(x) < V(y)

schedules again: processes 2..2, events <= 4

timing lease_math:
    param lease = 11.7 in [0, 20]
    clock S perfect
    clock C drift 0.01 offset [-5, 5]
    at ask on client
    at stop after ask by [1, inf], ask
    given C(stop) - C(ask) == lease
    let length = T(stop) - T(ask)
    query longest = max length
    query safe = always length <= 12 for lease
    expect longest <= 12
"""


def parsed(text: str) -> syntax.Expression:
    """The value of a constant written as `text`."""
    constant = parse_text(f"protocol P\nconst C = {text}\n").declarations[1]
    assert isinstance(constant, syntax.Constant)
    return constant.value


def nodes(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for item in node:
            yield from nodes(item)
    elif hasattr(node, "span"):
        yield node
        for each in fields(node):
            yield from nodes(getattr(node, each.name))


def test_the_grammar_has_no_conflict() -> None:
    Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        start="declaration",
        parser="lalr",
        postlex=Blocks(),
        maybe_placeholders=True,
        strict=True,
    )


def test_every_node_of_the_syntax_can_be_written() -> None:
    unions = (
        syntax.Declaration, syntax.Member, syntax.Statement, syntax.Type, syntax.Expression, syntax.Expectation,
        syntax.ScheduleLine, syntax.TimingLine, syntax.LaneEvent,
    )  # fmt: skip
    expected = {kind for union in unions for kind in union.__args__}
    text = EVERYTHING.replace(
        "final: quiet",
        'final: forall p in Node: (p, -1) < ({}, [1]) iff {1: 2} == {k: "v" for k in [j for j in {3} if true]} if true '
        "else p.x[0] in {p.y} or p not in {4}",
    )
    found = {type(node) for node in nodes(parse_text(text))}
    assert expected - found == set()


@pytest.mark.parametrize("kind", [syntax.Name, syntax.Number, syntax.Identifier, syntax.NamedType])
def test_the_span_of_a_word_is_its_text(kind: type) -> None:
    source = SourceFile("x.dsc", EVERYTHING)
    checked = 0
    for node in nodes(parse(source)):
        if isinstance(node, kind):
            value = node.value if isinstance(node, syntax.Number) else node.name  # type: ignore[attr-defined]
            assert source.slice(node.span) == str(value)  # type: ignore[attr-defined]
            checked += 1
    assert checked > 5


def test_the_span_of_a_node_holds_those_of_its_parts() -> None:
    for node in nodes(parse_text(EVERYTHING)):
        for each in fields(node):
            value = getattr(node, each.name)
            for part in value if isinstance(value, tuple) else (value,):
                if hasattr(part, "span"):
                    assert node.span.start <= part.span.start  # type: ignore[attr-defined]
                    assert part.span.end <= node.span.end  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("(1 + 2) * 3", 0, 11),
        ("f((1), 2)", 0, 9),
        ("{(1)}", 0, 5),
        ("not (a)", 0, 7),
        ("forall p in (S): (a)", 0, 20),
        ("count(p in S if (a))", 0, 20),
        ("a if b else (c)", 0, 15),
        ("x.y[(1)]", 0, 8),
        ("(a)", 1, 2),
    ],
)
def test_parentheses_belong_to_what_surrounds_them(text: str, start: int, end: int) -> None:
    before = len("protocol P\nconst C = ")
    assert parsed(text).span == Span(before + start, before + end)


def test_a_block_ends_with_its_last_statement() -> None:
    source = SourceFile("x.dsc", EVERYTHING)
    spec = parse(source)
    network = next(one for one in spec.declarations if isinstance(one, syntax.Network))
    assert source.slice(network.span).endswith("heal")
    nested = next(node for node in nodes(spec) if isinstance(node, syntax.For))
    assert source.slice(nested.span).endswith("turn = v")


# Each pair means the same: left as written, right with every operation in parentheses.
GROUPINGS = [
    ("a or b and c", "a or (b and c)"),
    ("not a == b", "not (a == b)"),
    ("not a and b", "(not a) and b"),
    ("a implies b implies c", "a implies (b implies c)"),
    ("a implies b iff c implies d", "(a implies b) iff (c implies d)"),
    ("a or b implies c", "(a or b) implies c"),
    ("a if b else c if d else e", "a if b else (c if d else e)"),
    ("a or b if c else d", "(a or b) if c else d"),
    ("a if b else c implies d", "(a if b else c) implies d"),
    ("a + b - c", "(a + b) - c"),
    ("a - b + c", "(a - b) + c"),
    ("a + b * c", "a + (b * c)"),
    ("a * b / c % d", "((a * b) / c) % d"),
    ("-a * b", "(-a) * b"),
    ("-a.b[0]", "-((a.b)[0])"),
    ("a + 1 in s", "(a + 1) in s"),
    ("a not in s or b", "(a not in s) or b"),
    ("forall p in s: a implies b", "forall p in s: (a implies b)"),
    ("forall p in s: exists q in t: a or b", "forall p in s: (exists q in t: (a or b))"),
    ("a < b + 1", "a < (b + 1)"),
]


@pytest.mark.parametrize(("short", "long"), GROUPINGS)
def test_operators_bind_as_the_grammar_orders_them(short: str, long: str) -> None:
    assert parsed(short) == parsed(long)
    assert format_expression(parsed(long)) == short


def test_a_chain_of_comparisons_is_one_node() -> None:
    found = parsed("1 < 2 <= 3 != 4")
    assert isinstance(found, syntax.Comparison)
    assert found.operators == ("<", "<=", "!=")
    assert parsed("(1 < 2) <= 3") != parsed("1 < 2 <= 3")


def test_a_constant_tells_its_range_from_a_membership() -> None:
    spec = parse_text("protocol P\nconst A = 1 in 0..2\nconst B = 1 in {1}\n")
    ranged, member = spec.declarations[1:]
    assert isinstance(ranged, syntax.Constant)
    assert isinstance(member, syntax.Constant)
    assert ranged.range == syntax.RangeType(syntax.Number(0), syntax.Number(2))
    assert (member.range, type(member.value)) == (None, syntax.Binary)


@pytest.mark.parametrize(
    ("line", "word", "amount", "process"),
    [
        ("order fifo", "fifo", None, None),
        ("torn", None, None, None),
        ("torn false", "false", None, None),
        ("capacity K", None, "K", None),
        ("capacity 2 + 1", None, "2 + 1", None),
        ("crash up to F + 1 of Node", None, "F + 1", "Node"),
        ("recover of Node", None, None, "Node"),
        ("heal", None, None, None),
    ],
)
def test_an_option_has_a_word_or_an_amount(
    line: str, word: str | None, amount: str | None, process: str | None
) -> None:
    network = parse_text(f"protocol P\nnetwork: {line}\n").declarations[1]
    assert isinstance(network, syntax.Network)
    (option,) = network.options
    assert (option.word.name if option.word else None) == word
    assert (format_expression(option.amount) if option.amount else None) == amount
    assert (option.process.name if option.process else None) == process


def test_line_ends_mean_nothing_inside_brackets() -> None:
    broken = "protocol P\ncheck a: only = {\n  one,  # first\n\n# second\n  two\n} expect holds\nconst N = (1 +\n2)\n"
    flat = "protocol P\ncheck a: only = {one, two} expect holds\nconst N = 1 + 2\n"
    assert parse_text(broken) == parse_text(flat)


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ("protocol P", True),
        ("\n# words\n\n  # more\nprotocol\tP", True),
        ("protocols P", False),
        ("Format: 3.0 (quilt)\nSource: dash\n", False),
        ("-----BEGIN PGP SIGNED MESSAGE-----\n", False),
        ("", False),
        ("# protocol", False),
    ],
)
def test_a_spec_is_told_by_its_first_word(head: str, answer: bool) -> None:
    assert is_spec(head) is answer


@pytest.mark.parametrize("text", [EVERYTHING, EVERYTHING.rstrip("\n"), EVERYTHING.replace("\n", "\r\n")])
def test_line_ends_do_not_matter(text: str) -> None:
    assert parse(SourceFile.of_bytes("x.dsc", text.encode())) == parse_text(EVERYTHING)
