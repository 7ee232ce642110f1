"""How is a sheet drawn? As a diagram, with the values of its clocks beside the events."""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.schedules.formulas import value_text
from dscheck.schedules.sheet import ClockKind, Sheet, causality, clock_values, clocks_of, lamport_times
from dscheck.spacetime import Arrow, Diagram, DiagramEvent


def shown_clocks(block: syntax.Schedule) -> dict[str, ClockKind]:
    """The clocks that stand beside the events: those of the `show` lines, and all if there is none."""
    kinds = clocks_of(block.lines)
    shown = [clock.name for line in block.lines if isinstance(line, syntax.Show) for clock in line.clocks]
    return {name: kinds[name] for name in shown} if shown else kinds


def diagram_of(sheet: Sheet, title: str, clocks: Mapping[str, ClockKind]) -> Diagram:
    """Draw `sheet`.

    Args:
        sheet: no event of it happens before itself.
        title: what the diagram shows.
        clocks: whose values stand beside the events.
    """
    causes = causality(sheet)
    times = lamport_times(causes)
    values = {name: clock_values(kind, sheet, causes) for name, kind in clocks.items()}
    # By Lamport's total order: causes come first, and what happens early on any lane stands early in the picture.
    order = sorted(causes.order, key=lambda at: (times[at], sheet.events[at].lane))
    events = tuple(
        DiagramEvent(
            sheet.events[at].name,
            sheet.events[at].lane,
            sheet.events[at].kind,
            {name: value_text(every[at]) for name, every in values.items()},
        )
        for at in order
    )
    place = {at: index for index, at in enumerate(order)}
    received = [Arrow(each.name, place[each.start], place[end]) for each in sheet.messages for end in each.ends]
    lost = [Arrow(each.name, place[each.start], to=each.to) for each in sheet.messages if not each.ends]
    return Diagram(title, sheet.lanes, events, (*received, *lost))
