"""What does a notebook show of an answer or a diagram? Plain text, and beside it a page or a picture."""

from html import escape

from dscheck.report.as_text import report_as_text
from dscheck.report.pictures.markup import escaped
from dscheck.report.pictures.page import report_as_html
from dscheck.report.pictures.picture import NothingToDraw, Picture
from dscheck.report.pictures.svg import svg_document
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.traces_as_text import traces_as_text
from dscheck.spacetime import Diagram
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

FRAME_HEIGHT = 560  # pixels: a picture of ten steps with the state beside it


def mime_bundle(shown: Report | TraceReport | Diagram) -> dict[str, str]:
    """A value in each format that a notebook can show, by MIME type.

    Args:
        shown: an answer, or a diagram.
    """
    if isinstance(shown, Diagram):
        picture = Picture(shown.title, shown.title, shown, {}, ())
        return {"text/plain": diagram_as_text(shown), "image/svg+xml": svg_document([picture])}
    text = str(shown) or (traces_as_text(shown) if isinstance(shown, TraceReport) else report_as_text(shown))
    try:
        page = report_as_html(shown)
    except NothingToDraw:
        page = ""
    return {"text/plain": text, "text/html": _as_html(text, page)}


def _as_html(text: str, page: str) -> str:
    """The text, and the page that steps through its runs in a frame, so that its styles and keys stay within."""
    told = f'<pre style="line-height: 1.2">{escaped(text)}</pre>'
    if not page:
        return told
    return (
        f'{told}\n<iframe title="runs, step by step" sandbox="allow-scripts" loading="lazy" '
        f'style="width: 100%; height: {FRAME_HEIGHT}px; border: 1px solid #8884" srcdoc="{escape(page)}"></iframe>'
    )
