"""What is the answer to a timing block?"""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.verdict import BlockResult, Outcome


def answer_timing(
    source: SourceFile, block: syntax.Timing, constants: Mapping[str, int], limits: Limits
) -> BlockResult:
    """Solve one timing block.

    Args:
        source: the file, for the text and place of each line.
        block: free of static mistakes.
        constants: values of the protocol's numeric constants, which the block may name.
        limits: its `timeout` in seconds bounds each question to z3; one that it ends is UNKNOWN.
    """
    return BlockResult(block.name.name, "timing", Outcome.UNKNOWN, None, "", ())
