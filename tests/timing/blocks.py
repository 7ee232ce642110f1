"""How do the tests of timing ask a block?"""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.language.parser import parse_text
from dscheck.options import Limits
from dscheck.source import SourceFile
from dscheck.timing.answer import answer_timing
from dscheck.verdict import BlockResult, ClaimResult


def block_of(lines: str) -> tuple[SourceFile, syntax.Timing]:
    """The block with these lines, which begins on line 3 of its file."""
    body = "".join(f"    {line.strip()}\n" for line in lines.strip().splitlines() if line.strip())
    text = f"protocol Test\n\ntiming block:\n{body}"
    block = next(each for each in parse_text(text).declarations if isinstance(each, syntax.Timing))
    return SourceFile("<text>", text), block


def answered(lines: str, *, timeout: float | None = 60, constants: Mapping[str, int] | None = None) -> BlockResult:
    """The answer to the block with these lines."""
    source, block = block_of(lines)
    return answer_timing(source, block, constants or {}, Limits(timeout=timeout))


def claim(result: BlockResult, name: str) -> ClaimResult:
    """The claim of the query `name`."""
    return next(each for each in result.claims if each.name == name)


def values(result: BlockResult) -> dict[str, str]:
    """The answers to the queries, by name."""
    return {each.name: each.value for each in result.claims if each.kind == "query"}
