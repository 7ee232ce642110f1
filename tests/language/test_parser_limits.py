"""Is there an answer to any text: the deep, the long, and the senseless?"""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language.formatter import format_syntax
from dscheck.language.indentation import MOST_BLOCKS
from dscheck.language.parser import MOST_BRACKETS, MOST_LEVELS, parse, parse_text
from dscheck.language.words import KEYWORDS
from dscheck.source import SourceFile

SPEC = (Path(__file__).parents[2] / "specs" / "bully.dsc").read_text(encoding="utf-8")

DEEP = {
    "brackets": "const N = " + "(" * 100_000,
    "closed brackets": "const N = " + "(" * 5_000 + "1" + ")" * 5_000,
    "sums": "const N = " + "+".join("1" * 10_000),
    "ands": "invariant x: " + " and ".join("a" * 10_000),
    "implications": "invariant x: " + " implies ".join("a" * 10_000),
    "negations": "const N = " + "not " * 10_000 + "a",
    "signs": "const N = " + "-" * 10_000 + "1",
    "fields": "const N = a" + ".b" * 10_000,
    "quantifiers": "invariant x: " + "forall p in s: " * 10_000 + "a",
    "conditions": "const N = " + "1 if a else " * 10_000 + "2",
    "types": "record R(a: " + "set[" * 10_000 + "bool" + "]" * 10_000 + ")",
    "blocks": "process P:\n    action a:\n" + "".join(" " * (8 + n) + "if a:\n" for n in range(1_000)),
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_too_deeply_is_refused(name: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_text(f"protocol P\n{DEEP[name]}\n")
    assert [one.code for one in caught.value.diagnostics] == ["DS0121"]


def test_what_is_just_allowed_goes_through_every_stage_of_the_language() -> None:
    for text in (
        "const N = " + "(" * MOST_BRACKETS + "1" + ")" * MOST_BRACKETS,
        "const N = " + "+".join("1" * (MOST_LEVELS - 1)),
        "process P:\n    action a:\n"
        + "".join(" " * (8 + n) + "if a:\n" for n in range(MOST_BLOCKS - 2))
        + " " * 100
        + "pass",
    ):
        spec = parse_text(f"protocol P\n{text}\n")
        assert parse_text(format_syntax(spec)) == spec


LONG = {
    "words": "a" * 1_000_000,
    "lines": "x\n" * 500_000,
    "faulty declarations": "const N 3\n" * 100_000,
    "open brackets": "const x = (\n" * 80_000,
    "comments": "#\n" * 500_000,
    "digits": "const N = " + "1" * 1_000_000,
    "quotation marks": '"' * 1_000_000,
    "zeros": "\0" * 1_000_000,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_is_answered(name: str) -> None:
    with contextlib.suppress(SpecError):
        parse_text(f"protocol P\n{LONG[name]}\n")


WORDS = [*sorted(KEYWORDS), "up", "of", "steps", "holds", "x", "Node", "3", "0..1", '"t"', "self", "len", "="]
SIGNS = ["(", ")", "[", "]", "{", "}", ":", ",", "==", "+", "-", "..", "|", "?", "'", "&&", "#", '"', "≤", "++", "\t"]
LAYOUT = ["\n", "\n    ", "\n        ", "\n  ", " "]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*WORDS, *SIGNS, *LAYOUT]), max_size=40))
def test_no_row_of_words_makes_the_parser_fail(pieces: list[str]) -> None:
    parse_or_refuse("protocol P\n" + " ".join(pieces))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_no_text_makes_the_parser_fail(text: str) -> None:
    parse_or_refuse(text)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SPEC)), st.integers(0, 12), st.sampled_from(["", *WORDS, *SIGNS, *LAYOUT]))
def test_no_edit_of_a_spec_makes_the_parser_fail(start: int, length: int, new: str) -> None:
    parse_or_refuse(SPEC[:start] + new + SPEC[start + length :])


def parse_or_refuse(text: str) -> None:
    source = SourceFile("x.dsc", text)
    found: tuple[Diagnostic, ...] = ()
    try:
        parse(source)
    except SpecError as error:
        found = error.diagnostics
    for one in found:
        assert one.span is not None
        assert 0 <= one.span.start <= one.span.end <= len(text) + 1
        assert one.code.startswith("DS01")
        assert one.message
