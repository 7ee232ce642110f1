"""Is a timing block sound: every name known, every quantity a number or a truth value?"""

from collections.abc import Mapping

from dscheck.language import syntax
from dscheck.language.findings import Findings


def check_timing(block: syntax.Timing, constants: Mapping[str, syntax.Constant], findings: Findings) -> None:
    """Report what is wrong inside `block`.

    Args:
        block: the block.
        constants: of the protocol, which it may name.
        findings: takes the diagnostics.
    """
