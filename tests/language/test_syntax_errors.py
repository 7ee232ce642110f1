"""Is every mistake called by its name, at its place, with a repair that works?"""

import re
from pathlib import Path

import pytest

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language.parser import MOST_DIAGNOSTICS, parse, parse_text
from dscheck.source import SourceFile

PAGES = sorted((Path(__file__).parents[2] / "dscheck" / "language" / "errors").glob("DS01*.md"))
BLOCK = re.compile(r"^```dsc (wrong|right)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

PROCESS = "protocol P\n\nmessage R, Q(x: 0..3)\n\nprocess Node[3]:\n    var m: 0..3 = 0\n"
ACTION = PROCESS + "    action go when m == 0:\n"


def diagnostics(text: str) -> list[Diagnostic]:
    with pytest.raises(SpecError) as caught:
        parse_text(text)
    return list(caught.value.diagnostics)


def only(text: str) -> Diagnostic:
    (found,) = diagnostics(text)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_shows_its_own_mistake(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = dict(BLOCK.findall(text))
    assert text.startswith(f"# {page.stem} · ")
    assert [one.code for one in diagnostics(blocks["wrong"])] == [page.stem]
    parse_text(blocks["right"])


def test_each_code_of_the_parser_has_a_page() -> None:
    language = Path(__file__).parents[2] / "dscheck" / "language"
    used = {code for file in language.glob("*.py") for code in re.findall(r'"(DS01\d\d)"', file.read_text("utf-8"))}
    assert used == {page.stem for page in PAGES}


# Each row: the faulty text with `«…»` around what the carets must cover, the code, and the line after the repair
# (`None` when no repair is offered).
MISTAKES = [
    (PROCESS + "    action go when m «=» 0:\n        m = 1\n", "DS0103", "    action go when m == 0:"),
    (ACTION + "        m «==» 1\n", "DS0103", "        m = 1"),
    (
        PROCESS + "    action go when m == 0 «&&» m < 3:\n        m = 1\n",
        "DS0104",
        "    action go when m == 0 and m < 3:",
    ),
    (PROCESS + "    action go when «!»up(self):\n        m = 1\n", "DS0104", "    action go when not up(self):"),
    (ACTION + "        m = a «=>» b\n", "DS0104", "        m = a implies b"),
    (PROCESS + "    action go when m == 0«»\n        m = 1\n", "DS0105", "    action go when m == 0:"),
    (PROCESS + "    action go when m == 0«»  # why\n        m = 1\n", "DS0105", "    action go when m == 0:  # why"),
    ("protocol P\nprocess Node[3]«»\n    var m: 0..3 = 0\n", "DS0105", "process Node[3]:"),
    (ACTION + "        send R «others»\n", "DS0106", "        send R to others"),
    (ACTION + "        send R«»\n", "DS0106", None),
    (
        PROCESS + "invariant a: 1 == 1 and «forall» q in Node: q.m == 1\n",
        "DS0107",
        "invariant a: 1 == 1 and (forall q in Node: q.m == 1)",
    ),
    (
        PROCESS + "    action go when m == 0 and «exists» q in others: crashed(q):\n        m = 1\n",
        "DS0107",
        "    action go when m == 0 and (exists q in others: crashed(q)):",
    ),
    (ACTION + "        «m'» = 1\n", "DS0108", "        m = 1"),
    (ACTION + "        m«++»\n", "DS0109", "        m += 1"),
    (ACTION + "        m «*=» 2\n", "DS0109", "        m = m * 2"),
    (ACTION + "        m = 1\n«      »m = 2\n", "DS0110", None),
    (ACTION + "        m = 1\n«          »m = 2\n", "DS0111", None),
    (PROCESS + "    action go«:»\n    action rest:\n        pass\n", "DS0112", None),
    (PROCESS + "    action go«:»", "DS0112", None),
    (ACTION + "        m = (1 + 2«»\n", "DS0113", "        m = (1 + 2)"),
    (ACTION + "        m = 1 + 2«)»\n", "DS0113", None),
    (ACTION + "        m = (1 + 2«]»\n", "DS0113", "        m = (1 + 2)"),
    (PROCESS + "«\t»var x: bool = true\n", "DS0114", None),
    (PROCESS + "    var «when»: bool = true\n", "DS0115", None),
    (PROCESS + "    var «self»: bool = true\n", "DS0115", None),
    (PROCESS + "    var x: a | «none» = a\n", "DS0115", None),
    (PROCESS + "    on Q(«len»):\n        pass\n", "DS0115", None),
    (ACTION + "        m = «step» + 1\n", "DS0115", None),
    ("protocol P\nmessage «crash»\n", "DS0115", None),
    ("protocol P\n«invarient» x: true\n", "DS0116", "invariant x: true"),
    ("protocol P\n«var» x: bool = true\n", "DS0116", None),
    ("protocol P\n«}»\n", "DS0113", None),
    (PROCESS + "    «acton» go:\n        m = 1\n", "DS0117", "    action go:"),
    (PROCESS + "    «m» = 1\n", "DS0117", None),
    (PROCESS + "    «invariant» x: true\n", "DS0117", None),
    (ACTION + "        m = 1 if a «||» not b else 2\n", "DS0104", "        m = 1 if a or not b else 2"),
    (ACTION + "        m = 1 if a «||» b == 2 else 2\n", "DS0104", "        m = 1 if a or b == 2 else 2"),
    (ACTION + "        assert m == 2 «->» b\n", "DS0104", "        assert m == 2 implies b"),
    ("«»", "DS0119", None),
    ("# only words\n«»", "DS0119", None),
    ("«»const N = 3\n", "DS0119", None),
    ("«»const N = 3\nprotocol P\n", "DS0119", None),
    ("«  »protocol P\n", "DS0111", "protocol P"),
    ("protocol P\n«protocol» Q\n", "DS0120", None),
    (ACTION + '        assert m == 0, «"text»\n', "DS0122", '        assert m == 0, "text"'),
    (ACTION + "        assert m == 0, «“text”»\n", "DS0102", '        assert m == 0, "text"'),
    (ACTION + "        assert m == 0, «'text'»\n", "DS0102", '        assert m == 0, "text"'),
    ("protocol P\ninvariant x: «∀» p in Node: true\n", "DS0102", "invariant x: forall p in Node: true"),
    ("protocol P\nconst N = 1 «≤» 2\n", "DS0102", "const N = 1 <= 2"),
    ("protocol P\nconst N =«\u00a0»3\n", "DS0102", "const N = 3"),
    (ACTION + "        m = 1«;» m = 2\n", "DS0102", None),
    (ACTION + "        m = gr«ö»sse\n", "DS0102", None),
    ("protocol P\ncheck a: expect holds within «0.5» steps\n", "DS0123", None),
    ("protocol P\ninvariant x: len(q «for» q in S) == 1\n", "DS0124", None),
    ("protocol P\nnetwork:\n    loss «1»\n", "DS0125", "    loss up to 1"),
    (f"protocol P\nconst N = «{'9' * 5000}»\n", "DS0126", None),
    ("protocol P\ninvariant x «true»\n", "DS0101", "invariant x: true"),
    ("protocol P\nconst N «3»\n", "DS0101", "const N = 3"),
    ("protocol P\nconst N =«»\n", "DS0101", None),
    (PROCESS + "    var x «bool» = true\n", "DS0101", "    var x: bool = true"),
    (ACTION + "        for q «Node»:\n            pass\n", "DS0101", "        for q in Node:"),
    (ACTION + "        if m == 1 «then»:\n            pass\n", "DS0101", "        if m == 1 :"),
    ("protocol P\ncheck a: N = 2 expect «hold»\n", "DS0101", "check a: N = 2 expect holds"),
    ("protocol P\ncheck a: N = 2 expect violates x in 3«»\n", "DS0101", "check a: N = 2 expect violates x in 3 steps"),
    (ACTION + "        m = a «b»\n", "DS0101", None),
]


FORMS = [
    (ACTION + "        if m == 1:\n            m = 2\n        «else »if m == 2:\n            m = 1\n", "`else if`"),
    (ACTION + "        «while» m < 3:\n            m += 1\n", "no such loop"),
    (ACTION + "        «switch» m:\n            pass\n", "no such branching"),
    (ACTION + "        for q in others:\n            «break»\n", "a `for` goes through everything"),
    (ACTION + "        «let» y = 2\n        m = y\n", "a body has no variables"),
    (ACTION + "        «var» y: 0..2 = 2\n", "a body has no variables"),
    (ACTION + "        «return» m\n", "`return` gives no value"),
    (ACTION + "        m = 1 «if» m == 2\n", "has an `else` too"),
    (PROCESS + "    «def» f(y) = y + 1\n", "stands outside the processes"),
    ("protocol P\n«def» f(y):\n    return y\n", "a function is one expression"),
    ("protocol P\nconst N = 2\ncheck c: N in «{2, 3}» expect holds\n", "a sweep goes through a range"),
    ("protocol P\nconst N = 2\ncheck c: N in «{2, 5}», M = 1 expect holds\n", "a sweep goes through a range"),
]


@pytest.mark.parametrize(("marked", "message"), FORMS)
def test_a_form_of_another_language_has_a_way_out(marked: str, message: str) -> None:
    text = marked.replace("«", "").replace("»", "")
    found = only(text)
    assert (found.code, message in found.message) == ("DS0127", True)
    assert found.span is not None
    assert text[found.span.start : found.span.end] == marked.partition("«")[2].partition("»")[0]
    assert found.help or found.fix
    if found.fix is not None:
        parse_text(text[: found.fix.span.start] + found.fix.replacement + text[found.fix.span.end :])
    assert (found.fix is None) == (not any(each in text for each in ("else if", "{2, 3}")))


@pytest.mark.parametrize("claim", ["a -> b == true", "a || b || c", "a -> not b", "x || not c"])
def test_between_events_nothing_is_repaired_with_words_for_truth_values(claim: str) -> None:
    found = only(f"protocol P\nschedule s:\n    P1: a\n    P2: b\n    P3: c\n    expect {claim}\n")
    assert (found.code, found.fix) == ("DS0128", None)
    assert "implies" not in found.message + found.help


@pytest.mark.parametrize(
    ("head", "way_out"),
    [
        ("schedule s:\n    P1: a\n    expect ", "several lines"),
        ("timing t:\n    let x = ", "`let part = …`"),
        ("const N = ", "`def part(p) = …`"),
    ],
)
def test_who_is_too_deep_is_told_what_can_be_named_there(head: str, way_out: str) -> None:
    found = only(f"protocol P\n{head}{'(' * 300}1{')' * 300}\n")
    assert found.code == "DS0121"
    assert way_out in found.help


@pytest.mark.parametrize(("marked", "code", "repaired"), MISTAKES, ids=[str(n) for n in range(len(MISTAKES))])
def test_a_mistake_is_named_where_it_is(marked: str, code: str, repaired: str | None) -> None:
    start = marked.index("«")
    end = marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    found = only(text)
    assert (found.code, found.span and (found.span.start, found.span.end)) == (code, (start, end))
    if repaired is None:
        assert found.fix is None
        return
    assert found.fix is not None
    fixed = text[: found.fix.span.start] + found.fix.replacement + text[found.fix.span.end :]
    parse_text(fixed)
    assert repaired in fixed.splitlines()


def test_an_unclosed_bracket_is_shown_at_both_ends() -> None:
    found = only("protocol P\nrecord Entry(a: 0..1,\n    b: 0..1\nconst N = 3\n")
    assert found.code == "DS0113"
    assert [label.span.start for label in found.related] == ["protocol P\nrecord Entry(".index("(")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("protocol P\ninvariant: true\n", "expected a name, found `:`"),
        ("protocol P\ncheck a: N = 2\n", "expected `,` or `expect`, found the end of the line"),
        (ACTION + "        else:\n            pass\n", "expected a statement, found `else`"),
        (PROCESS + "    var x: = 1\n", "expected a type, found `=`"),
        ("protocol P\ntight\n", "expected a name, found the end of the line"),
    ],
)
def test_what_was_expected_is_said_in_plain_words(text: str, message: str) -> None:
    assert only(text).message == message


def test_mistakes_in_several_declarations_are_found_at_once_and_in_order() -> None:
    text = "protocol P\nconst N 3\n\nmessage R(\n\ninvariant ok: true\ninvariant x: a = b\nconst len = 3\n"
    assert [one.code for one in diagnostics(text)] == ["DS0101", "DS0113", "DS0103", "DS0115"]


def test_no_more_than_twenty_mistakes_are_listed() -> None:
    assert len(diagnostics("protocol P\n" + "const N 3\n" * 1000)) == MOST_DIAGNOSTICS == 20


def test_positions_count_lines_of_the_file_as_it_is() -> None:
    source = SourceFile.of_bytes("x.dsc", b"protocol P\r\n\r\nconst N = = 3\r\n")
    with pytest.raises(SpecError, match=r"x\.dsc:3:11: DS0101 "):
        parse(source)
