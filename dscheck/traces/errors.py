"""What is wrong with a trace that cannot be read, where, and what can be done about it?"""

from dscheck.traces.event import Place


class TraceError(Exception):
    """A trace, or a file that describes one, cannot be read.

    Attributes:
        place: the line; line 0 stands for the file as a whole.
        message: what is wrong, with the value that is.
        help: what to do about it; empty where nothing helps.
        chosen: why the file was read in the format that it does not keep; empty where no format was chosen yet.
    """

    def __init__(self, place: Place, message: str, help_text: str = "", chosen: str = "") -> None:
        super().__init__(place, message, help_text, chosen)
        self.place = place
        self.message = message
        self.help = help_text
        self.chosen = chosen

    def __str__(self) -> str:
        where = str(self.place) if self.place.line else self.place.file
        lines = [f"{where}: {self.message}"]
        if self.chosen:
            lines.append(f"  format: {self.chosen}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)


def shortened(text: str, width: int = 60) -> str:
    """`text` as it may stand in a message: quoted, and cut where it is long."""
    return repr(text if len(text) <= width else text[: width - 1] + "…")
