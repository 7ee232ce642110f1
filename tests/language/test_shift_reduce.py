"""Do the parser's tables give the trees that Lark gives, and refuse what Lark refuses?"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, TextSlice, UnexpectedInput
from lark import Token as LarkToken
from lark import Tree as LarkTree

from dscheck.language.grammar_tables import GRAMMAR
from dscheck.language.indentation import DEDENT, INDENT, NEWLINE, Blocks, DepthError, MarginError
from dscheck.language.lark_grammar import lark, tables_by_lark
from dscheck.language.layout import chunks
from dscheck.language.parser import MOST_BRACKETS
from dscheck.language.shift_reduce import read
from dscheck.language.table_file import tables
from dscheck.language.tokens import SEVERAL, Unreadable
from dscheck.language.trees import EMPTY, Token, Tree
from dscheck.language.words import KEYWORDS

ROOT = Path(__file__).parents[2]
SPECS = [*sorted((ROOT / "specs").glob("*.dsc")), *sorted((ROOT / "dscheck" / "language" / "errors").glob("*.md"))]


def _counts(child: object) -> bool:
    """Line ends and margins take no part in the place of a tree."""
    return not (isinstance(child, LarkToken) and child.type in {NEWLINE, INDENT, DEDENT})


REFERENCE = Lark(
    GRAMMAR.read_text(encoding="utf-8"),
    start="declaration",
    parser="lalr",
    lexer="contextual",
    postlex=Blocks(),
    propagate_positions=_counts,
    maybe_placeholders=True,
)


def by_tables(text: str, start: int, end: int) -> Any:
    """What our parser makes of a part of `text`: a tree as nested tuples, or the name of what it refuses with."""

    def shown(node: Tree | Token | None) -> Any:
        if isinstance(node, Tree):
            return (node.data, node.start_pos, node.end_pos, [shown(child) for child in node.children])
        return node and (node.type, str(node), node.start_pos, node.end_pos)

    try:
        return shown(read(tables(), Blocks(), text, start, end))
    except (Unreadable, MarginError, DepthError) as refused:
        return type(refused).__name__


def by_lark(text: str, start: int, end: int) -> Any:
    """What Lark makes of it."""

    def shown(node: Any) -> Any:
        if isinstance(node, LarkTree):
            start_pos, end_pos = (EMPTY, EMPTY) if node.meta.empty else (node.meta.start_pos, node.meta.end_pos)
            return (str(node.data), start_pos, end_pos, [shown(child) for child in node.children])
        return node and (node.type, str(node), node.start_pos, node.end_pos)

    try:
        return shown(REFERENCE.parse(TextSlice(text, start, end)))
    except UnexpectedInput:
        return Unreadable.__name__
    except (MarginError, DepthError) as refused:
        return type(refused).__name__


def declarations(path: Path) -> Iterator[tuple[str, int, int]]:
    """The parts of a text that are parsed one by one; a page of an error is many wrong declarations and a few right."""
    text = path.read_text(encoding="utf-8") + "\n"
    for chunk in chunks(text, MOST_BRACKETS):
        yield text, chunk.span.start, chunk.span.end


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_trees_are_those_of_lark(path: Path) -> None:
    for part in declarations(path):
        assert by_tables(*part) == by_lark(*part)


WORDS = (
    *(word for word in sorted(tables().terminals) if word not in {" ", "\n"}),
    *(way for ways in SEVERAL.values() for way in ways),
    *("a", "b", "Node", "3", "17", '"text"', " ", "\n", "\n    ", "\n        ", "# remark", "!", "'"),
)
SOUND = [text[start:end] for path in SPECS[:12] for text, start, end in declarations(path)]


@given(st.lists(st.sampled_from(WORDS), max_size=12), st.sampled_from(["", " "]), st.data())
@settings(max_examples=300, deadline=None)
def test_any_change_of_a_declaration_is_refused_or_read_alike(words: list[str], between: str, data: Any) -> None:
    text = data.draw(st.sampled_from(SOUND))
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    edited = text[:first] + between.join(words) + (text[last:] if last - first < 20 else text[first:])
    assert by_tables(edited, 0, len(edited)) == by_lark(edited, 0, len(edited))


def test_no_two_signs_in_a_row_could_be_read_as_one() -> None:
    """The scanner takes the longest sign, Lark the longest that fits: they agree if no shorter one can be continued."""
    signs = {written: {kind} for written, kind in tables().terminals.items() if not written[0].isalpha()}
    for kind, ways in SEVERAL.items():
        for written in ways:
            signs.setdefault(written, set()).add(kind)
    longer = [
        (one, two) for whole in signs if len(whole) == 2 for one, two in pairwise(whole) if {one, two} <= set(signs)
    ]
    assert longer
    for one, two in longer:
        for text in (f"const a = b {one} {two} c\n", f"process P:\n    action a:\n        x {one} {two} 1\n"):
            assert by_lark(text, 0, len(text)) == Unreadable.__name__


def test_no_place_takes_a_sign_as_two_terminals() -> None:
    for row in tables().actions:
        kinds = [kind for kind, ways in SEVERAL.items() if kind in row]
        written = [way for kind in kinds for way in SEVERAL[kind]]
        written += [way for way, kind in tables().terminals.items() if kind in row]
        assert len(written) == len(set(written))


def test_the_saved_tables_are_those_of_the_grammar() -> None:
    made = tables_by_lark()
    assert (len(made.actions), len(made.rules)) == (len(tables().actions), len(tables().rules))
    assert {word.upper() for word in KEYWORDS} <= set(made.terminals.values())


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"sources": []}'], ids=repr)
def test_a_spoilt_or_stale_file_is_made_again(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file = tmp_path / "dscheck" / "grammar.json"
    if content is not None:
        file.parent.mkdir()
        file.write_text(content)
    tables.cache_clear()
    made = tables()
    saved = file.read_bytes()
    tables.cache_clear()
    assert tables() == made
    assert file.read_bytes() == saved
    assert [name.name for name in file.parent.glob("*.json*")] == ["grammar.json"]


def test_an_unwritable_cache_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    tables.cache_clear()
    lark.cache_clear()
    assert by_tables("tight x\n", 0, 8)[0] == "tight"
    assert isinstance(lark().parse("tight x\n"), LarkTree)


def test_a_spoilt_cache_of_lark_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lark.cache_clear()
    lark()
    (file,) = (tmp_path / "dscheck").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    lark.cache_clear()
    assert isinstance(lark().parse("tight x\n"), LarkTree)
