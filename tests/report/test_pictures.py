"""Does each picture show what the diagram says, readably and safely?"""

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from diagrams import DIAGRAMS, FAULTS, tall
from hypothesis import given
from hypothesis import strategies as st
from samples import MUTEX_RUN

from dscheck.report.pictures.causal_past import past_of_arrow, past_of_event
from dscheck.report.pictures.colours import DARK, LIGHT
from dscheck.report.pictures.layout import layout_of, overlapping_labels
from dscheck.report.pictures.mermaid import picture_as_mermaid
from dscheck.report.pictures.page import page
from dscheck.report.pictures.picture import NothingToDraw, Picture, pictures_of
from dscheck.report.pictures.svg import report_as_svg, svg_document
from dscheck.report.run_as_diagram import diagram_of
from dscheck.spacetime import Arrow, Diagram, DiagramEvent

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [*DIAGRAMS.values(), diagram_of(MUTEX_RUN), *(tall(seed, 2 + seed % 6, 5 + 7 * seed) for seed in range(6))]


def picture(diagram: Diagram) -> Picture:
    return Picture("specs/x.dsc · two · mutex", diagram.title, diagram, {}, ())


def tree(diagram: Diagram) -> ElementTree.Element:
    return ElementTree.fromstring(svg_document([picture(diagram)]))


def with_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter() if name in each.get("class", "").split()]


@pytest.mark.parametrize("diagram", DRAWN, ids=lambda diagram: f"{diagram.title}-{len(diagram.events)}")
def test_no_label_covers_another_and_all_stand_on_the_paper(diagram):
    layout = layout_of(diagram)
    assert overlapping_labels(layout) == []
    for label in (*layout.labels, *layout.names):
        assert 0 <= label.box.left <= label.box.right <= layout.width
        assert 0 <= label.box.top <= label.box.bottom <= layout.height


@pytest.mark.parametrize("diagram", DRAWN, ids=lambda diagram: f"{diagram.title}-{len(diagram.events)}")
def test_time_goes_down_and_messages_end_where_they_should(diagram):
    layout = layout_of(diagram)
    ys: dict[int, list[float]] = {}
    for event, dot in zip(diagram.events, layout.dots, strict=True):
        assert dot.x == layout.lanes[event.lane].x
        ys.setdefault(event.lane, []).append(dot.y)
    assert all(its == sorted(set(its)) for its in ys.values())
    for arrow, route in zip(diagram.arrows, layout.routes, strict=True):
        assert route.points[0] == layout.dots[arrow.start]
        if arrow.end is not None:
            end, dot = route.points[-1], layout.dots[arrow.end]
            assert abs(end.x - dot.x) + abs(end.y - dot.y) < 20
            assert dot.y > layout.dots[arrow.start].y


@pytest.mark.parametrize("name", DIAGRAMS)
def test_golden_svg(name, golden):
    golden(f"picture-{name}.svg", svg_document([picture(DIAGRAMS[name])]))


def test_golden_svg_of_a_run(samples, golden):
    golden("picture-run.svg", report_as_svg(samples["broken"]))


def test_every_fault_is_drawn():
    root = tree(FAULTS)
    messages = [each for each in with_class(root, "message") if each.get("data-message")]
    assert [each.get("class") for each in messages] == [
        "message arrives", "message arrives copied", "message refused", "message lost", "message lost",
        "message under-way",
    ]  # fmt: skip
    assert len(with_class(root, "double")) == 1
    assert len(with_class(root, "lost-end")) == 3
    assert [each.get("id") for each in with_class(root, "crash") if each.tag == f"{SVG}g"] == ["picture-0-event-4"]
    assert [each.get("id") for each in with_class(root, "guilty")] == ["picture-0-event-6"]
    assert len(with_class(root, "down")) == 1
    assert [each.text for each in with_class(root, "loop") if each.tag == f"{SVG}text"] == ["for ever"]
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {"link cut", "link healed", "M(1) is duplicated", "inside = true", "Late → Alice"} <= {*texts}


def test_a_lost_message_breaks_off_between_the_lanes_in_the_row_of_its_loss():
    layout = layout_of(FAULTS)
    end = layout.routes[3].points[-1]
    assert layout.lanes[0].x + 14 < end.x < layout.lanes[1].x - 14
    assert end.y == next(row.y for row in layout.rows if row.state == 8)


# Any text at all, with those that mean something in XML, HTML, JavaScript and Mermaid.
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["</script><script>alert(1)</script>", "<!--", "]]>", "&amp;", '" onload="x', "end", "a;b#c%%", "\x00\x1b[31m",
         "\ud800", "\uffff", "a\nb", "->>", "日本語のとても長い名前" * 3, "x" * 200, "\u202e", ""]
    ),
)  # fmt: skip


@st.composite
def named_diagrams(draw):
    lanes = draw(st.lists(TEXTS, min_size=1, max_size=4))
    events = [
        DiagramEvent(
            draw(TEXTS), draw(st.integers(0, len(lanes) - 1)), note=draw(TEXTS), values={draw(TEXTS): draw(TEXTS)}
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    arrows = []
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(events) - 1))
        end = draw(st.none() | st.integers(start + 1, len(events) - 1)) if start + 1 < len(events) else None
        to = draw(st.integers(0, len(lanes) - 1)) if end is None else None
        arrows.append(Arrow(draw(TEXTS), start, end, to, fields={draw(TEXTS): draw(TEXTS)}))
    return Diagram(draw(TEXTS), tuple(lanes), tuple(events), tuple(arrows))


@given(named_diagrams())
def test_no_text_changes_what_is_drawn(diagram):
    """Safe for any name: the elements are those of the same diagram with harmless names."""
    root = tree(diagram)
    assert {each.tag for each in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "style", "rect", "g", "line", "text", "path", "polygon", "circle")
    }
    assert not [name for each in root.iter() for name in each.attrib if name.startswith("on")]
    assert len([each for each in with_class(root, "message") if each.get("data-message")]) == len(diagram.arrows)
    html = page([picture(diagram)], "1")
    assert html.count("<script") == 2
    assert html.count("</script>") == 2
    assert html.count("<section") == 1
    html.encode()


@given(named_diagrams())
def test_no_text_breaks_a_line_of_mermaid(diagram):
    lines = picture_as_mermaid(picture(diagram)).split("\n")
    assert lines[0] == "sequenceDiagram"
    statement = re.compile(
        r"  %% .*|  participant p\d+ as [^;#]*(#\d+;[^;#]*)*|"
        r"  (  )?Note over p\d+: .*|  (  )?p\d+(-\)|--\)|-x)p\d+: .*|"
        r"  rect .*|  end|"
    )
    assert not [line for line in lines[1:] if not statement.fullmatch(line)]
    bodies = [re.sub(r"#\d+;", "", line.partition(": ")[2]) for line in lines[1:]]
    assert not [body for body in bodies if ";" in body or "#" in body or "%%" in body]


def test_golden_mermaid(golden):
    golden("picture-faults.mmd", picture_as_mermaid(picture(FAULTS)))
    golden("picture-run.mmd", picture_as_mermaid(picture(diagram_of(MUTEX_RUN))))


def test_the_causal_past_is_what_a_path_leads_from():
    for diagram in (tall(4, 4, 30), FAULTS):
        before = {(arrow.start, arrow.end) for arrow in diagram.arrows if arrow.end is not None}
        lanes: dict[int, list[int]] = {}
        for index, event in enumerate(diagram.events):
            lanes.setdefault(event.lane, []).append(index)
        before |= {pair for its in lanes.values() for pair in pairwise(its)}
        reached = {(index, index) for index in range(len(diagram.events))}
        while more := {(a, d) for a, b in reached for c, d in before if b == c} - reached:
            reached |= more
        for index in range(len(diagram.events)):
            assert past_of_event(diagram, index)[0] == {a for a, b in reached if b == index}
        for number, arrow in enumerate(diagram.arrows):
            events, arrows = past_of_arrow(diagram, number)
            assert events == {a for a, b in reached if b == arrow.start}
            assert arrows == {n for n, each in enumerate(diagram.arrows) if each.end in events} | {number}


def test_an_answer_without_a_run_has_nothing_to_draw(samples):
    with pytest.raises(NothingToDraw, match="nothing to draw"):
        pictures_of(replace(samples["broken"], files=()))


def contrast(first: str, second: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "quiet", "message", "bad", "network", "loop"])
def test_texts_can_be_read(colours, name):
    """WCAG 2.2, 1.4.3: 4.5 to 1, also on the row that is stepped to."""
    assert contrast(colours[name], colours["paper"]) >= 4.5
    assert contrast(colours[name], colours["now"]) >= 4.5
