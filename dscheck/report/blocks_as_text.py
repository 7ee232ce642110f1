"""What came out for a schedule or a timing block? Line by line as written, with answers, reasons and pictures."""

import re
from collections.abc import Iterator

from dscheck.report.columns import WIDTH, display_width, flow, pad, printable, sentence_lines
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.status import KEY, LEFT, TextOptions, count, duration, headline, status
from dscheck.report.style import Role, Style, plain
from dscheck.spacetime import Diagram
from dscheck.verdict import BlockResult, ClaimResult, FileResult, Outcome

_WIDEST_CLAIM = 52
_MOST_LINES_OF_TIMES = 2
_FRACTION = re.compile(r"(-?)(\d+)/(\d+)")
_DIGITS = 3  # of the decimal beside a fraction


def block_as_text(
    file: FileResult,
    block: BlockResult,
    options: TextOptions = TextOptions(),  # noqa: B008  (it is frozen)
    *,
    name_width: int = 0,
    style: Style = plain,
) -> str:
    """One block: its status, each line that claims or asks something with what came out, and the pictures that matter.

    Args:
        file: the file it belongs to.
        block: the answer.
        options: how much to tell.
        name_width: cells to which its name is padded, so that neighbours line up.
        style: sets pieces off by their role.
    """
    lines = [headline(file, block, block.kind, options, name_width=name_width, style=style)]
    for role, text in _body(file, block, options):
        lines.append(" " * LEFT + (style(role, text) if role else text))
    return "\n\n".join(["\n".join(lines), *_pictures(block, options, style)])


def _body(file: FileResult, block: BlockResult, options: TextOptions) -> Iterator[tuple[Role | None, str]]:
    word = status(block, strict=options.strict)[0]
    if block.met is not True and block.reason:
        for line in sentence_lines(block.reason, WIDTH - LEFT):
            yield None, line
    column = min(_WIDEST_CLAIM, max((display_width(printable(each.text)) for each in block.claims), default=0))
    for claim in block.claims:
        yield from _claim(file, block, claim, column, full=options.full_runs)
    for key, texts in (
        ("note", block.notes),
        *(("warning" if each.kind == "vacuity" else "remark", (_placed(file, each.text, each.line),))
          for each in block.warnings),
    ):  # fmt: skip
        for text in texts:
            yield from _keyed(key, sentence_lines(text, WIDTH - LEFT - KEY), "unsure" if key == "warning" else None)
    yield "dim", ", ".join([*_counted(block), duration(block.seconds)])
    if block.replay and word != "MET":
        yield None, pad("next", KEY) + printable(block.replay)


def _placed(file: FileResult, text: str, line: int) -> str:
    return f"{text} ({file.path}:{line})" if line else text


def _counted(block: BlockResult) -> Iterator[str]:
    """`7 events` for `{"events": 7}`."""
    for plural, number in block.counted.items():
        yield count(number, plural.removesuffix("s"))


def _keyed(key: str, lines: list[str], role: Role | None = None) -> Iterator[tuple[Role | None, str]]:
    for number, line in enumerate(lines):
        yield role, pad(key if number == 0 else "", KEY) + line


# --- one line of the block ---------------------------------------------------------------------


def _claim(
    file: FileResult, block: BlockResult, claim: ClaimResult, column: int, *, full: bool
) -> Iterator[tuple[Role | None, str]]:
    """The line as written, what came out beside it, and below what explains it."""
    key, role = _key_of(claim)
    room = WIDTH - LEFT - KEY
    told = "; ".join(part for part in (_answer(claim), printable(claim.note)) if part and part != block.reason)
    place = f"{printable(file.path)}:{claim.line}" if claim.met is not True and claim.line else ""
    text, more = sentence_lines(claim.text, room), list[str]()
    width = max(
        column, display_width(text[0])
    )  # one that is wider than its neighbours' column keeps its answer beside it
    if told and len(text) == 1 and width + 2 + display_width(told) <= room:
        text = [pad(text[0], width) + "  " + told]
    elif told:
        more = sentence_lines(told, room - 2)
    if place:
        gap = room - display_width(text[-1]) - display_width(place)
        if gap >= 2:
            text[-1] += " " * gap + place
        else:
            more.append(place)
    lines = [*text, *(f"  {line}" for line in more)]
    if claim.kind == "query" and claim.diagrams and not (full or claim.met is not True):
        lines += [f"  {line}" for line in _times(claim.diagrams[0], room - 2)]
    yield from _keyed(key, lines, role)
    for _, line in _keyed("", _reasons(file, claim)):
        yield None, line


def _key_of(claim: ClaimResult) -> tuple[str, Role | None]:
    if claim.met is None or claim.outcome is Outcome.UNKNOWN:
        return "unknown", "unsure"
    if not claim.met:
        return "violated", "bad"
    return ("answer" if claim.kind in {"query", "ask"} else "holds"), None


def _answer(claim: ClaimResult) -> str:
    """`worst = 614/99 ≈ 6.202`, `L(c) = 3`; without a name for what only has a value."""
    value = printable(claim.value)
    if not value:
        return ""
    if fraction := _FRACTION.fullmatch(value):
        value += f" ≈ {fraction[1]}{_decimal(int(fraction[2]), int(fraction[3]))}"
    name = claim.name
    if claim.kind == "ask":
        sides = [side.strip() for side in claim.text.removeprefix("expect").split("==")]
        name = next((side for side in sides if side != "?"), "") if len(sides) == 2 else ""
    return f"{printable(name)} = {value}" if name else value


def _decimal(numerator: int, denominator: int) -> str:
    """The quotient rounded to a few digits, by whole numbers: a float would show digits that are not those of it."""
    thousandths = (2 * numerator * 10**_DIGITS + denominator) // (2 * denominator)
    whole, rest = divmod(thousandths, 10**_DIGITS)
    return f"{whole}.{rest:0{_DIGITS}}"


def _times(diagram: Diagram, room: int) -> list[str]:
    """`at ask 0, got 16, back 20`, on two lines at most."""
    items = [printable(f"{event.name} {event.time}") for event in diagram.events if event.time]
    if not items:
        return []
    lines = flow(items, room - 3)
    if len(lines) > _MOST_LINES_OF_TIMES:
        lines = [*lines[:_MOST_LINES_OF_TIMES], "… (-v draws them all)"]
    return [("at " if number == 0 else "   ") + line for number, line in enumerate(lines)]


def _reasons(file: FileResult, claim: ClaimResult) -> list[str]:
    """The lines of the block that exclude it, each with its place."""
    if not claim.reasons:
        return []
    lines = ["  these contradict each other" if claim.kind == "given" else "  excluded by"]
    places = [f"{printable(file.path)}:{each.line}" for each in claim.reasons]
    room = WIDTH - LEFT - KEY - 6 - max(map(display_width, places))
    texts = [sentence_lines(each.text, room) or [""] for each in claim.reasons]
    column = min(_WIDEST_CLAIM, max(display_width(text[-1]) for text in texts))
    for text, place in zip(texts, places, strict=True):
        lines += [f"    {line}" for line in text[:-1]]
        lines.append(f"    {pad(text[-1], column)}  {place}")
    return lines


# --- pictures ----------------------------------------------------------------------------------


def _pictures(block: BlockResult, options: TextOptions, style: Style) -> Iterator[str]:
    """The diagram of the block, then those of its lines; without being asked, those of lines that are not met."""
    drawn: list[Diagram] = []
    if block.diagram is not None and (options.full_runs or block.met is not True):
        drawn.append(block.diagram)
    for claim in block.claims:
        if options.full_runs or claim.met is not True:
            drawn += claim.diagrams
    for number, diagram in enumerate(drawn):
        if diagram not in drawn[:number]:
            yield diagram_as_text(diagram, style=style)
