"""What is wrong with a declaration that does not parse, in the language's own words?"""

import re
from dataclasses import replace

from lark import Lark, TextSlice, UnexpectedCharacters, UnexpectedToken

from dscheck.diagnostics import Diagnostic, Fix, Label
from dscheck.language.edits import insertion, replacement
from dscheck.language.foreign_forms import foreign_form
from dscheck.language.foreign_signs import foreign_sign
from dscheck.language.indentation import DEDENT, INDENT, NEWLINE
from dscheck.language.lark_grammar import lark as parser_by_lark
from dscheck.language.layout import CLOSER, WORD, Chunk, code_after
from dscheck.language.syntax_expectations import MEMBER_STARTS, expectations, found_words
from dscheck.language.syntax_repairs import best_repair, follow, lexemes, tried
from dscheck.language.text_errors import closes_nothing, guessed, shortened
from dscheck.language.words import DECLARATIONS, KEYWORDS, MEMBERS, STATEMENTS
from dscheck.source import Span

END = "$END"
_ADVICE = {";": "give each statement a line of its own", "\\": "an expression goes on inside brackets"}


def diagnose(text: str, chunk: Chunk) -> Diagnostic:
    """Why the declaration in `chunk` cannot be read.

    Args:
        text: the whole file, ending in a newline.
        chunk: the declaration, which `shift_reduce.read` refused.
    """
    lark = parser_by_lark()
    try:
        lark.parse(TextSlice(text, chunk.span.start, chunk.span.end))
    except (UnexpectedToken, UnexpectedCharacters) as error:
        return explain(lark, error, text, chunk)
    raise AssertionError("the grammar allows what the parser refused")


def explain(lark: Lark, error: UnexpectedToken | UnexpectedCharacters, text: str, chunk: Chunk) -> Diagnostic:
    """Why the parser stopped in `chunk`.

    Args:
        lark: the parser, to try repairs on.
        error: how it stopped.
        text: the whole file, ending in a newline.
        chunk: the declaration.
    """
    at = _start(error, chunk)
    sign = _sign(lark, text, chunk, at)
    if sign:
        return sign
    if isinstance(error, UnexpectedCharacters):
        return _strange_character(lark, text, chunk, at)
    accepted = error.accepts
    return (
        _bracket(lark, text, chunk, at, accepted, error.token.type)
        or _layout(text, chunk, at, accepted, error.token.type)
        or _form(lark, text, chunk, at)
        or _word(lark, text, chunk, at, accepted, error)
        or _unexpected(lark, text, chunk, at, accepted, error)
    )


def _start(error: UnexpectedToken | UnexpectedCharacters, chunk: Chunk) -> int:
    if isinstance(error, UnexpectedToken):
        # Lark places the end where the last token begins.
        return chunk.span.end if error.token.type == END else error.token.start_pos or 0
    assert error.pos_in_stream is not None
    return error.pos_in_stream


def _sign(lark: Lark, text: str, chunk: Chunk, at: int) -> Diagnostic | None:
    """A sign of another language, a fraction, a prime."""
    for match in re.finditer(r"[0-9]+\.[0-9]+", text[max(0, at - 40) : at + 40]):
        start = max(0, at - 40) + match.start()
        if start <= at < start + len(match.group()):
            return Diagnostic(
                "DS0123",
                "numbers are whole",
                Span(start, start + len(match.group())),
                "this one has a fraction",
                help="count in a smaller unit: milliseconds for seconds, percent for a share",
            )
    sign = foreign_sign(text, at, in_schedule=chunk.word in {"schedule", "schedules"})
    if sign is None:
        return None
    fix = tried(lark, text, chunk, replacement(text, sign.span, sign.ours)) if sign.ours else None
    return Diagnostic(sign.code, sign.message, sign.span, sign.label, help="" if fix else sign.help, fix=fix)


def _strange_character(lark: Lark, text: str, chunk: Chunk, at: int) -> Diagnostic:
    end = text.find("\n", at)
    if text[at] == '"':
        code = text[at:end].rstrip()
        closed = code[:-1] + '":' if code.endswith(":") else code + '"'
        return Diagnostic(
            "DS0122",
            "a text ends on its line",
            Span(at, at + len(code)),
            'no closing `"`',
            fix=tried(lark, text, chunk, Fix(Span(at, at + len(code)), closed, 'insert `"`')),
        )
    character = text[at]
    name = f"`{character}`" if character.isprintable() else f"the character U+{ord(character):04X}"
    return Diagnostic(
        "DS0102",
        f"{name} means nothing here",
        Span(at, at + 1),
        "no part of the language uses it",
        help=_ADVICE.get(
            character, "names are made of the letters A to Z, digits and `_`" if character.isalpha() else ""
        ),
        fix=None if character.isalpha() else tried(lark, text, chunk, Fix(Span(at, at + 1), "", f"remove {name}")),
    )


def _bracket(lark: Lark, text: str, chunk: Chunk, at: int, accepted: set[str], found: str) -> Diagnostic | None:
    """A bracket without its partner."""
    problem = chunk.bracket
    if problem is None:
        return None
    mark = text[problem.offset]
    if problem.kind == "extra" and problem.offset == at:
        return closes_nothing(text, at)
    if problem.kind == "wrong" and problem.offset == at and problem.partner is not None:
        closer = CLOSER[text[problem.partner]]
        return Diagnostic(
            "DS0113",
            f"`{mark}` cannot close `{text[problem.partner]}`",
            Span(at, at + 1),
            f"`{closer}` is due before it",
            (Label(Span(problem.partner, problem.partner + 1), "opened here"),),
            fix=tried(lark, text, chunk, replacement(text, Span(at, at + 1), closer))
            or tried(lark, text, chunk, insertion(at, closer)),
        )
    if problem.kind != "open" or problem.offset >= at:
        return None
    closer = CLOSER[mark]
    terminal = {")": "RPAR", "]": "RSQB", "}": "RBRACE"}[closer]
    if found != END and terminal not in accepted:
        return None
    end = _code_end(text, chunk, at)
    return Diagnostic(
        "DS0113",
        f"`{mark}` is never closed",
        Span(end, end),
        f"`{closer}` is due before this line ends" if "\n" in text[end:at] else f"`{closer}` is due here",
        (Label(Span(problem.offset, problem.offset + 1), "opened here"),),
        fix=tried(lark, text, chunk, insertion(end, closer)),
    )


def _layout(text: str, chunk: Chunk, at: int, accepted: set[str], found: str) -> Diagnostic | None:
    """A missing colon, a missing block, or a block where none can be."""
    end = _code_end(text, chunk, at)
    if INDENT in accepted:
        return Diagnostic(
            "DS0112",
            "the block after `:` is missing",
            Span(end - 1, end),
            "the lines that follow should be indented",
            help="indent what belongs to it by four spaces; `pass` does nothing",
        )
    if found == INDENT:
        start = text.rfind("\n", 0, at) + 1
        return Diagnostic(
            "DS0111",
            "this line is indented for no reason",
            Span(start, at),
            "no block begins here",
            help="a block begins after a line that ends in `:`; an expression goes on inside brackets only",
        )
    if found in {NEWLINE, END} and "COLON" in accepted:
        next_code = code_after(text, at)
        deeper = next_code < chunk.span.end and _margin(text, next_code) > _margin(text, end)
        if deeper:
            return Diagnostic(
                "DS0105", "a line that begins a block ends in `:`", Span(end, end), "`:` is due here",
                fix=insertion(end, ":"),
            )  # fmt: skip
    return None


def _form(lark: Lark, text: str, chunk: Chunk, at: int) -> Diagnostic | None:
    """A form of another language; its repair is shown if it works."""
    form = foreign_form(text, at)
    if form is None or form.fix is None:
        return form
    fix = tried(lark, text, chunk, form.fix)
    return replace(form, fix=fix, help="" if fix else form.help)


def _word(
    lark: Lark, text: str, chunk: Chunk, at: int, accepted: set[str], error: UnexpectedToken
) -> Diagnostic | None:
    """A word in the wrong place, or one that has been left out."""
    token = error.token
    found = str(token)
    span = Span(at, at + len(found))
    if accepted >= MEMBER_STARTS and WORD.match(text, at):
        return _not_a_member(text, span)
    if found == "=" and "COMPARE" in accepted:
        return Diagnostic(
            "DS0103", "`=` assigns; `==` compares", span, "this should compare",
            help="write `==`", fix=tried(lark, text, chunk, replacement(text, span, "==")),
        )  # fmt: skip
    if found == "=" and text[at - 1] == "=":
        span = Span(at - 1, at + 1)
        return Diagnostic(
            "DS0103", "`==` compares; `=` assigns", span, "this should assign",
            help="write `=`", fix=tried(lark, text, chunk, replacement(text, span, "=")),
        )  # fmt: skip
    if "TO" in accepted and _line_begins_with(text, at, "send"):
        fix = insertion(at, "to ") if token.type not in {NEWLINE, END} else None
        end = _code_end(text, chunk, at)
        return Diagnostic(
            "DS0106", "`send` says to whom", span if fix else Span(end, end),
            "`to` is missing before this" if fix else "`to` and the receivers are missing",
            help="as in `send Reply to q` or `send Request to others`",
            fix=tried(lark, text, chunk, fix) if fix else None,
        )  # fmt: skip
    if token.type in {"FORALL", "EXISTS"}:
        end = _quantifier_end(text, at)
        wrapped = Fix(Span(at, end), f"({text[at:end]})", "put it in parentheses")
        return Diagnostic(
            "DS0107", f"`{found}` in the middle of an expression needs parentheses", span,
            "where this ends is unclear to a reader", help=f"write `({found} …: …)`",
            fix=tried(lark, text, chunk, wrapped),
        )  # fmt: skip
    if token.type == "FOR" and "RPAR" in accepted:
        return Diagnostic(
            "DS0124", "only `sum`, `min`, `max`, `all` and `any` gather with `for`", span,
            "nothing here takes a `for`",
            help="build a set or a list first: `len({q for q in Node if …})`; `count(q in Node if …)` counts",
        )  # fmt: skip
    state = error.interactive_parser
    if found in KEYWORDS and "NAME" in accepted and state is not None:
        rest = lexemes(text, span.end)
        if follow(lark, state, ["name", *rest]) > min(2, len(rest)):
            return Diagnostic(
                "DS0115", f"`{found}` cannot be a name", span, "this is a word of the language",
                help="choose another name",
            )  # fmt: skip
    return None


def _not_a_member(text: str, span: Span) -> Diagnostic:
    """A line of a process that begins with the wrong word."""
    word = text[span.start : span.end]
    if word in DECLARATIONS:
        return Diagnostic(
            "DS0117", f"`{word}` stands outside the processes", span, "this line is inside one",
            help="begin it at the left margin",
        )  # fmt: skip
    rest = text[span.end : span.end + 3].lstrip()
    if word in STATEMENTS or rest.startswith(("=", "+=", "-=", "(", "[")):
        return Diagnostic(
            "DS0117", "a statement stands in the body of an action or handler", span, "this one is in none",
            help="a process lists its variables, timers, actions and handlers; only their bodies do something",
        )  # fmt: skip
    guess = guessed(word, MEMBERS)
    return Diagnostic(
        "DS0117",
        f"no member of a process begins with `{shortened(word)}`",
        span,
        f"did you mean `{guess}`?" if guess else "not a word that begins one",
        help="" if guess else "a process is made of `var`, `clock`, `timer`, `action`, `on` and `def`",
        fix=replacement(text, span, guess) if guess else None,
    )


def _unexpected(lark: Lark, text: str, chunk: Chunk, at: int, accepted: set[str], error: UnexpectedToken) -> Diagnostic:
    """What was expected, what was found, and the repair that works if there is one."""
    expected = expectations(lark, accepted)
    found = found_words(error.token.type, shortened(str(error.token)))
    end = _code_end(text, chunk, at)
    is_text = error.token.type not in {NEWLINE, INDENT, DEDENT, END}
    span = Span(at, at + len(error.token)) if is_text else Span(end, end)
    repair = best_repair(lark, error, text) if error.token.type not in {INDENT, DEDENT, END} else None
    fix: Fix | None = None
    if repair and repair.replaces:
        named = replacement(text, span, repair.text) if repair.text else Fix(span, "", f"remove {found}")
        fix = tried(lark, text, chunk, named)
    elif repair:
        at_end = error.token.type == NEWLINE
        if repair.text in {":", ",", ")", "]", "}", "("}:
            edit = insertion(end, repair.text)
        else:
            edit = insertion(end, f" {repair.text}") if at_end else insertion(at, f"{repair.text} ")
        fix = tried(lark, text, chunk, edit)
    continued = error.token.type == NEWLINE and "NUMBER" in accepted
    return Diagnostic(
        "DS0101",
        f"expected {expected}, found {found}",
        span,
        fix.title if fix else "",
        help="an expression goes on to the next line only inside brackets" if continued else "",
        fix=fix,
    )


def _code_end(text: str, chunk: Chunk, before: int) -> int:
    """Where the last code before offset `before` ends: a missing end belongs there, not where its lack is noticed."""
    end = chunk.span.start
    at = end
    for piece in re.finditer(r'"[^"\n]*"?|#[^\n]*|[^\s"#]+', text[chunk.span.start : before]):
        if not piece.group().startswith("#"):
            at = end + piece.end()
    return at


def _quantifier_end(text: str, at: int) -> int:
    """Where a quantifier at `at` ends: with its line, its brackets or the `:` of its block."""
    depth = 0
    for piece in re.finditer(r'"[^"\n]*"?|[()\[\]{}#\n]', text[at:]):
        mark = piece.group()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        if depth < 0 or (mark in "#\n" and depth == 0):
            return at + len(text[at : at + piece.start()].rstrip().removesuffix(":"))
    return len(text)


def _line_begins_with(text: str, at: int, word: str) -> bool:
    start = text.rfind("\n", 0, at) + 1
    return text[start:at].lstrip().startswith(word)


def _margin(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    return len(text[start:at]) - len(text[start:at].lstrip(" \t"))
