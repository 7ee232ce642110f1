"""Is a run that never ends drawn and named as one: its loop, or the place where it may stop?"""

from dataclasses import replace
from xml.etree import ElementTree

from diagrams import FAULTS

from dscheck.counterexample import Change, Counterexample, Reason, Step
from dscheck.report.guilt import guilty_values
from dscheck.report.pictures.layout import layout_of
from dscheck.report.pictures.mermaid import picture_as_mermaid
from dscheck.report.pictures.page import page
from dscheck.report.pictures.picture import Frame, Picture
from dscheck.report.pictures.svg import svg_document
from dscheck.report.run_as_diagram import diagram_of
from dscheck.report.run_ending import OWED, REPEATS, STOPS_BECAUSE, violation_text
from dscheck.report.spacetime_as_text import diagram_as_text

STOPPED = replace(FAULTS, loop_from=None, stops=True)
STEPS = tuple(
    Step("A", "action", name, f"A {name}", {}, changes=(Change("A.x", before, after, int(before), int(after)),))
    for name, before, after in (("up", "1", "2"), ("down", "2", "1"))
)
RUN = Counterexample("left", {"A.x": "1"}, {"A.x": 1}, STEPS, (Reason("A.x == 2", "is false"),), loop_from=0)
FRAMES = tuple(Frame(step.label, number) for number, step in enumerate(STEPS))


def test_a_run_that_stops_says_so_below_its_lanes():
    root = ElementTree.fromstring(svg_document([Picture("", "", STOPPED, {}, ())]))
    loops = [
        each for each in root.iter() if "loop" in each.get("class", "").split() and each.tag.endswith(("text", "path"))
    ]
    assert [each.text for each in loops] == ["may stop here for ever"]
    assert layout_of(STOPPED).bottom > layout_of(replace(STOPPED, stops=False)).bottom


def test_text_and_mermaid_say_it_last():
    lines = diagram_as_text(STOPPED).splitlines()
    assert [number for number, line in enumerate(lines, 1) if "for ever" in line] == [len(lines)]
    mermaid = picture_as_mermaid(Picture("", "", STOPPED, {}, ())).splitlines()
    assert mermaid[-1] == f"  Note over p0,p{len(STOPPED.lanes) - 1}: may stop here for ever"
    assert "  loop for ever" not in mermaid


def test_a_picture_of_a_run_has_a_loop_or_stops():
    assert (diagram_of(RUN).loop_from, diagram_of(RUN).stops) == (0, False)
    stopped = diagram_of(replace(RUN, loop_from=2))
    assert (stopped.loop_from, stopped.stops) == (None, True)


def page_of(run):
    return page([Picture("", violation_text(run), diagram_of(run), run.initial, FRAMES, run.why, run=run)], "1")


def test_the_page_says_from_where_a_run_repeats_and_what_is_owed():
    owed = (
        Reason("A down", "taken in step 2"),
        Reason("B go", "never enabled here"),
        Reason("C go", "never enabled here"),
    )
    text = page_of(replace(RUN, loop_from=1, fairness=owed))
    first, turn, second = (text.index(each) for each in (">A up<", REPEATS, ">A down<"))
    assert first < turn < second
    assert OWED in text
    assert "<li>taken in step 2: A down</li>" in text
    assert "<li>never enabled here: B go, C go</li>" in text
    assert page_of(RUN).index(REPEATS) < page_of(RUN).index(">A up<")


def test_the_page_says_where_a_run_stops():
    text = page_of(replace(RUN, loop_from=2, fairness=(Reason("A go", "never enabled here"),)))
    assert text.index(">A down<") < text.index(STOPS_BECAUSE)
    assert REPEATS not in text
    assert OWED not in text


def test_what_is_true_from_some_step_on_is_told_as_a_sentence():
    text = page_of(replace(RUN, why=(Reason("A.x == 2", "true after step 1"), Reason("A.x", "2"))))
    assert " is true after step 1<" in text
    assert " = 2<" in text


def test_the_last_step_of_a_run_without_an_end_is_no_worse_than_the_others():
    assert guilty_values(RUN) == {}
    assert guilty_values(replace(RUN, loop_from=None)) == {1: ()}


def test_how_a_property_is_violated():
    assert violation_text(RUN) == "left is violated by a cycle from the start"
    assert violation_text(replace(RUN, loop_from=2)) == "left is violated by stopping after 2 steps"
    assert violation_text(replace(RUN, property="deadlock", loop_from=None)) == "deadlock in 2 steps"
