"""What is wrong with a text before the parser sees it, or although the parser accepts it?"""

from difflib import get_close_matches

from dscheck.diagnostics import Diagnostic, Fix, Label
from dscheck.language import syntax
from dscheck.language.edits import insertion, replacement
from dscheck.language.foreign_signs import foreign_sign
from dscheck.language.indentation import MarginError
from dscheck.language.layout import WORD, Chunk, code_after
from dscheck.language.tree_to_expression import MOST_DIGITS, RejectedError
from dscheck.language.words import DECLARATIONS, HOOKS, MEMBERS, STATEMENTS
from dscheck.source import Span

LONGEST_WORD = 40
"""Beyond it, a word is no misspelling, and comparing it with others would take long."""


def protocol_problems(text: str, words: list[tuple[str, int]]) -> list[Diagnostic]:
    """What is wrong with the `protocol` declarations, given the first word and the place of each declaration."""
    places = [start for word, start in words if word == "protocol"]
    if not places:
        start = words[0][1] if words else code_after(text, 0)
        return [
            Diagnostic(
                "DS0119",
                "a spec begins with the name of its protocol" if words else "there is no spec here, only blank lines",
                Span(start, start),
                "no `protocol` before this",
                help="begin with a line such as `protocol Mutex`",
            )
        ]
    problems = []
    if words[0][0] != "protocol":
        problems.append(
            Diagnostic(
                "DS0119",
                "a spec begins with the name of its protocol",
                Span(words[0][1], words[0][1]),
                "this comes before the `protocol`",
                (Label(_word_at(text, places[0]), "move this line to the top"),),
            )
        )
    problems.extend(
        Diagnostic(
            "DS0120",
            "a spec has one `protocol`",
            _word_at(text, start),
            "a second one",
            (Label(_word_at(text, places[0]), "the first one"),),
            help="put the other protocol into a file of its own",
        )
        for start in places[1:]
    )
    return problems


def mixed_margins(text: str, margin: Span) -> Diagnostic:
    """Tabs among spaces, or the reverse."""
    tabs = "\t" in text[margin.start : margin.end]
    return Diagnostic(
        "DS0114",
        "tabs and spaces are mixed in the margin",
        margin,
        "this margin has tabs in it" if tabs else "this margin is made of spaces, those above of tabs",
        help="indent every line by spaces, four for each level",
        note="how wide a tab is depends on the editor, so that the blocks you see need not be the blocks that are read",
    )


def reserved(name: syntax.Identifier) -> Diagnostic:
    """A name that has a meaning of its own."""
    why = "the name of a hook" if name.name in HOOKS else "a word of the language"
    return Diagnostic(
        "DS0115", f"`{name.name}` cannot be a name", name.span, f"this is {why}", help="choose another name"
    )


_NAME_A_PART = {
    "schedule": "say it in several lines",
    "schedules": "say it in several lines",
    "timing": "name a part of it: `let part = …`",
}
"""What to do in blocks, which have no functions."""


def too_deep(span: Span, limit: int, things: str, word: str) -> Diagnostic:
    """More levels than the stages that come later can take, in a declaration that begins with `word`."""
    return Diagnostic(
        "DS0121",
        f"more than {limit} {things} within each other",
        span,
        "one level too many begins here",
        help=_NAME_A_PART.get(word, "name a part of it: `def part(p) = …`"),
    )


def bad_margin(text: str, problem: MarginError) -> Diagnostic:
    """A line that continues no block."""
    start = text.rfind("\n", 0, problem.offset) + 1
    margins = [str(margin) for margin in problem.margins]
    return Diagnostic(
        "DS0110",
        "this line belongs to no block",
        Span(start, problem.offset),
        f"indented by {problem.margin}; the blocks around it by {', '.join(margins[:-1])} and {margins[-1]}",
        help="indent it like the line that it should follow",
    )


def rejected(text: str, problem: RejectedError) -> Diagnostic:
    """What the grammar lets pass and the language does not."""
    if problem.reason == "digits":
        return Diagnostic(
            "DS0126", f"a number of more than {MOST_DIGITS} digits", problem.span, "no spec needs a number this large"
        )
    return Diagnostic(
        "DS0125",
        "a budget says `up to`",
        problem.span,
        f"write `up to {text[problem.span.start : problem.span.end]}`",
        note="the network and the faults may do less than they are allowed: every number up to this one is explored",
        fix=insertion(problem.span.start, "up to "),
    )


def not_a_declaration(text: str, chunk: Chunk) -> Diagnostic | None:
    """A line at column 1 that begins no declaration, or the first line when it is indented."""
    start = chunk.span.start
    if text[start] in " \t":
        code = code_after(text, start)
        return Diagnostic(
            "DS0111",
            "the first line is indented",
            Span(start, code),
            "a declaration begins at the left margin",
            fix=Fix(Span(start, code), "", "remove the margin"),
        )
    if chunk.word in DECLARATIONS:
        return None
    if chunk.word == "":
        if text[start] in ")]}":
            return closes_nothing(text, start)
        sign = foreign_sign(text, start)
        if sign:
            return Diagnostic("DS0102", sign.message, Span(start, start + 1), "a declaration begins with a word")
        return Diagnostic(
            "DS0116", "a declaration begins with a word", Span(start, start + 1), "not with this", help=_declarations()
        )
    span = Span(start, start + len(chunk.word))
    if chunk.word in MEMBERS | STATEMENTS:
        place = "a process" if chunk.word in MEMBERS else "the body of an action or handler"
        return Diagnostic(
            "DS0116",
            f"`{chunk.word}` belongs inside {place}",
            span,
            "this line begins at the left margin, as a declaration does",
            help="indent it" + ("; memory of all processes is a `shared var`" if chunk.word == "var" else ""),
        )
    guess = guessed(chunk.word, DECLARATIONS)
    return Diagnostic(
        "DS0116",
        f"no declaration begins with `{shortened(chunk.word)}`",
        span,
        f"did you mean `{guess}`?" if guess else "not a word that begins a declaration",
        help="" if guess else _declarations(),
        fix=replacement(text, span, guess) if guess else None,
    )


def closes_nothing(text: str, at: int) -> Diagnostic:
    """A closing bracket with no opening one."""
    return Diagnostic("DS0113", f"`{text[at]}` closes nothing", Span(at, at + 1), "no bracket is open here")


def guessed(word: str, known: frozenset[str]) -> str:
    """The word of `known` that was probably meant, or the empty string."""
    close = get_close_matches(word.lower(), sorted(known), n=1) if len(word) <= LONGEST_WORD else []
    return close[0] if close else ""


def shortened(word: str) -> str:
    """`word`, or how it begins if it is very long."""
    return word if len(word) <= LONGEST_WORD else word[:LONGEST_WORD] + "…"


def _word_at(text: str, start: int) -> Span:
    word = WORD.match(text, start)
    return Span(start, word.end() if word else start)


def _declarations() -> str:
    return "one of " + ", ".join(f"`{word}`" for word in sorted(DECLARATIONS))
