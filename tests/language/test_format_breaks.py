"""Does a line stay broken where its author broke it, and is nothing lost by that?"""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from language.any_spec import remarks, specs

from dscheck.language import syntax
from dscheck.language.formatter import format_spec, format_syntax
from dscheck.language.parser import parse
from dscheck.source import SourceFile

BROKEN = """\
protocol P
const N = {
  1,2,   # low
    # high
      3 , 4,
 5 }
process Node[3]:
    var m: 0..3 = 0
    var t: map[Node, 0..3] = {q: 0
      for q in Node}

    action go when ((m == 0) and
        (m<3)or   # why
      m == 2):   # head
        if (m == 1
          or m == 2): m = max(1 ,
          2)   # after
invariant x: (forall p in Node: (p.m == 1 or
    p.m == 2
))
# long
invariant y: (1 == 1111111111 or 2 == 2222222222 or 3 == 3333333333 or 4 == 4444444444 or 5 == 5555555555 or
    6 == 6)
"""
UNBROKEN = """\
protocol P

const N = {
    1, 2,  # low
    # high
    3, 4,
    5}

process Node[3]:
    var m: 0..3 = 0
    var t: map[Node, 0..3] = {q: 0
                              for q in Node}

    action go when (m == 0 and
                    m < 3 or  # why
                    m == 2):  # head
        if (m == 1
            or m == 2):
            m = max(1,
                    2)  # after

invariant x: forall p in Node: (p.m == 1 or
                                p.m == 2
)
# long
invariant y:
    (1 == 1111111111 or 2 == 2222222222 or 3 == 3333333333 or 4 == 4444444444 or 5 == 5555555555 or
     6 == 6)
"""


def test_what_its_author_broke_inside_brackets_stays_so() -> None:
    assert format_spec(SourceFile("x.dsc", BROKEN)) == UNBROKEN
    assert format_spec(SourceFile("x.dsc", UNBROKEN)) == UNBROKEN


ENDS = ["\n", "\n      ", "  # a\n", "\n# b\n  ", "   # c\n  # d\n\n"]


@settings(max_examples=100, deadline=None)
@given(specs, st.data())
def test_line_ends_inside_brackets_change_nothing(spec: syntax.Spec, data: st.DataObject) -> None:
    """Whatever is broken in whatever way: nothing is lost, and what is written once is written so again."""
    depth, text = 0, ""
    for piece in re.split(r'("[^"\n]*"|[()\[\]{}]|(?<=\w) (?=\w)|(?<=,) )', format_syntax(spec)):
        depth += (piece in "([{" and piece != "") - (piece in ")]}" and piece != "")
        at_end = piece == " " or (piece in "([{" and piece != "")
        end = data.draw(st.sampled_from(["", "", *ENDS])) if depth and at_end else ""
        text += (piece.rstrip(" ") if piece == " " and end else piece) + end
    source = SourceFile("x.dsc", text)
    written = SourceFile("y.dsc", format_spec(source))
    assert parse(written) == spec
    assert sorted(remarks(written)) == sorted(remarks(source))
    assert format_spec(written) == written.text
