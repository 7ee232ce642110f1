"""Which colours does a picture have, by day and by night, and how do they get into its style?

Each has a contrast of at least 4.5 to 1 with the paper where it colours a text (WCAG 2.2, 1.4.3).
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template

LIGHT = {
    "paper": "#ffffff", "panel": "#f1f3f5", "ink": "#1c2126", "quiet": "#5b6570", "rule": "#9aa5b0",
    "message": "#1a5bab", "bad": "#b3322a", "blame": "#fbdcd8", "good": "#23793f", "network": "#87540a",
    "loop": "#7a3fa0", "now": "#fff3c4",
}  # fmt: skip
DARK = {
    "paper": "#15191d", "panel": "#20262c", "ink": "#e4e8ec", "quiet": "#9aa5b0", "rule": "#5d6974",
    "message": "#7db4f5", "bad": "#ff8a80", "blame": "#4d2522", "good": "#6fce8d", "network": "#e0ac5c",
    "loop": "#c79be6", "now": "#3d371d",
}  # fmt: skip
_HERE = Path(__file__)


def drawing_style(colours: Mapping[str, str]) -> str:
    """The style of a drawing in these colours."""
    return Template(_HERE.with_name("drawing.css").read_text("utf-8")).substitute(colours)


def style_by_itself() -> str:
    """The style of a picture that stands alone: light, and dark where the reader's screen is."""
    return f"{drawing_style(LIGHT)}@media (prefers-color-scheme: dark) {{\n{drawing_style(DARK)}}}\n"


def style_in_a_page() -> str:
    """The style of pictures in a page, which sets its colours as variables."""
    by_day, by_night = (
        "".join(f"  --{name}: {colour};\n" for name, colour in colours.items()) for colours in (LIGHT, DARK)
    )
    dark = f"{{\n  color-scheme: dark;\n{by_night}}}\n"
    return (
        f":root {{\n  color-scheme: light;\n{by_day}}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n:root:not([data-theme=light]) {dark}}}\n"
        f"@media screen {{\n:root[data-theme=dark] {dark}}}\n"
    ) + drawing_style({name: f"var(--{name})" for name in LIGHT})
