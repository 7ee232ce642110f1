"""Does a diagnostic point at the right characters, whatever the line looks like?"""

import pytest

from dscheck.diagnostics import Diagnostic, Fix, Label
from dscheck.report.columns import WIDTH, display_width
from dscheck.report.diagnostics_as_text import diagnostic_as_text
from dscheck.source import SourceFile, Span


def shown(text, piece, label="here", **more):
    start = text.index(piece)
    diagnostic = Diagnostic("DS0201", "wrong", Span(start, start + len(piece)), label, **more)
    return diagnostic_as_text(SourceFile("x.dsc", text), diagnostic)


def underlined(text):
    """The characters above the carets, cell by cell."""
    lines = text.splitlines()
    number = next(i for i, line in enumerate(lines) if "^" in line)
    cells = [cell for c in lines[number - 1] for cell in [c, "", ""][: display_width(c)]]
    return "".join(cells[i] for i, c in enumerate(lines[number]) if c == "^" and i < len(cells))


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("const N = 3\n", "N"),
        ("const N = 3", "3"),
        ("a\n\n\tvar x: int", "x"),
        ("票数 = 领导者", "领导者"),
        ("e\u0301 = wrong", "wrong"),
        ("\x1b[2J wrong", "wrong"),
        ("x " * 300_000 + "wrong" + " y" * 300_000, "wrong"),
        ("x " * 300_000 + "wrong", "wrong"),
        ("wrong" + " y" * 300_000, "wrong"),
        ("first wrong" + " y" * 300_000, "wrong"),
    ],
)
def test_the_carets_stand_below_the_piece(text, piece):
    assert underlined(shown(text, piece)) == piece
    assert all(display_width(line) <= WIDTH for line in shown(text, piece).splitlines())


def test_a_name_of_a_megabyte_is_cut():
    text = shown("n" * 1_000_000, "n" * 1_000_000)
    assert len(text) < 1000
    assert "…" in text


@pytest.mark.parametrize("text", ["", "x", "x\n", "x\n\n"])
def test_the_end_of_the_text_has_a_caret(text):
    diagnostic = Diagnostic("DS0101", "the file ends too early", Span(len(text), len(text)), "something is missing")
    assert "^ something is missing" in diagnostic_as_text(SourceFile("x.dsc", text), diagnostic)


def test_of_several_lines_the_first_is_underlined():
    assert underlined(shown("if a and\n   b: pass", "a and\n   b")) == "a and"


def test_labels_on_one_line_hang_below_each_other():
    text = "aaa bbb ccc"
    related = (Label(Span(0, 3), "first"), Label(Span(8, 11), "third"))
    rows = [line[5:] for line in shown(text, "bbb", "second", related=related).splitlines()[4:9]]
    assert rows == [
        "--- ^^^ --- third",
        "|   |",
        "|   second",
        "|",
        "first",
    ]


def test_labels_on_other_lines_have_their_own_place():
    text = "var x: int\nx = y\n"
    shown_text = shown(text, "y", related=(Label(Span(4, 5), "declared here"),))
    assert "  ::: x.dsc:1:5" in shown_text
    assert "- declared here" in shown_text


def test_the_fixed_line():
    text = shown("when m = 0:\n", "=", fix=Fix(Span(7, 8), "==", "compare with `==`"))
    assert "   = fix: compare with `==`\n 1 + when m == 0:" in text


def test_without_a_place():
    diagnostic = Diagnostic("DS0501", "no engine is called `x`", help="the engines are a, b", note="n")
    assert diagnostic_as_text(None, diagnostic, path="x.dsc").splitlines() == [
        "error[DS0501]: no engine is called `x`",
        "  --> x.dsc",
        "   = help: the engines are a, b",
        "   = note: n",
        "   = more: dscheck explain DS0501",
    ]


def test_overlapping_labels_do_not_hide_the_carets():
    text = shown("abc def", "abc", "inner", related=(Label(Span(0, 7), "outer"),))
    assert "^^^----" in text
    assert "inner" in text
    assert "outer" in text
