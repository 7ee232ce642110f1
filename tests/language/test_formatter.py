"""Does formatting keep what a spec says, and every comment in it?"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language.any_spec import expressions, remarks, specs

from dscheck.language import syntax
from dscheck.language.format_expression import format_expression
from dscheck.language.formatter import format_spec, format_syntax
from dscheck.language.parser import parse, parse_text
from dscheck.source import SourceFile


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
    var s: set[Node] = {    # inside
        self, self}

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
