"""Is a space-time diagram drawn so that one sees which event is whose, and which message goes from where to where?"""

import pytest
from diagrams import DIAGRAMS, FAULTS, TANGLED, tall, worksheet
from hypothesis import given
from hypothesis import strategies as st

from dscheck.report.canvas import Canvas
from dscheck.report.columns import IN_ASCII, WIDTH, display_width
from dscheck.report.spacetime_as_text import diagram_as_text
from dscheck.report.spacetime_layout import drawing_order
from dscheck.spacetime import Arrow, Diagram, DiagramEvent

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="●▶◀✗…│─├┤┼┐┘└┌┬┴╶╴╷╵"), max_size=6)


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    """Diagrams whose causes come first; each name stands for one event and each message for one arrow."""
    lanes = draw(st.lists(_TEXT, min_size=1, max_size=6))
    number = draw(st.integers(0, 14))
    timed = draw(st.booleans())
    events = tuple(
        DiagramEvent(
            f"e{index}.",
            draw(st.integers(0, len(lanes) - 1)),
            values=draw(st.dictionaries(st.sampled_from(["L", "V"]), _TEXT, max_size=2)),
            time=f"{index}/7" if timed else "",
        )
        for index in range(number)
    )
    arrows = []
    for count in range(draw(st.integers(0, 8)) if number > 1 else 0):
        start = draw(st.integers(0, number - 2))
        end = draw(st.none() | st.integers(start + 1, number - 1))
        to = draw(st.none() | st.integers(0, len(lanes) - 1)) if end is None else None
        arrows.append(Arrow(f"m{count}.", start, end, to, under_way=end is None and draw(st.booleans())))
    return Diagram(draw(_TEXT), tuple(lanes), events, tuple(arrows))


@pytest.mark.parametrize("name", DIAGRAMS)
def test_golden(name, golden):
    golden(f"diagram-{name}.txt", diagram_as_text(DIAGRAMS[name]) + "\n")


@pytest.mark.parametrize(("width", "form"), [(48, "narrow"), (30, "list")])
def test_where_lanes_do_not_fit(width, form, golden):
    text = diagram_as_text(worksheet(), width=width)
    golden(f"diagram-{form}.txt", text + "\n")
    assert ("●" in text) == (form == "narrow")


def test_in_ascii_it_is_the_same_picture():
    text = diagram_as_text(TANGLED)
    assert not text.isascii()
    assert text.translate(IN_ASCII).isascii()
    assert len(text.translate(IN_ASCII)) == len(text)


def test_a_message_is_not_drawn_from_an_event_that_did_not_send_it():
    text = diagram_as_text(worksheet("abgcdef"))
    rows = text.splitlines()
    assert rows.index(next(row for row in rows if "m1" in row)) < rows.index(next(row for row in rows if " g " in row))


@pytest.mark.parametrize("lanes", [12, 45])
def test_a_matrix_of_many_lanes_stays_on_the_page(lanes):
    matrix = str([[7] * lanes] * lanes)
    events = tuple(DiagramEvent(f"e{lane}", lane, values={"M": matrix}) for lane in range(lanes))
    text = diagram_as_text(Diagram("", tuple(f"P{lane}" for lane in range(lanes)), events))
    assert max(map(display_width, text.splitlines())) <= WIDTH
    assert text.count("7") >= lanes**3


def test_without_anything():
    assert diagram_as_text(Diagram("", (), ())) == ""
    assert "P1" in diagram_as_text(Diagram("", ("P1",), ()))


@given(diagrams(), st.sampled_from([20, 60, WIDTH, 400]))
def test_every_event_and_every_message_is_told(diagram, width):
    text = diagram_as_text(diagram, width=width)
    assert text == "\n".join(text.splitlines())
    for event in diagram.events:
        assert text.count(event.name) == 1 or ("●" not in text and event.name in text)
    for arrow in diagram.arrows:
        assert any(arrow.message in row for row in text.splitlines())
    if "●" in text:
        assert max(map(display_width, text.splitlines())) <= max(width, display_width(text.splitlines()[0]))


@given(diagrams())
def test_a_picture_has_a_dot_for_each_event_and_a_head_for_each_message(diagram):
    text = diagram_as_text(diagram, width=1000)
    assert text.count("●") == len(diagram.events)
    received = [arrow for arrow in diagram.arrows if arrow.end is not None]
    assert text.count("▶") + text.count("◀") == len(received)
    assert text.count("✗") + text.count("…") == len(diagram.arrows) - len(received)


@given(diagrams())
def test_the_row_of_an_arrow_is_that_of_its_receiver_or_just_above(diagram):
    rows = diagram_as_text(diagram, width=1000).splitlines()
    arriving = {index: sum(arrow.end == index for arrow in diagram.arrows) for index in range(len(diagram.events))}
    for arrow in diagram.arrows:
        (row,) = (number for number, text in enumerate(rows) if arrow.message in text)
        near = diagram.events[arrow.start if arrow.end is None else arrow.end].name
        (at,) = (number for number, text in enumerate(rows) if near in text)
        if arrow.end is None:
            assert at < row <= at + len(diagram.arrows)
        else:
            assert at - arriving[arrow.end] <= row <= at


@given(diagrams())
def test_causes_are_drawn_first(diagram):
    order = drawing_order(diagram)
    place = {event: position for position, event in enumerate(order)}
    assert sorted(order) == list(range(len(diagram.events)))
    assert all(place[arrow.start] < place[arrow.end] for arrow in diagram.arrows if arrow.end is not None)
    for lane in range(len(diagram.lanes)):
        own = [index for index, event in enumerate(diagram.events) if event.lane == lane]
        assert [index for index in order if index in own] == own


def test_lines_that_meet_are_joined_and_words_lie_over_them():
    canvas = Canvas()
    canvas.vertical(2, 0, 2)
    canvas.horizontal(1, 0, 4)
    canvas.write(1, 4, "票e\u0301!")
    plain = canvas.rows(lambda _, text: text)
    assert plain == ["  ╷", "╶─┼─票e\u0301!", "  ╵"]


def test_golden_of_every_fault(golden):
    golden("diagram-faults.txt", diagram_as_text(FAULTS, width=80) + "\n")


@pytest.mark.parametrize(("seed", "lanes"), [(1, 3), (2, 7), (3, 5)])
def test_folds_into_eighty_columns(seed, lanes, golden):
    text = diagram_as_text(tall(seed, lanes, 14), width=80)
    assert max(map(display_width, text.splitlines())) <= 80
    golden(f"diagram-fold-{lanes}.txt", text + "\n")


def test_every_sign_of_a_picture_has_one_of_ascii():
    text = diagram_as_text(FAULTS, width=80)
    assert text.translate(IN_ASCII).replace("×2", "").isascii()
    assert list(map(len, text.translate(IN_ASCII).splitlines())) == list(map(len, text.splitlines()))
