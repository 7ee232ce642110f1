"""What is the page that steps through the pictures of an answer? One HTML file that asks the network for nothing.

Without JavaScript, and on paper, it shows each picture with all its steps.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dscheck.counterexample import Counterexample, Reason
from dscheck.report.pictures.causal_past import past_of_arrow, past_of_event
from dscheck.report.pictures.colours import style_in_a_page
from dscheck.report.pictures.layout import Layout, layout_of
from dscheck.report.pictures.markup import element, escaped
from dscheck.report.pictures.picture import Frame, Picture, pictures_of
from dscheck.report.pictures.svg import arrow_text, drawing, fate_text
from dscheck.report.run_ending import OWED, REPEATS, STOPS_BECAUSE, fairness_groups
from dscheck.traces.verdict import TraceReport
from dscheck.verdict import Report

_HERE = Path(__file__)
# Nothing is loaded, whatever a text in the page says.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def report_as_html(report: Report | TraceReport) -> str:
    """One HTML page with all pictures of an answer.

    Raises:
        NothingToDraw: it has none.
    """
    return page(pictures_of(report), report.version)


def page(pictures: Sequence[Picture], version: str) -> str:
    """The page.

    Args:
        pictures: one or more.
        version: of dscheck, which is told at its end.
    """
    layouts = [layout_of(picture.diagram) for picture in pictures]
    sections = "".join(
        _section(number, picture, layout)
        for number, (picture, layout) in enumerate(zip(pictures, layouts, strict=True))
    )
    data = [_data(picture, layout) for picture, layout in zip(pictures, layouts, strict=True)]
    title = pictures[0].title if len(pictures) == 1 else f"{len(pictures)} pictures"
    style = style_in_a_page() + _HERE.with_name("page.css").read_text("utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escaped(title)} – dscheck</title>
<style>
{style}</style>
</head>
<body>
<header>
{_choice(pictures)}<button type="button" id="theme" title="Light or dark (t)">Light or dark</button>
</header>
<main>
{sections}</main>
<p id="said" class="unseen" aria-live="polite"></p>
<footer>
<p class="keys">Keys: <kbd>→</kbd> <kbd>←</kbd> step, <kbd>Home</kbd> <kbd>End</kbd> first and last,
<kbd>n</kbd> <kbd>p</kbd> next and previous picture, <kbd>Tab</kbd> to a message, <kbd>t</kbd> light or dark.</p>
<p>Made by dscheck {escaped(version)}.</p>
</footer>
<script type="application/json" id="pictures">{_embedded(data)}</script>
<script>
{_HERE.with_name("page.js").read_text("utf-8")}</script>
</body>
</html>
"""


def _embedded(data: Any) -> str:
    """JSON that ends no script element and opens no comment."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _choice(pictures: Sequence[Picture]) -> str:
    if len(pictures) == 1:
        return ""
    options = "".join(
        f'<option value="{number}">{number + 1}. {escaped(f"{picture.name}: {picture.title}")}</option>\n'
        for number, picture in enumerate(pictures)
    )
    return (
        '<button type="button" id="previous" title="Previous picture (p)" aria-label="Previous picture">‹</button>\n'
        f'<select id="choice" aria-label="Picture">\n{options}</select>\n'
        '<button type="button" id="next" title="Next picture (n)" aria-label="Next picture">›</button>\n'
    )


def _section(number: int, picture: Picture, layout: Layout) -> str:
    head = f'<h1>{escaped(picture.title)}</h1>\n<p class="place">{escaped(picture.name)}'
    head += f", {escaped(picture.place)}" if picture.place else ""
    clocks = dict.fromkeys(clock for event in picture.diagram.events for clock in event.values)
    head += f"; beside each event: {escaped(', '.join(clocks))}</p>\n" if clocks else "</p>\n"
    attributes = {
        "xmlns": "http://www.w3.org/2000/svg", "class": "dscheck", "width": layout.width, "height": layout.height,
        "viewBox": f"0 0 {layout.width:g} {layout.height:g}", "role": "group",
        "aria_label": f"Space-time diagram: {picture.title}", "font_size": 13,
        "font_family": "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif",
    }  # fmt: skip
    now = element("rect", {"class": "now", "x": 0, "y": layout.top, "width": layout.width, "height": 0})
    svg = element("svg", attributes, f"\n{now}\n{drawing(layout, f'picture-{number}')}")
    side = _controls(len(picture.frames)) + _message_box() + _state(picture) + _steps(picture) + _why(picture.why)
    side += _fairness(picture.run) if picture.run is not None and picture.run.fairness else ""
    if picture.replay:
        side += f'<div class="replay"><h2>Again</h2><pre>{escaped(picture.replay)}</pre></div>\n'
    return (
        f'<section class="picture" id="picture-{number}">\n{head}<div class="both">\n'
        f'<div class="drawing">\n{svg}\n</div>\n<div class="beside">\n{side}</div>\n</div>\n</section>\n'
    )


def _controls(steps: int) -> str:
    buttons = (
        ("first", "First (Home)", "|◂"), ("back", "Back (←)", "◂"), ("forward", "Forwards (→)", "▸"),
        ("last", "Last (End)", "▸|"),
    )  # fmt: skip
    made = "".join(
        f'<button type="button" data-go="{name}" title="{title}" aria-label="{title}">{sign}</button>\n'
        for name, title, sign in buttons
    )
    return (
        f'<div class="controls">\n{made}<span class="where">start</span>\n'
        f'<input type="range" min="0" max="{steps}" value="0" aria-label="Step">\n</div>\n<p class="what"></p>\n'
    )


def _message_box() -> str:
    return '<div class="told" hidden></div>\n'


def _variables(picture: Picture) -> dict[str, list[str]]:
    """The variables by who owns them, in the order in which both occur."""
    names = dict.fromkeys((*picture.initial, *(change.name for frame in picture.frames for change in frame.changes)))
    owned: dict[str, list[str]] = {}
    for name in names:
        own = name.partition(".")[0] if "." in name else name.partition(" ")[0]
        owned.setdefault(own, []).append(name)
    return owned


def _state(picture: Picture) -> str:
    rows = []
    for own, names in _variables(picture).items():
        if names != [own]:
            rows.append(f'<tr class="owner"><th colspan="2" scope="rowgroup">{escaped(own)}</th></tr>\n')
        for name in names:
            short = name.removeprefix(f"{own}.").removeprefix(f"{own} ")
            value = escaped(picture.initial.get(name, ""))
            rows.append(f'<tr><th scope="row">{escaped(short)}</th><td>{value}</td></tr>\n')
    body = "".join(rows)
    return f'<table class="state"><caption>State</caption>\n<tbody>\n{body}</tbody></table>\n' if rows else ""


def _steps(picture: Picture) -> str:
    turns = _turns(picture.run)
    items = "".join(
        f'<li><button type="button" data-step="{number}">{escaped(frame.label)}</button>{_told(frame)}'
        f"{turns.get(number, '')}</li>\n"
        for number, frame in enumerate(picture.frames, start=1)
    )
    listed = f'<ol class="steps">\n{items}</ol>\n' if items else ""
    return f"<h2>Steps</h2>\n{turns.get(0, '')}{listed}" if listed or turns else ""


def _turns(run: Counterexample | None) -> dict[int, str]:
    """What to say after so many steps of a run that never ends."""
    if run is None or run.loop_from is None:
        return {}
    return {run.loop_from: f'<div class="turn">{STOPS_BECAUSE if run.stops else REPEATS}</div>'}


def _told(frame: Frame) -> str:
    changes = ", ".join(f"{change.name} = {change.after}" for change in frame.changes)
    parts = [escaped(part) for part in (changes, "; ".join(frame.notes)) if part]
    return f'<div class="changes">{"<br>".join(parts)}</div>' if parts else ""


def _why(reasons: Sequence[Reason]) -> str:
    return f'<div class="why"><h2>Why</h2>\n{"".join(_reasons(reasons))}</div>\n' if reasons else ""


def _fairness(run: Counterexample) -> str:
    """What is owed, and why that does not end the run."""
    items = "".join(
        f"<li>{f'{escaped(value)}: ' if value else ''}{escaped(', '.join(texts))}</li>\n"
        for value, texts in fairness_groups(run.fairness)
    )
    head = "" if run.stops else f"<p>{OWED}</p>\n"
    return f'<div class="why"><h2>Fairness</h2>\n{head}<ul>{items}</ul></div>\n'


def _reasons(reasons: Sequence[Reason]) -> Iterator[str]:
    yield "<ul>"
    for reason in reasons:
        said = f" is {reason.value}" if reason.value.partition(" ")[0] in {"true", "false"} else f" = {reason.value}"
        value = f'<b class="value">{escaped(said)}</b>' if reason.value else ""
        yield f"<li><code>{escaped(reason.text)}</code>{value}"
        if reason.because:
            yield from _reasons(reason.because)
        yield "</li>\n"
    yield "</ul>\n"


# --- what the page needs to know in order to step ----------------------------------------------


def _data(picture: Picture, layout: Layout) -> dict[str, Any]:
    diagram = picture.diagram
    row_of = list(layout.states)
    messages = []
    for number, arrow in enumerate(diagram.arrows):
        events, arrows = past_of_arrow(diagram, number)
        to = diagram.events[arrow.end].lane if arrow.end is not None else arrow.to
        messages.append(
            {
                "name": arrow.message,
                "text": arrow_text(layout, arrow),
                "from": diagram.lanes[diagram.events[arrow.start].lane],
                "to": "" if to is None else diagram.lanes[to],
                "fields": [list(field) for field in arrow.fields.items()],
                "fate": fate_text(arrow),
                "sent": row_of[arrow.start],
                "ended": row_of[arrow.end] if arrow.end is not None else arrow.ended,
                "events": sorted(events),
                "messages": sorted(arrows),
            }
        )
    pasts = []
    for number in range(len(diagram.events)):
        events, arrows = past_of_event(diagram, number)
        pasts.append({"events": sorted(events), "messages": sorted(arrows), "row": row_of[number]})
    return {
        "title": picture.title,
        "initial": [list(item) for item in picture.initial.items()],
        "variables": [name for names in _variables(picture).values() for name in names],
        "frames": [
            {
                "label": frame.label,
                "changes": [[each.name, each.before, each.after] for each in frame.changes],
                "notes": list(frame.notes),
            }
            for frame in picture.frames
        ],
        "rows": [round(row.y, 1) for row in layout.rows],
        "messages": messages,
        "events": pasts,
        "start": len(picture.frames),
    }
