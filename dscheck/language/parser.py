"""How does text become syntax? Declaration by declaration, so that every independent mistake is found in one run."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language import syntax, text_errors
from dscheck.language.indentation import MOST_BLOCKS, Blocks, DepthError, MarginError
from dscheck.language.layout import WORD, Chunk, chunks, code_after, member_at, mixed_margin
from dscheck.language.shift_reduce import read
from dscheck.language.table_file import tables
from dscheck.language.tokens import Unreadable
from dscheck.language.tree_to_expression import RejectedError
from dscheck.language.tree_to_syntax import declaration
from dscheck.language.trees import EMPTY, Tree
from dscheck.language.words import reserved_names
from dscheck.source import SourceFile, Span

MOST_DIAGNOSTICS = 20
MOST_BRACKETS = 100
LONGEST_REPARSED = 20_000  # characters: a longer process tells of its first mistake only, or parsing would take minutes
MOST_LEVELS = 150
"""How deep a tree may be. Every later stage recurses over it, and Python's own limit is a thousand calls."""


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


def _declaration(text: str, chunk: Chunk) -> syntax.Declaration | Diagnostic:
    """The declaration in `chunk`, or what is wrong with it."""
    if chunk.bracket and chunk.bracket.kind == "deep":
        return text_errors.too_deep(
            Span(chunk.bracket.offset, chunk.bracket.offset + 1), MOST_BRACKETS, "brackets", chunk.word
        )
    strange = text_errors.not_a_declaration(text, chunk)
    if strange:
        return strange
    try:
        tree = read(tables(), Blocks(), text, chunk.span.start, chunk.span.end)
        deep = _too_deep(tree)
        if deep is not None:
            return text_errors.too_deep(deep, MOST_LEVELS, "operators, brackets and blocks", chunk.word)
        return declaration(tree)
    except Unreadable:
        from dscheck.language.syntax_errors import diagnose

        return diagnose(text, chunk)
    except MarginError as problem:
        return text_errors.bad_margin(text, problem)
    except DepthError as problem:
        return text_errors.too_deep(Span(problem.offset, problem.offset + 1), MOST_BLOCKS, "blocks", chunk.word)
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


def _too_deep(tree: Tree) -> Span | None:
    """Where `tree` goes deeper than `MOST_LEVELS`; found without recursion."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for parent in level for child in parent.children if isinstance(child, Tree)]
        if not level:
            return None
    start = next((node.start_pos for node in level if node.start_pos != EMPTY), tree.start_pos)
    return Span(start, start + 1)
