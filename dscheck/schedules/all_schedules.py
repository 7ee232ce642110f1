"""Do formulas hold in all schedules of an extent? Each is asked of one schedule after the other, the smallest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dscheck.language import syntax
from dscheck.language.check_all_schedules import extent_of, formulas_of
from dscheck.language.findings import counted as number_of
from dscheck.options import Limits
from dscheck.record import record
from dscheck.schedules.claims import Told, assignment, line_of, made_claim, outcome_of, text_of, with_facts
from dscheck.schedules.drawing import diagram_of
from dscheck.schedules.enumeration import schedules_within
from dscheck.schedules.formulas import Events, Matcher, Vocabulary, matcher_of, read, vocabulary_of
from dscheck.schedules.patience import Deadline, TimeIsOver, deadline_in
from dscheck.schedules.sheet import ClockKind, Sheet, clocks_of
from dscheck.source import SourceFile
from dscheck.verdict import BlockResult, Caution, ClaimKind, ClaimResult, Outcome

Claim = syntax.ScheduleForall | syntax.Find


@record
class _Decision:
    """What decides a claim: a schedule, and events in it, that break a `forall` or show a `find`."""

    sheet: Sheet
    events: Events


@record
class _Search:
    """How far the search came, and what it found.

    Attributes:
        schedules: how many were looked at.
        events: in the last of them.
        stopped_by: what ended it too early; empty if nothing did.
        interrupted: whether that was the user.
        decided: the claims by number.
        supposed: the numbers of the claims that say `A implies B` for which A was true once.
    """

    schedules: int
    events: int
    stopped_by: str
    interrupted: bool
    decided: Mapping[int, _Decision]
    supposed: frozenset[int]


def answer_schedules(
    source: SourceFile, block: syntax.Schedules, above: Sequence[syntax.Schedule], limits: Limits
) -> BlockResult:
    """Check formulas on all schedules of an extent, up to renaming.

    Args:
        source: the file.
        block: free of static mistakes.
        above: the schedules of the file, whose clocks and formulas it takes if it has no lines.
        limits: `timeout`, and `max_states` as the number of schedules; a claim that one leaves open is UNKNOWN.
    """
    lines = list(dict.fromkeys(formulas_of(block, above)))  # two schedules may say the same
    clocks = clocks_of(lines)
    claims = [line for line in lines if not isinstance(line, syntax.ScheduleClock)]
    # To a clock that counts local events only, a send that nobody receives is not the same as a local event.
    lost = "version" in clocks.values()
    search = _search(schedules_within(extent_of(block), lost=lost), claims, clocks, limits)
    results = tuple(_result(source, claim, search, number, clocks) for number, claim in enumerate(claims))
    outcome, met, reason = outcome_of(results)
    return BlockResult(
        block.name.name,
        "schedules",
        outcome,
        met,
        reason,
        results,
        counted={"schedules": search.schedules},
        interrupted=search.interrupted,
        notes=("messages that nobody receives are among them: a version clock can tell",) if lost else (),
        warnings=tuple(_idle(source, block, claims, search)),
    )


def _search(
    schedules: Iterator[Sheet], claims: Sequence[Claim], clocks: Mapping[str, ClockKind], limits: Limits
) -> _Search:
    """Look at schedules until every claim is decided or a limit is reached."""
    undecided = {number: _deciding(claim, Vocabulary(clocks)) for number, claim in enumerate(claims)}
    supposing = {
        number: matcher_of(_names(claim), supposition, Vocabulary(clocks))
        for number, claim in enumerate(claims)
        if (supposition := _supposition(claim)) is not None
    }
    decided: dict[int, _Decision] = {}
    supposed: set[int] = set()
    deadline = deadline_in(limits.timeout)
    count, events, stopped_by, interrupted = 0, 0, "", False
    try:
        for sheet in schedules:
            stopped_by = _reached(limits, count, deadline)
            if stopped_by or not undecided:
                break
            reading = read(sheet, clocks, deadline)
            for number, matcher in list(undecided.items()):
                if (found := next(matcher(reading), None)) is not None:
                    decided[number] = _Decision(sheet, found)
                    del undecided[number]
            supposed |= {number for number in supposing.keys() - supposed if any(supposing[number](reading))}
            count, events = count + 1, len(sheet.events)
    except TimeIsOver:
        stopped_by = _over(deadline)
    except KeyboardInterrupt:  # what was decided until then is told
        stopped_by, interrupted = "an interruption", True
    return _Search(count, events, stopped_by if undecided else "", interrupted, decided, frozenset(supposed))


def _deciding(claim: Claim, vocabulary: Vocabulary) -> Matcher:
    """Finds what breaks a `forall`, or shows a `find`."""
    return matcher_of(_names(claim), claim.condition, vocabulary, wanted=isinstance(claim, syntax.Find))


def _reached(limits: Limits, count: int, deadline: Deadline) -> str:
    """The limit that ends a search before the next schedule; empty if none does."""
    if limits.max_states is not None and count >= limits.max_states:
        return f"the limit of {_schedules(limits.max_states)}"
    return "" if deadline.left else _over(deadline)


def _over(deadline: Deadline) -> str:
    return f"the time limit of {deadline.seconds:g} s"


def _result(
    source: SourceFile, claim: Claim, search: _Search, number: int, clocks: Mapping[str, ClockKind]
) -> ClaimResult:
    finds = isinstance(claim, syntax.Find)
    kind: ClaimKind = "find" if finds else "forall"
    decision = search.decided.get(number)
    if decision is not None:
        sheet = decision.sheet
        told = Told(source, vocabulary_of(sheet, clocks), read(sheet, clocks))
        facts = with_facts(told, _names(claim), decision.events, claim.condition)
        note = f"{_size(sheet)}: {facts}" if finds else f"fails in a schedule with {_size(sheet)}, for {facts}"
        title = f"the smallest schedule that {'shows' if finds else 'breaks'} it"
        diagram = diagram_of(sheet, f"{title}: {assignment(told, _names(claim), decision.events)}", clocks)
        return replace(made_claim(source, claim, kind, met=finds, note=note), diagrams=(diagram,))
    if search.stopped_by:
        so_far = f"{'found in none' if finds else 'true in each'} of the first {_schedules(search.schedules)}"
        note = f"{so_far}, of up to {number_of(search.events, 'event')}; then {search.stopped_by} ended the search"
        if not search.schedules:
            note = f"{search.stopped_by} ended the search in the first schedule"
        return replace(made_claim(source, claim, kind, met=False, note=note), outcome=Outcome.UNKNOWN, met=None)
    seen = f"on {'none of' if finds else 'all'} {_schedules(search.schedules)}"
    if search.schedules == 1:
        seen = f"{'not ' if finds else ''}on the only schedule"
    return made_claim(source, claim, kind, met=not finds, note=seen)


def _schedules(count: int) -> str:
    """`1,234 schedules`"""
    return f"{count:,} schedule{'' if count == 1 else 's'}"


def _names(claim: Claim) -> list[str]:
    return [name.name for name in claim.names]


def _supposition(claim: Claim) -> syntax.Expression | None:
    """A in `forall x: A implies B`."""
    match claim:
        case syntax.ScheduleForall(_, syntax.Binary("implies", left, _)):
            return left
        case _:
            return None


def _size(sheet: Sheet) -> str:
    """`3 events and 1 message`"""
    return f"{number_of(len(sheet.events), 'event')} and {number_of(len(sheet.messages), 'message')}"


def _idle(source: SourceFile, block: syntax.Schedules, claims: Sequence[Claim], search: _Search) -> Iterator[Caution]:
    """The `forall` lines that hold only because no schedule has what they speak of."""
    if search.stopped_by:
        return
    most = extent_of(block).most_events
    for number, claim in enumerate(claims):
        if isinstance(claim, syntax.Find) or number in search.decided:
            continue
        supposition = _supposition(claim)
        if len(claim.names) > most:
            text = (
                f"no schedule has {len(claim.names)} events, so that `forall {', '.join(_names(claim))}` says nothing"
            )
            yield Caution("vacuity", text, line_of(source, claim.span))
        elif supposition is not None and number not in search.supposed:
            text = f"in no schedule are events as `{text_of(source, supposition.span)}` supposes"
            yield Caution("vacuity", text, line_of(source, claim.span))
