"""What does the parser hand on? Trees of tokens: the text as the grammar cuts it, each piece with its place."""

from dataclasses import dataclass
from typing import Self, TypeAlias

EMPTY = -1
"""Where a tree begins and ends that stands for no text at all."""


class Token(str):
    """A piece of text. Attributes and arguments are named as those of Lark's tokens, with which `Blocks` works too.

    Attributes:
        type: its terminal in the grammar.
        start_pos: the offset of its first character.
        end_pos: the offset behind its last.
    """

    __slots__ = ("end_pos", "start_pos", "type")

    type: str
    start_pos: int
    end_pos: int

    def __new__(cls, type: str, text: str, start_pos: int, end_pos: int) -> Self:  # noqa: A002, D102
        made = super().__new__(cls, text)
        made.type, made.start_pos, made.end_pos = type, start_pos, end_pos
        return made


@dataclass(slots=True)
class Tree:
    """What one rule of the grammar found.

    Attributes:
        data: the name of the rule, or of the alternative.
        children: what it is made of; `None` for what is optional and absent.
        start_pos: the offset of its first character, or `EMPTY`.
        end_pos: the offset behind its last character, or `EMPTY`.
    """

    data: str
    children: "list[Node]"
    start_pos: int
    end_pos: int


Node: TypeAlias = Tree | Token | None
