"""Which pieces of a text may be set off? Reports name the role of a piece; only the console knows colours."""

from collections.abc import Callable
from typing import Literal

Role = Literal["heading", "good", "bad", "unsure", "name", "place", "dim", "caret", "note"]
Style = Callable[[Role, str], str]


def plain(role: Role, text: str) -> str:  # noqa: ARG001
    """The style without any colour: what files, pipes and tests see."""
    return text
