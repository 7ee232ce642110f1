"""Which signs does somebody type who has another language in the fingers, and what are they here?"""

import re

from dscheck.record import record
from dscheck.source import Span

OPERATORS = {
    "&&": "and", "||": "or", "<=>": "iff", "<->": "iff", "=>": "implies", "->": "implies", "==>": "implies",
    ":=": "=", "/\\": "and", "\\/": "or", "<>": "!=", "/=": "!=", "=<": "<=", "===": "==", "!==": "!=", "~": "not",
    "!": "not", "&": "and", "//": "/", "**": "",
}  # fmt: skip
UNICODE = {
    "≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or", "¬": "not", "⇒": "implies", "→": "implies",
    "⇔": "iff", "↔": "iff", "∀": "forall", "∃": "exists", "∈": "in", "∉": "not in", "−": "-", "–": "-", "×": "*",
    "·": "*", "÷": "/", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": '"', "’": '"', "∅": "{}", "≔": "=",
    "…": "..", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "\u200b": "", "\ufeff": "",
}  # fmt: skip
INVISIBLE = {"\u00a0": "a no-break space", "\u2009": "a thin space", "\u202f": "a narrow space",
             "\u3000": "a wide space", "\u200b": "a space of no width", "\ufeff": "a byte-order mark"}  # fmt: skip
STEPPED = re.compile(r"(?P<target>[A-Za-z_][\w.\[\]]*)[ \t]*(?P<sign>\+\+|--|[*/%]=)")
QUOTED = re.compile('[“”„«»‘’](?P<inside>[^"\n“”„«»‘’]*)[“”„«»‘’]')
PRIMED = re.compile(r"(?P<name>[A-Za-z_][\w.\[\]]*)'")
BETWEEN_EVENTS = {"->": "implies", "||": "or"}
"""Signs that stand between events, and what somebody means who puts them between truth values."""
TAKEN_FOR_EVENTS = re.compile(
    r"(?P<sign>->|\|\|)(?P<operand>(?:(?!\b(?:and|or|implies|iff|if|else)\b)[\w\s.()\[\]+*])*)$"
)
GOES_ON = re.compile(r"not\b|[=!<>]=|[<>]|->|\|\|")
"""What follows, or stands inside, a truth value and never an event."""
NEARBY = 60
"""Characters before and after the mistake in which a sign may begin or end."""


@record
class Foreign:
    """A sign that another language uses.

    Attributes:
        code: of the diagnostic.
        span: of the sign.
        ours: what to put there; empty when no fixed text will do.
        message: the headline.
        label: what to say at the sign.
        help: what to do if putting `ours` there does not help.
    """

    code: str
    span: Span
    ours: str
    message: str
    label: str
    help: str = ""


def foreign_sign(text: str, at: int, *, in_schedule: bool = False) -> Foreign | None:
    """The foreign sign at offset `at`, or around it when the parser took its first half for something else.

    Args:
        text: of the file.
        at: where it cannot be read.
        in_schedule: whether names stand for events there.
    """
    return (
        _stepped(text, at)
        or _primed(text, at)
        or _unicode(text, at)
        or _between_truth_values(text, at, in_schedule=in_schedule)
        or _operator(text, at)
    )


def _stepped(text: str, at: int) -> Foreign | None:
    start = max(text.rfind("\n", 0, at) + 1, at - NEARBY)
    for match in STEPPED.finditer(text, start, at + NEARBY):
        if not match.start("sign") <= at <= match.end("sign"):
            continue
        target, sign = match["target"], match["sign"]
        span = Span(*match.span("sign"))
        gap = " " if match.end("target") == span.start else ""
        if sign in {"++", "--"}:
            ours = f"{gap}{sign[0]}= 1"
            return Foreign("DS0109", span, ours, f"write `{target} {sign[0]}= 1`", "there is no such operator")
        return Foreign(
            "DS0109", span, f"{gap}= {target} {sign[0]}", f"write `{target} = {target} {sign[0]} …`",
            "only `+=` and `-=` exist",
        )  # fmt: skip
    return None


def _primed(text: str, at: int) -> Foreign | None:
    if text[at : at + 1] != "'":
        return None
    start = max(text.rfind("\n", 0, at) + 1, at - NEARBY)
    for match in PRIMED.finditer(text, start, at + 1):
        if match.end() == at + 1:
            return Foreign(
                "DS0108", Span(*match.span()), match["name"], f"write `{match['name']}` without a prime",
                "an assignment already sets the next value", "a `step` property says `old(x)` for the value before",
            )  # fmt: skip
    end = text.find("'", at + 1, at + NEARBY)
    if end > 0 and "\n" not in text[at:end]:
        return Foreign(
            "DS0102", Span(at, end + 1), f'"{text[at + 1 : end]}"', "a text stands between double quotes",
            "these are single quotes",
        )  # fmt: skip
    return None


def _unicode(text: str, at: int) -> Foreign | None:
    sign = text[at : at + 1]
    if sign not in UNICODE or sign == "":
        return None
    ours = UNICODE[sign]
    if ours == '"':
        end = QUOTED.match(text, at)
        if end:
            return Foreign(
                "DS0102", Span(*end.span()), f'"{end["inside"]}"', f"type `\"` for {sign}",
                "these are quotation marks of a printed text",
            )  # fmt: skip
    name = INVISIBLE.get(sign, f"`{sign}`")
    message = f"type `{ours}` for {name}" if ours.strip() else f"{name} stands here"
    spaced = _spaced(text, Span(at, at + 1), ours)
    label = "the language is written with the signs of the keyboard" if ours.strip() else "type an ordinary space"
    return Foreign("DS0102", Span(at, at + 1), spaced, message, label, f"type `{ours}`" if ours.strip() else "")


def _between_truth_values(text: str, at: int, *, in_schedule: bool) -> Foreign | None:
    """A sign of events in `a || not b`, `a || b == 1` or `a || b || c`: the parser stops only after it."""
    found = GOES_ON.match(text, at)
    if found is None:
        return None
    sign = found[0]
    start = at
    if sign not in BETWEEN_EVENTS:
        before = TAKEN_FOR_EVENTS.search(text, text.rfind("\n", 0, at) + 1, at)
        if before is None or before["operand"].count("(") != before["operand"].count(")"):
            return None
        start, sign = before.start(), before["sign"]
    span = Span(start, start + len(sign))
    if in_schedule:
        advice = f"say it of each two events: `a {sign} b and b {sign} c`; the opposite is `not (a {sign} b)`"
        return Foreign("DS0128", span, "", f"`{sign}` stands between two events", "this is true or false", advice)
    ours = BETWEEN_EVENTS[sign]
    label = f"`{sign}` stands between two events, and `{ours}` between truth values"
    return Foreign("DS0104", span, _spaced(text, span, ours), f"write `{ours}` for `{sign}`", label)


def _operator(text: str, at: int) -> Foreign | None:
    for sign in sorted(OPERATORS, key=len, reverse=True):
        for shift in range(len(sign)):
            start = at - shift
            if start < 0 or not text.startswith(sign, start):
                continue
            if sign == "!" and text.startswith("!=", start):
                continue
            if sign == "~" and text.startswith("~>", start):
                span = Span(start, start + len("~>"))
                advice = "declare `progress NAME: A ~> B`; within a formula, of one moment, write `implies`"
                return Foreign("DS0104", span, "", "`~>` stands in `progress`", "this is no such line", advice)
            ours = OPERATORS[sign]
            span = Span(start, start + len(sign))
            message = f"write `{ours}` for `{sign}`" if ours else f"there is no operator `{sign}`"
            ours = _spaced(text, span, ours)
            return Foreign("DS0104", span, ours, message, "not an operator of the language")
    return None


def _spaced(text: str, span: Span, ours: str) -> str:
    """`ours` in the place of `span`, with spaces around it if it is a word and none are there."""
    if not ours.isalpha():
        return ours
    before = "" if text[span.start - 1 : span.start] in {" ", "(", "[", "{"} else " "
    return before + ours + ("" if text[span.end : span.end + 1] == " " else " ")
