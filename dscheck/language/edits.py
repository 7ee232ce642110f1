"""Which edit would put a text right? Insertions and replacements, with the words that offer them."""

from dscheck.diagnostics import Fix
from dscheck.source import Span


def insertion(at: int, text: str) -> Fix:
    """Puts `text` at offset `at`."""
    return Fix(Span(at, at), text, f"insert `{text.strip()}`")


def replacement(text: str, span: Span, new: str) -> Fix:
    """Puts `new` where `span` is in `text`."""
    title = f"write `{new.strip()}` for `{text[span.start : span.end]}`" if new.strip() else "type a space"
    return Fix(span, new, title)
