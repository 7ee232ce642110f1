"""Are the schedules and timing blocks of a spec sound? Each kind has rules of its own; this is their door."""

from dscheck.language import syntax
from dscheck.language.check_schedule import check_schedule, check_schedules
from dscheck.language.check_timing import check_timing
from dscheck.language.scopes import Context


def check_blocks(ctx: Context) -> None:
    """Report what is wrong inside the blocks."""
    blocks = ctx.declarations.blocks
    for block in blocks.values():
        match block:
            case syntax.Schedule():
                check_schedule(block, ctx.findings)
            case syntax.Schedules():
                above = [each for each in blocks.values() if isinstance(each, syntax.Schedule)]
                check_schedules(block, above, ctx.findings)
            case syntax.Timing():
                check_timing(block, ctx)
