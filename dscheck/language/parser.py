"""How does text become syntax? Declaration by declaration, so that every independent mistake is found in one run."""

import gc
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from lark import Lark, TextSlice, Token, Tree, UnexpectedCharacters, UnexpectedToken
from lark import __version__ as lark_version
from lark.grammar import NonTerminal

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language import syntax, text_errors
from dscheck.language.indentation import DEDENT, INDENT, NEWLINE, Blocks, DepthError, MarginError
from dscheck.language.layout import WORD, Chunk, chunks, code_after, member_at, mixed_margin
from dscheck.language.syntax_errors import explain
from dscheck.language.tree_to_expression import RejectedError, place
from dscheck.language.tree_to_syntax import declaration
from dscheck.language.words import reserved_names
from dscheck.source import SourceFile, Span

GRAMMAR = Path(__file__).with_name("grammar.lark")
MOST_DIAGNOSTICS = 20
MOST_BRACKETS = 100
MOST_BLOCKS = 40
LONGEST_REPARSED = 20_000  # characters: a longer process tells of its first mistake only, or parsing would take minutes
MOST_LEVELS = 150
"""How deep a tree may be. Every later stage recurses over it, and Python's own limit is a thousand calls."""


class TextOnly:
    """Says which parts of a tree give it its place: all but line ends and margins.

    A class, since Lark keys its cache with `str` of this option, and that of a function changes with each run.
    """

    def __call__(self, child: object) -> bool:
        """Whether `child` counts."""
        return not (isinstance(child, Token) and child.type in {NEWLINE, INDENT, DEDENT})

    def __str__(self) -> str:
        return "text only"


def parse_text(text: str, path: str = "<text>") -> syntax.Spec:
    """Parse the spec `text`, which `path` names in diagnostics.

    Raises:
        SpecError: it has mistakes; carries the independent ones.
    """
    return parse(SourceFile(path, text.replace("\r\n", "\n").replace("\r", "\n")))


def parse(source: SourceFile) -> syntax.Spec:
    """Parse a whole file.

    Raises:
        SpecError: it has mistakes; carries the independent ones, at most `MOST_DIAGNOSTICS`.
    """
    margin = mixed_margin(source.text)
    if margin is not None:
        # How far a tab indents is a matter of taste: reading on would only guess at blocks.
        raise SpecError(source, (text_errors.mixed_margins(source.text, margin),))
    with garbage_uncollected():
        return _parse(source)


def _parse(source: SourceFile) -> syntax.Spec:
    text = source.text if source.text.endswith("\n") else source.text + "\n"
    declarations: list[syntax.Declaration] = []
    problems: list[Diagnostic] = []
    words: list[tuple[str, int]] = []
    for chunk in chunks(text, MOST_BRACKETS):
        words.append((chunk.word, chunk.span.start))
        found = _declaration(text, chunk)
        if isinstance(found, Diagnostic):
            problems.append(found)
            problems.extend(_further_problems(text, chunk, found))
        else:
            declarations.append(found)
            problems.extend(text_errors.reserved(name) for name in reserved_names(found))
        if len(problems) >= MOST_DIAGNOSTICS:
            break
    problems.extend(text_errors.protocol_problems(source.text, words))
    if problems:
        problems.sort(key=lambda problem: problem.span or Span(0, 0))
        raise SpecError(source, tuple(problems[:MOST_DIAGNOSTICS]))
    return syntax.Spec(tuple(declarations), Span(0, len(source.text)))


def is_spec(head: str) -> bool:
    """Whether a file that begins with `head` is a spec: its first word is `protocol`.

    (The source packages of Debian end in `.dsc` too.)
    """
    word = WORD.match(head, code_after(head, 0))
    return word is not None and word.group() == "protocol"


@cache
def lark() -> Lark:
    """The parser of one declaration, built once; a file in the user's cache directory makes later runs start faster."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    parser = Lark(
        grammar,
        start="declaration",
        parser="lalr",
        lexer="contextual",
        postlex=Blocks(MOST_BLOCKS),
        propagate_positions=TextOnly(),
        maybe_placeholders=True,
        cache=_cache_file(grammar) or False,
    )
    _skip_single_children(parser)
    return parser


def _skip_single_children(parser: Lark) -> None:
    """Let rules such as `?sum: product` hand on their only child at once.

    Lark would compute the place of that child again for each of the twelve levels of operators: half its time.
    """
    callbacks: dict[Any, Callable[[Any], Any]] = parser.parse_interactive("").parser_state.parse_conf.callbacks
    for rule in callbacks:
        match rule.expansion:
            case [NonTerminal(name=name)] if rule.options.expand1 and not rule.alias and not name.startswith("_"):
                if not any(rule.options.empty_indices):
                    callbacks[rule] = itemgetter(0)


@contextmanager
def garbage_uncollected() -> Iterator[None]:
    """Pause the garbage collector: trees have no cycles, and going through them again and again takes half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _cache_file(grammar: str) -> str:
    """Where the parse table of `grammar` is kept, or the empty string if there is no such place."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    digest = hashlib.sha256(f"{lark_version} {sys.version_info[:2]} {grammar}".encode()).hexdigest()
    try:
        folder = (Path(home) if home else Path.home() / ".cache") / "dscheck"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return ""
    return str(folder / f"grammar-{digest[:16]}.pickle")


def _declaration(text: str, chunk: Chunk) -> syntax.Declaration | Diagnostic:
    """The declaration in `chunk`, or what is wrong with it."""
    if chunk.bracket and chunk.bracket.kind == "deep":
        return text_errors.too_deep(Span(chunk.bracket.offset, chunk.bracket.offset + 1), MOST_BRACKETS, "brackets")
    strange = text_errors.not_a_declaration(text, chunk)
    if strange:
        return strange
    try:
        tree = lark().parse(TextSlice(text, chunk.span.start, chunk.span.end))
        deep = _too_deep(tree)
        if deep is not None:
            return text_errors.too_deep(deep, MOST_LEVELS, "operators, brackets and blocks")
        return declaration(tree)
    except (UnexpectedToken, UnexpectedCharacters) as error:
        return explain(lark(), error, text, chunk)
    except MarginError as problem:
        return text_errors.bad_margin(text, problem)
    except DepthError as problem:
        return text_errors.too_deep(Span(problem.offset, problem.offset + 1), MOST_BLOCKS, "blocks")
    except RejectedError as rejected:
        return text_errors.rejected(text, rejected)


def _further_problems(text: str, chunk: Chunk, first: Diagnostic) -> Iterator[Diagnostic]:
    """The mistakes in other members of a process: it is parsed again without the members that were reported."""
    found: Diagnostic | syntax.Declaration = first
    if chunk.word != "process" or chunk.span.end - chunk.span.start > LONGEST_REPARSED:
        return
    for _ in range(MOST_DIAGNOSTICS - 1):
        if not isinstance(found, Diagnostic) or found.span is None:
            return
        member = member_at(text, chunk, found.span.start)
        if member is None or not text[member.start : member.end].strip():
            return
        blank = "".join("\n" if character == "\n" else " " for character in text[member.start : member.end])
        text = text[: member.start] + blank + text[member.end :]
        chunk = replace(chunk, bracket=None)  # it was told with the member in which it stands
        if code_after(text, text.find("\n", chunk.span.start)) >= chunk.span.end:
            return  # no member is left
        found = _declaration(text, chunk)
        if isinstance(found, Diagnostic):
            yield found


def _too_deep(tree: Tree[Token]) -> Span | None:
    """Where `tree` goes deeper than `MOST_LEVELS`; found without recursion."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for parent in level for child in parent.children if isinstance(child, Tree)]
        if not level:
            return None
    start = next((place(node).start for node in level if not node.meta.empty), place(tree).start)
    return Span(start, start + 1)
