"""Does the text tell each report about traces well, byte for byte, and a rejection in at most twenty lines?"""

import pytest
from trace_samples import LONG, OVERLAP, REPORTS, report, trace

from dscheck.report.columns import WIDTH, display_width
from dscheck.report.traces_as_text import TraceTextOptions, summary_of_traces, traces_as_text

EVERYTHING = TraceTextOptions(everything=True)
QUIET = TraceTextOptions(quiet=True)


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name, golden):
    golden(f"{name}.txt", traces_as_text(REPORTS[name]))


@pytest.mark.parametrize(
    ("name", "options"),
    [("accepted", EVERYTHING), ("rejected", EVERYTHING), ("rejected", QUIET), ("many", QUIET)],
    ids=["accepted-full", "rejected-full", "rejected-quiet", "many-quiet"],
)
def test_golden_with_options(name, options, golden):
    variant = "full" if options is EVERYTHING else "quiet"
    golden(f"trace-{name}-{variant}.txt", traces_as_text(REPORTS[f"trace-{name}"], options))


@pytest.mark.parametrize("options", [TraceTextOptions(), EVERYTHING, QUIET])
@pytest.mark.parametrize("name", REPORTS)
def test_fits_into_the_width_and_has_no_control_character(name, options):
    for line in traces_as_text(REPORTS[name], options).splitlines():
        assert display_width(line) <= WIDTH
        assert line == line.rstrip()
        assert line.isprintable()


@pytest.mark.parametrize("name", REPORTS)
def test_styling_changes_nothing_but_marks(name):
    marked = traces_as_text(REPORTS[name], style=lambda _, text: f"\x1b[1m{text}\x1b[0m")
    assert marked.replace("\x1b[1m", "").replace("\x1b[0m", "") == traces_as_text(REPORTS[name])


def test_a_rejection_has_at_most_twenty_lines_unless_everything_is_asked_for():
    told = traces_as_text(report(trace(LONG))).split("\n\n")[0].splitlines()
    rejection = told[next(at for at, line in enumerate(told) if line.startswith("REJECTED")) :]
    assert len(rejection) <= 20
    assert any("sends m11" in line for line in rejection), "the last of the core is told"
    assert "sends m7" not in traces_as_text(report(trace(LONG)))
    whole = traces_as_text(report(trace(LONG)), EVERYTHING)
    assert all(f"value {number} is" in whole and f"n{number % 12} sends" in whole for number in range(30))


def test_places_of_the_file_itself_are_short():
    told = traces_as_text(report(trace(OVERLAP)))
    assert "n1 acquires L (:12)" in told
    assert "run.jsonl:17\n" in told, "the guilty event has its whole place"
    assert ":40  n1 releases L" in told


def test_the_sum():
    assert summary_of_traces(REPORTS["trace-many"]) == "26 traces: 25 accepted, 1 rejected"
    assert summary_of_traces(REPORTS["trace-errors"]) == "1 trace: 1 accepted; 2 files could not be used"
    assert summary_of_traces(REPORTS["trace-unknown"]) == "2 traces: 2 unknown; interrupted"
    assert summary_of_traces(REPORTS["trace-nothing"]) == "nothing to judge"
