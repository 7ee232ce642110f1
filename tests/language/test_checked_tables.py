"""What do the tables of a checked spec say of its nodes?"""

import pytest
from typed_spec import analyse_with, codes

from dscheck.diagnostics import SpecError
from dscheck.language import syntax, types
from dscheck.language.analysis import read_spec
from dscheck.language.checked import Expansion, LiteralMeaning, Tables
from dscheck.language.traversal import walk
from dscheck.source import SourceFile


def typed(tables: Tables, tree: object, text: str, source: SourceFile) -> list[types.Type]:
    """The types of the expressions that are written `text`."""
    return [
        tables.type_of[id(node)]
        for node in walk(tree)
        if id(node) in tables.type_of and source.slice(node.span) == text  # type: ignore[attr-defined]
    ]


MODES = types.Enumeration(("idle", "wanting", "inside"))
NODE = types.Id("Node")


@pytest.mark.parametrize(
    ("statement", "part", "expected"),
    [
        ("mode = wanting", "wanting", MODES),
        ("mode = idle if flag else inside", "idle", MODES),
        ("flag = mode == inside", "inside", MODES),
        ("flag = mode in {idle, wanting}", "{idle, wanting}", types.Set(MODES)),
        ("flag = peers == {}", "{}", types.Set(NODE)),
        ("friend = none", "none", types.Optional(NODE)),
        ("flag = latest == none", "none", types.Optional(types.Record("Entry"))),
        ("amounts = {}", "{}", types.Map(NODE, types.Int())),
        ("log = [] + [1]", "[]", types.List(types.Int())),
        ("peers = {} + {self}", "{}", types.Set(NODE)),
        ("flag = self in {}", "self", NODE),
    ],
)
def test_literals_take_the_type_of_their_place(statement: str, part: str, expected: types.Type) -> None:
    spec = analyse_with(node=statement)
    action = spec.processes["Node"].actions["node_step"]
    assert typed(spec.tables, action, part, spec.source) == [expected]


def test_needed_values_of_optionals_are_marked() -> None:
    spec = analyse_with(node="flag = friend != none and crashed(friend)\nnumber = amounts[friend]\nfriend = friend")
    body = spec.processes["Node"].actions["node_step"].body
    marked = [
        spec.source.position(node.span.start)[1]
        for node in walk(body)
        if isinstance(node, syntax.Name) and node.name == "friend" and id(node) in spec.tables.unwrap
    ]
    assert marked == [43, 26]


def test_each_list_of_argument_types_has_its_own_expansion() -> None:
    spec = analyse_with(node="flag = same(mode, idle) or same(number, 1) or same(number, 2)")
    action = spec.processes["Node"].actions["node_step"]
    calls = [spec.tables.call[id(node)] for node in walk(action) if isinstance(node, syntax.Call)]
    assert [isinstance(call, Expansion) for call in calls] == [True] * 3
    first, second, third = calls
    assert second is third
    assert first is not second
    assert isinstance(first, Expansion)
    assert typed(first.tables, first.declaration, "a", spec.source) == [MODES]


def test_a_mistake_in_a_function_is_reported_once() -> None:
    assert codes(node="number = twice(flag)\nnumber = twice(flag)", prop="twice(true) == 1") == ["DS0302"]


def test_senders_follow_the_types_of_those_that_answer() -> None:
    text = """\
protocol Chain

message First, Second, Third

process A[2]:
    action begin:
        send First to B

    on Third from q:
        pass

process B[2]:
    on First from q:
        send Second to q
        send Second to C

    on Third from q in C:
        pass

process C:
    on Second from q:
        send Third to q
"""
    with pytest.raises(SpecError) as caught:
        read_spec(SourceFile("<test>", text))
    found = [(each.code, each.span.start) for each in caught.value.diagnostics if each.span]
    assert found == [("DS0401", text.index("Second to q"))]
    fixed = text.replace("        send Second to q\n", "")
    spec = read_spec(SourceFile("<test>", fixed))
    assert spec.senders == {
        "First": frozenset({("A", "B")}),
        "Second": frozenset({("B", "C")}),
        "Third": frozenset({("C", "B")}),
    }
    handler = spec.processes["C"].handlers[0]
    assert spec.sender_of[id(handler)] == "B"
    assert [warning.code for warning in spec.warnings] == ["DS0402"]


def test_constants_come_in_the_order_of_their_use() -> None:
    text = "protocol P\nconst A = two(B) + C\nconst B = C + 1\nconst C = 1\ndef two(x) = x * D\nconst D = 2\n"
    spec = read_spec(SourceFile("<test>", text))
    order = list(spec.constants)
    assert all(order.index(later) > order.index(earlier) for later, earlier in ["AB", "AC", "AD", "BC"])


def test_a_word_may_be_a_literal_of_two_enumerations() -> None:
    spec = analyse_with(node="mode = idle\ncalm = idle")
    action = spec.processes["Node"].actions["node_step"]
    literals = [node for node in walk(action) if isinstance(node, syntax.Name) and node.name == "idle"]
    assert [spec.tables.name[id(node)] for node in literals] == [LiteralMeaning("idle")] * 2
    assert [spec.tables.type_of[id(node)] for node in literals] == [MODES, types.Enumeration(("idle", "asleep"))]


def test_independent_mistakes_come_in_source_order_and_at_most_twenty() -> None:
    lines = "\n".join(f"number = unknown_{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    with pytest.raises(SpecError) as caught:
        analyse_with(node=lines)
    names = [each.message.split("`")[1] for each in caught.value.diagnostics]
    assert names == [f"unknown_{letter}" for letter in "abcdefghijklmnopqrst"]


def test_a_name_that_nothing_declares_is_one_mistake() -> None:
    with pytest.raises(SpecError) as caught:
        analyse_with(node="number = missing\nnumber = missing + 1", prop="missing == 1")
    (found,) = caught.value.diagnostics
    assert [label.text for label in found.related] == ["and here", "and here"]
