"""How do lines and words share a page of text cells? Lines that meet are joined; words lie over lines."""

from dscheck.report.columns import display_width, printable
from dscheck.report.style import Role, Style

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
_JOINTS = " ╵╷│╴┘┐┤╶└┌├─┴┬┼"  # by the sum of the directions in which a line leaves the cell


class Canvas:
    """Cells that grow as they are drawn on."""

    def __init__(self) -> None:
        self._lines: dict[tuple[int, int], int] = {}
        self._words: dict[tuple[int, int], tuple[str, Role | None]] = {}

    def vertical(self, column: int, top: int, bottom: int) -> None:
        """A line from the middle of a cell to the middle of one further down."""
        for row in range(top, bottom + 1):
            self._join((row, column), (UP if row > top else 0) | (DOWN if row < bottom else 0))

    def horizontal(self, row: int, start: int, end: int) -> None:
        """A line between the middles of two cells of a row."""
        left, right = min(start, end), max(start, end)
        for column in range(left, right + 1):
            self._join((row, column), (LEFT if column > left else 0) | (RIGHT if column < right else 0))

    def _join(self, cell: tuple[int, int], directions: int) -> None:
        self._lines[cell] = self._lines.get(cell, 0) | directions

    def write(self, row: int, column: int, text: str, role: Role | None = None) -> None:
        """Words, over whatever lines are there."""
        for character in printable(text):
            width = display_width(character)
            if width == 0 and (row, column - 1) in self._words:  # an accent joins the letter before it
                before, its = self._words[row, column - 1]
                self._words[row, column - 1] = (before + character, its)
                continue
            self._words[row, column] = (character, role)
            if width == 2:
                self._words[row, column + 1] = ("", role)
            column += width

    def broken(self, column: int, top: int, bottom: int) -> None:
        """Where a line goes straight down between two rows, and nothing meets it, it is dotted."""
        for row in range(top, bottom + 1):
            if self._lines.get((row, column)) == UP | DOWN and (row, column) not in self._words:
                self._words[row, column] = ("┊", "bad")

    def doubled(self, row: int, start: int, end: int) -> None:
        """Where a line goes straight between two columns of a row, and nothing meets it, it is double."""
        for column in range(min(start, end), max(start, end) + 1):
            if self._lines.get((row, column)) == LEFT | RIGHT and (row, column) not in self._words:
                self._words[row, column] = ("═", None)

    def rows(self, style: Style) -> list[str]:
        """The page, line by line, without spaces at the ends."""
        used = [*self._lines, *self._words]
        height = max((row for row, _ in used), default=-1) + 1
        ends = [0] * height
        for row, column in used:
            ends[row] = max(ends[row], column + 1)
        return [self._row(row, ends[row], style) for row in range(height)]

    def _row(self, row: int, end: int, style: Style) -> str:
        pieces: list[tuple[Role | None, str]] = []
        for column in range(end):
            if (row, column) in self._words:
                text, role = self._words[row, column]
            else:
                text, role = _JOINTS[self._lines.get((row, column), 0)], None
            if pieces and pieces[-1][0] == role:
                pieces[-1] = (role, pieces[-1][1] + text)
            else:
                pieces.append((role, text))
        return "".join(style(role, text) if role else text for role, text in pieces).rstrip()
