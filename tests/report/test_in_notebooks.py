"""Does a notebook show what people read, with the page of the runs, and keep that page within its frame?"""

import html
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from diagrams import CRISTIAN
from samples import SAMPLES

import dscheck
from dscheck.report.pictures.page import report_as_html
from dscheck.spacetime import Diagram

ROOT = Path(__file__).resolve().parents[2]
SPEC = """\
protocol Two "both may enter"

process Client[2]:
    var inside: bool = false

    action enter when not inside:
        inside = true

invariant alone: count(c in Client if c.inside) <= 1
"""


def test_an_answer_is_shown_as_text_and_with_its_page():
    report = dscheck.check_text(SPEC)
    bundle = report._repr_mimebundle_()
    assert bundle["text/plain"] == str(report)
    text, frame = re.fullmatch(r"<pre[^>]*>(.*)</pre>\n(<iframe .*</iframe>)", bundle["text/html"], re.DOTALL).groups()
    assert html.unescape(text) == str(report)
    (page,) = re.findall(r'srcdoc="([^"]*)"', frame)
    assert html.unescape(page) == report_as_html(report)
    assert 'sandbox="allow-scripts"' in frame, "without its origin, the page cannot touch the notebook"


def test_an_answer_without_a_run_is_its_text():
    report = dscheck.check_text(SPEC.replace("<= 1", "<= 2"))
    assert "iframe" not in report._repr_mimebundle_()["text/html"]
    assert "holds" in report._repr_mimebundle_()["text/html"]


def test_every_report_can_be_shown_also_one_that_was_saved():
    for report in SAMPLES.values():
        bundle = replace(report, text="")._repr_mimebundle_()
        assert bundle["text/plain"].strip()


def test_a_notebook_may_choose():
    report = dscheck.check_text(SPEC)
    assert list(report._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert "text/html" not in report._repr_mimebundle_(exclude={"text/html"})


def test_a_diagram_is_a_picture():
    bundle = CRISTIAN._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/svg+xml"}
    assert "<svg" in bundle["image/svg+xml"]
    assert all(lane in bundle["text/plain"] for lane in CRISTIAN.lanes)
    assert isinstance(CRISTIAN, Diagram)


def test_traces_are_shown():
    shown = dscheck.verify(ROOT / "traces" / "two_leaders.jsonl")
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == str(shown)
    assert "iframe" in bundle["text/html"]


def test_nothing_that_draws_is_loaded_before_a_notebook_asks():
    program = "import sys, dscheck.verdict; print(*(name for name in sys.modules if name.startswith('dscheck.report')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
