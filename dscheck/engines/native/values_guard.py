"""How does C evaluate something only when a condition holds? As one expression, or as an `if` when lines are needed."""

from collections.abc import Callable

from dscheck.engines.native.block import Block, bare


def both(block: Block, condition: str, then: Callable[[], str]) -> str:
    """`condition` and what `then` writes, which is evaluated only if the condition holds."""
    if condition in {"0", "1"}:
        return then() if condition == "1" else "0"
    return _guarded(block, "word", "holds", condition, then, "0", lambda text: conjunction(condition, text))


def either(block: Block, condition: str, otherwise: Callable[[], str]) -> str:
    """`condition` or what `otherwise` writes, which is evaluated only if the condition does not hold."""
    if condition in {"0", "1"}:
        return otherwise() if condition == "0" else "1"
    return _guarded(block, "word", "holds", f"!{condition}", otherwise, "1", lambda text: disjunction(condition, text))


def when(block: Block, ctype: str, name: str, condition: str, then: Callable[[], str], otherwise: str) -> str:
    """What `then` writes if `condition` holds, else the text `otherwise`.

    Args:
        block: where lines go.
        ctype: of the result.
        name: what the result's name should read like, if it needs one.
        condition: a text.
        then: writes the lines it needs and returns a text.
        otherwise: a text.
    """
    if condition in {"0", "1"}:
        return then() if condition == "1" else otherwise
    return _guarded(
        block, ctype, name, condition, then, otherwise, lambda text: f"({condition} ? {text} : {otherwise})"
    )


def conjunction(left: str, right: str) -> str:
    """Both of two conditions."""
    if "0" in {left, right}:
        return "0"
    return right if left == "1" else left if right == "1" else f"({left} && {right})"


def disjunction(left: str, right: str) -> str:
    """One of two conditions at least."""
    if "1" in {left, right}:
        return "1"
    return right if left == "0" else left if right == "0" else f"({left} || {right})"


def _guarded(
    block: Block,
    ctype: str,
    name: str,
    condition: str,
    then: Callable[[], str],
    otherwise: str,
    plain: Callable[[str], str],
) -> str:
    with block.captured(deeper=1) as lines:
        text = then()
    if not lines:
        return plain(text) if text != otherwise else otherwise
    result = block.fresh(name)
    block.put(f"{ctype} {result} = {otherwise};")
    with block.braces(f"if ({bare(condition)})"):
        block.lines.extend(lines)
        block.put(f"{result} = {bare(text)};")
    return result
