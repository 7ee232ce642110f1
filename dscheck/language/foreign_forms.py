"""Which whole forms does somebody write who has another language in the fingers, and what is the way here?"""

import re

from dscheck.diagnostics import Diagnostic, Fix
from dscheck.language.edits import replacement
from dscheck.record import record
from dscheck.source import Span


@record
class _Form:
    """A form that the language has not.

    Attributes:
        before: what stands on the line before the place where the parser stops; its group `it` is what is told.
        behind: what stands from there on.
        member: whether it counts only inside a process, or, if false, only at the left margin.
        message: the headline.
        label: what to say at the form.
        advice: the way out.
        ours: what to put there instead; empty when no fixed text will do.
    """

    before: re.Pattern[str]
    behind: re.Pattern[str]
    member: bool
    message: str
    label: str
    advice: str = ""
    ours: str = ""


def _form(
    before: str, behind: str, message: str, label: str, advice: str = "", *, member: bool = True, ours: str = ""
) -> _Form:
    return _Form(re.compile(before), re.compile(behind), member, message, label, advice, ours)


_FORMS = (
    _form(
        r"\s*(?P<it>else )$", r"if\b", "write `elif` for `else if`", "`else` has no condition",
        ours="elif",
    ),
    _form(
        r"\s*(?P<it>while|until|loop|repeat) ?$", r"\w|\(|:|\n", "there is no such loop", "a step always ends",
        "an `action … when` the condition goes on while it holds, a step at a time; `for q in …:` goes through a set",
    ),
    _form(
        r"\s*(?P<it>switch|match|case) $", r"\w|\(", "there is no such branching", "a branch is an `if`",
        "write `if mode == idle:`, `elif`, `else`",
    ),
    _form(
        r"\s*(?P<it>break|continue)$", r"\n", "a `for` goes through everything", "nothing ends it early",
        "narrow what it goes through: `for q in {p for p in Node if …}:`; `choose` takes one of them",
    ),
    _form(
        r"\s*(?P<it>let|const|val|int|bool) $", r"\w", "a body has no variables of its own", "declared in a body",
        "declare it in the process: `var y: 0..3 = 0`; a value with a name is `def y(…) = …` outside",
    ),
    _form(
        r"\s+(?P<it>)$", r"var\b", "a body has no variables of its own", "declared in a body",
        "declare it in the process; a value with a name is `def y(…) = …` outside",
    ),
    _form(
        r"\s*(?P<it>return) $", r"\S", "`return` gives no value", "it ends the body",
        "a function with a value stands outside the processes: `def largest(p) = …`",
    ),
    _form(
        r"\s+(?P<it>def) \w+(\([^()]*\))? ?$", r"=", "a function with a value stands outside the processes",
        "in a process `def` begins a helper, which is made of statements",
        "begin the line at the left margin, behind the process or before it",
    ),
    _form(
        r"(?P<it>def) \w+(\([^()]*\))? ?$", r":", "a function is one expression", "this begins a block",
        "write `def largest(p) = …`; a `def` with statements stands inside a process", member=False,
    ),
    _form(
        r"check .*\bin (?P<it>\{[^{}]*\})\s*$", r".", "a sweep goes through a range", "this is a set",
        "write `N in 2..4`; values that are no neighbours need a check each", member=False,
    ),
    _form(
        r".*[^=!<>]= .*\S (?P<it>if) .*\S\s*$", r"\n", "a value with `if` has an `else` too", "and if not?",
        "write `1 if c else 2`; what happens only if `c` holds is a block below `if c:`",
    ),
)  # fmt: skip
_NUMBERS = re.compile(r"\{\s*\d+(?:\s*,\s*\d+)*\s*,?\s*\}")


def foreign_form(text: str, at: int) -> Diagnostic | None:
    """The form of another language in whose line the parser stops at offset `at`."""
    start = text.rfind("\n", 0, at) + 1
    line = text[start:at]
    for form in _FORMS:
        found = form.before.fullmatch(line)
        if found is None or form.behind.match(text, at) is None or form.member != line[:1].isspace():
            continue
        place = Span(start + found.start("it"), start + found.end("it"))
        if not found["it"].strip():
            place = Span(at, at + 3)
        return Diagnostic("DS0127", form.message, place, form.label, help=form.advice, fix=_fix(text, form, place, at))
    return None


def _fix(text: str, form: _Form, place: Span, at: int) -> Fix | None:
    if form.ours:
        return replacement(text, Span(place.start, at + 2), form.ours)
    written = text[place.start : place.end]
    if _NUMBERS.fullmatch(written):
        numbers = [int(each) for each in re.findall(r"\d+", written)]
        if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
            return replacement(text, place, f"{numbers[0]}..{numbers[-1]}")
    return None
