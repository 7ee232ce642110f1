"""Does formatting keep what a spec says, and every comment in it?"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.language import syntax
from dscheck.language.format_expression import format_expression
from dscheck.language.formatter import format_spec, format_syntax
from dscheck.language.layout import comments
from dscheck.language.parser import parse, parse_text
from dscheck.language.words import RESERVED
from dscheck.source import SourceFile

# --- every spec there is, by chance ------------------------------------------------------------

names = st.sampled_from(["p", "q", "mode", "Node", "idle", "x1", "_y", "steps", "up_to", "holds", "order"])
assert not RESERVED & {"steps", "holds", "order"}
identifiers = st.builds(syntax.Identifier, names)
words = st.builds(syntax.Name, names | st.sampled_from(["true", "none", "self", "others", "now", "quiet"]))
numbers = st.builds(syntax.Number, st.integers(0, 10**17))
texts = st.text(st.characters(exclude_characters='"\n\r', codec="utf-8"), max_size=6)


def tuples(items: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def larger(inner: st.SearchStrategy) -> st.SearchStrategy:
    """One more node around some expressions."""
    maybe = st.none() | inner
    binder = st.builds(syntax.Binder, identifiers, inner)
    functions = st.builds(syntax.Identifier, names | st.sampled_from(["len", "min", "max", "all", "old", "sent"]))
    comparison = st.integers(2, 4).flatmap(
        lambda size: st.builds(
            syntax.Comparison,
            tuples(inner, size, size),
            tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), size - 1, size - 1),
        )
    )
    operator = st.sampled_from(["and", "or", "implies", "iff", "+", "-", "*", "/", "%", "in", "not in"])
    generator = st.builds(syntax.Generator, binder, maybe)
    return st.one_of(
        st.builds(syntax.Attribute, inner, identifiers),
        st.builds(syntax.Index, inner, inner),
        st.builds(syntax.Call, functions, tuples(inner)),
        st.builds(syntax.TupleOf, tuples(inner, 2)),
        st.builds(syntax.SetOf, tuples(inner)),
        st.builds(syntax.ListOf, tuples(inner)),
        st.builds(syntax.MapOf, tuples(st.tuples(inner, inner), 1)),
        st.builds(syntax.Comprehension, st.sampled_from(["set", "list"]), inner, binder, maybe),
        st.builds(syntax.MapComprehension, inner, inner, binder, maybe),
        st.builds(syntax.Quantifier, st.sampled_from(["forall", "exists"]), tuples(binder, 1, 2), inner),
        st.builds(syntax.Count, binder, maybe),
        st.builds(
            syntax.Aggregate, st.sampled_from(["sum", "min", "max", "all", "any"]), inner, tuples(generator, 1, 2)
        ),
        st.builds(syntax.Binary, operator, inner, inner),
        comparison,
        st.builds(syntax.Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(syntax.IfElse, inner, inner, inner),
    )


expressions = st.recursive(words | numbers | st.builds(syntax.Text, texts), larger, max_leaves=6)
small = st.recursive(words | numbers, larger, max_leaves=2)
maybe_small = st.none() | small
binders = st.builds(syntax.Binder, identifiers, small)
plain_types = st.builds(syntax.NamedType, names | st.sampled_from(["bool", "int", "stamp"])) | st.builds(
    syntax.RangeType, small, small
)
types = st.recursive(
    plain_types | st.builds(syntax.InlineEnum, tuples(identifiers, 2)),
    lambda inner: st.one_of(
        st.builds(syntax.SetType, inner),
        st.builds(syntax.MapType, inner, inner),
        st.builds(syntax.ListType, inner, maybe_small),
        st.builds(syntax.VectorType, identifiers),
        st.builds(syntax.OptionalType, plain_types | st.builds(syntax.SetType, inner)),
    ),
    max_leaves=3,
)
fields = st.builds(syntax.Parameter, identifiers, types)
parameters = st.builds(syntax.Parameter, identifiers, st.none() | types)
targets = st.recursive(
    st.builds(syntax.Name, names),
    lambda inner: st.builds(syntax.Index, inner, small) | st.builds(syntax.Attribute, inner, identifiers),
    max_leaves=2,
)
assigns = st.builds(syntax.Assign, targets, st.sampled_from(["=", "+=", "-="]), small)
simple_statements = st.one_of(
    st.builds(syntax.Assignments, tuples(assigns, 1)),
    st.builds(syntax.Send, identifiers, tuples(small), small),
    st.builds(syntax.StartTimer, identifiers),
    st.builds(syntax.StopTimer, identifiers),
    st.builds(syntax.Assert, small, st.none() | texts),
    st.builds(syntax.Require, small),
    st.builds(syntax.Defer),
    st.builds(syntax.CallHelper, identifiers, tuples(small)),
    st.builds(syntax.Pass),
    st.builds(syntax.Return),
)


def blocks_of(statements: st.SearchStrategy) -> st.SearchStrategy:
    return tuples(statements, 1)


statements = st.recursive(
    simple_statements,
    lambda inner: st.one_of(
        st.builds(syntax.If, tuples(st.tuples(small, blocks_of(inner)), 1), st.none() | blocks_of(inner)),
        st.builds(syntax.For, binders, blocks_of(inner)),
        st.builds(syntax.Choose, binders, blocks_of(inner)),
    ),
    max_leaves=5,
)
blocks = blocks_of(statements)
fairness = st.sampled_from(["", "fair", "strong fair"])
variables = st.builds(
    syntax.Variable, st.sampled_from(["", "durable", "ghost"]), identifiers, types, small, st.booleans()
)
handlers = st.one_of(
    st.builds(
        syntax.Handler, fairness, identifiers, tuples(identifiers), identifiers, st.none() | identifiers, maybe_small,
        blocks,
    ),
    st.builds(
        syntax.Handler, fairness, identifiers, tuples(identifiers), st.none(), st.none(), maybe_small, blocks
    ),
)  # fmt: skip
members = st.one_of(
    st.builds(syntax.Clock, st.sampled_from(["lamport", "vector"])),
    st.builds(syntax.Timer, identifiers, st.none() | st.just(syntax.Identifier("silence")) | identifiers),
    variables,
    st.builds(syntax.Action, fairness, identifiers, tuples(binders), maybe_small, blocks),
    handlers,
    st.builds(syntax.Hook, st.sampled_from(["start", "recover", "crash"]), blocks),
    st.builds(syntax.Timeout, identifiers, maybe_small, blocks),
    st.builds(syntax.Helper, identifiers, tuples(parameters), blocks),
)
option_names = st.sampled_from(["order", "loss", "cut", "heal", "torn", "crash"]).map(syntax.Identifier)
options = st.one_of(
    st.builds(syntax.Option, option_names, st.none() | identifiers, st.none(), st.none() | identifiers),
    st.builds(syntax.Option, option_names, st.none(), small, st.none() | identifiers),
    st.builds(syntax.Option, st.just(syntax.Identifier("capacity")), st.none(), small, st.none()),
)
settings_of_checks = st.builds(
    syntax.Setting,
    tuples(st.builds(syntax.Identifier, st.sampled_from(["network", "faults"])), 1, 1).flatmap(
        lambda head: tuples(identifiers, 0, 2).map(lambda rest: head + rest)
    )
    | tuples(identifiers, 1),
    small | st.builds(syntax.RangeType, small, small),
)
steps = st.none() | st.integers(0, 50)
expectations = st.one_of(
    st.builds(syntax.ExpectHolds, steps),
    st.builds(syntax.ExpectViolates, identifiers, st.booleans(), steps),
    st.builds(syntax.ExpectDeadlock, steps),
)
declarations = st.one_of(
    st.builds(syntax.Constant, identifiers, small, st.none() | st.builds(syntax.RangeType, small, small)),
    st.builds(syntax.EnumType, identifiers, tuples(identifiers, 1)),
    st.builds(syntax.RecordType, identifiers, tuples(fields, 1)),
    st.builds(syntax.Messages, tuples(st.builds(syntax.Message, identifiers, tuples(fields)), 1)),
    st.builds(syntax.Function, identifiers, tuples(parameters), expressions),
    st.builds(
        syntax.Process, identifiers, maybe_small, tuples(st.sampled_from(["ordered", "ring"])), tuples(members, 1)
    ),
    st.builds(syntax.SharedVariable, variables.filter(lambda one: one.kind == "")),
    st.builds(syntax.Network, tuples(options, 1)),
    st.builds(syntax.Faults, tuples(options, 1)),
    st.builds(syntax.Invariant, identifiers, expressions),
    st.builds(syntax.StepProperty, identifiers, expressions),
    st.builds(syntax.Reachable, identifiers, expressions),
    st.builds(syntax.Bound, identifiers, expressions),
    st.builds(syntax.Tight, identifiers),
    st.builds(syntax.Final, expressions),
    st.builds(syntax.Check, identifiers, tuples(settings_of_checks), expectations),
)
protocols = st.builds(syntax.Protocol, identifiers, st.none() | texts)
specs = st.builds(lambda first, rest: syntax.Spec((first, *rest)), protocols, tuples(declarations, 0, 4))


@settings(max_examples=100, deadline=None)
@given(specs)
def test_a_formatted_spec_parses_to_the_same(spec: syntax.Spec) -> None:
    text = format_syntax(spec)
    assert parse_text(text) == spec
    assert format_spec(SourceFile("x.dsc", text)).replace("\n\n", "\n") == text.replace("\n\n", "\n")


@settings(max_examples=100, deadline=None)
@given(expressions)
def test_a_formatted_expression_parses_to_the_same(expression: syntax.Expression) -> None:
    found = parse_text(f"protocol P\nfinal: {format_expression(expression)}\n").declarations[1]
    assert found == syntax.Final(expression)


REMARKS = ["# a", "   # b", "\n# c\n", "\n        # d\n\n", "\n\n\n    # e\n    # f\n", "  ", "\n\n"]


@settings(max_examples=60, deadline=None)
@given(specs, st.data())
def test_comments_anywhere_survive(spec: syntax.Spec, data: st.DataObject) -> None:
    lines = format_syntax(spec).split("\n")
    commented = [line + data.draw(st.sampled_from(["", *REMARKS])) for line in lines]
    source = SourceFile("x.dsc", "\n".join(commented))
    written = SourceFile("y.dsc", format_spec(source))
    assert parse(written) == spec
    assert remarks(written) == remarks(source)
    assert format_spec(written) == written.text


def remarks(source: SourceFile) -> list[str]:
    return [source.slice(one).rstrip() for one in comments(source.text)]


# --- what it looks like ------------------------------------------------------------------------

UGLY = """\
# the file
protocol   P   "title"     # at the top
const N=3   in 2..5
const M = ((N))+1
# about messages

message A(x:0..3),B
process Node[ N ]   ordered :   # many

  # the first
  var m:0..3=0# close
  var s : set[ Node ] = {   # inside
      self , self }

  # before go


  action go when(m==0)and(m<3):   # head
      # first of the block
      m=m+1,m-=(1)
      # last of the block
    # of the process
  on A( x ) from q : send B to q   # reply
  on timeout t:
      if (m==1): m=2 # two
      # between
      elif m==2:
          m=3

          m=0
      else : pass # nothing
      # after the else
# at the margin
network : order fifo
faults:
  crash up to 1 of Node
invariant a:
    # why
    m==1
check c:expect holds
  # the end
"""
NEAT = """\
# the file
protocol P "title"         # at the top

const N = 3 in 2..5
const M = N + 1
# about messages

message A(x: 0..3), B

process Node[N] ordered:        # many
    # the first
    var m: 0..3 = 0  # close
    # inside
    var s: set[Node] = {self, self}

    # before go


    action go when m == 0 and m < 3:  # head
        # first of the block
        m = m + 1, m -= 1
        # last of the block

    # of the process
    on A(x) from q:
        send B to q  # reply

    on timeout t:
        if m == 1:
            m = 2  # two
        # between
        elif m == 2:
            m = 3

            m = 0
        else:
            pass  # nothing
        # after the else

# at the margin
network:
    order fifo
faults:
    crash up to 1 of Node

# why
invariant a: m == 1

check c: expect holds
# the end
"""


def test_a_spec_gets_its_canonical_form() -> None:
    assert format_spec(SourceFile("x.dsc", UGLY)) == re.sub(r"\n{3,}", "\n\n", NEAT)


def test_comments_below_each_other_stay_so() -> None:
    text = "protocol P\n\nconst N = 3        # one\nconst LONGER = 4   # two\n"
    assert format_spec(SourceFile("x.dsc", text)) == text


def test_only_the_condition_of_a_long_property_goes_onto_a_line_of_its_own() -> None:
    long = " and ".join(f"value_{n} == {n}" for n in range(10))
    text = f"protocol P\n\ninvariant x:\n    {long}\ninvariant y: true\n"
    assert format_spec(SourceFile("x.dsc", text)) == text
    assert format_spec(SourceFile("x.dsc", text.replace(":\n    ", ": "))) == text


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("((1 + 2)) + 3", "1 + 2 + 3"),
        ("1 + (2 + 3)", "1 + (2 + 3)"),
        ("(a and b) or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("not (a in b)", "not a in b"),
        ("(forall p in S: a) and b", "(forall p in S: a) and b"),
        ("(1 < 2) < 3", "(1 < 2) < 3"),
        ("{(forall p in S: a): 1}", "{(forall p in S: a): 1}"),
        ("(a if b else c).d", "(a if b else c).d"),
        ("- - 1", "--1"),
        ("(-a) * -b", "-a * -b"),
        ("(a implies b) implies c", "(a implies b) implies c"),
        ("{q  for q in(S)if a}", "{q for q in S if a}"),
    ],
)
def test_parentheses_are_kept_where_they_mean_something(written: str, canonical: str) -> None:
    text = format_spec(SourceFile("x.dsc", f"protocol P\nfinal: {written}\n"))
    assert text == f"protocol P\n\nfinal: {canonical}\n"
