"""What is the answer to a schedule?"""

from dscheck.language import syntax
from dscheck.options import Limits
from dscheck.schedules.claims import Told, answer_claim, block_result, claims_of
from dscheck.schedules.drawing import diagram_of, shown_clocks
from dscheck.schedules.formulas import read, vocabulary_of
from dscheck.schedules.patience import deadline_in
from dscheck.schedules.puzzle import answer_puzzle
from dscheck.schedules.sheet import clocks_of, sheet_of
from dscheck.source import SourceFile
from dscheck.verdict import BlockResult


def answer_schedule(source: SourceFile, block: syntax.Schedule, limits: Limits) -> BlockResult:
    """Work out one schedule.

    Args:
        source: the file, for the text and place of each line.
        block: free of static mistakes.
        limits: its `timeout` is for the whole block; what it leaves open is UNKNOWN.
    """
    if any(isinstance(line, syntax.Solve) for line in block.lines):
        return answer_puzzle(source, block, limits)
    sheet, clocks = sheet_of(block), clocks_of(block.lines)
    told = Told(source, vocabulary_of(sheet, clocks), read(sheet, clocks, deadline_in(limits.timeout)))
    claims = [answer_claim(told, line) for line in claims_of(block)]
    diagram = diagram_of(sheet, block.name.name, shown_clocks(block))
    counted = {"events": len(sheet.events), "messages": len(sheet.messages)}
    return block_result(block, told, claims, diagram, counted)
