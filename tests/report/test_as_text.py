"""Does the text tell each report well, byte for byte, and only its facts?"""

import dataclasses

import pytest

from dscheck.report.as_text import question_as_text, report_as_text, statistics_line
from dscheck.report.columns import WIDTH, display_width
from dscheck.report.status import TextOptions
from dscheck.verdict import Statistics

NAMES = ["blocks", "broken", "empty", "green", "many", "mixed", "sheet", "unknown", "wrong"]


@pytest.mark.parametrize("name", NAMES)
def test_golden(name, samples, golden):
    golden(f"{name}.txt", report_as_text(samples[name]))


VARIANTS = {
    "green-full": ("green", TextOptions(full_runs=True)),
    "green-strict": ("green", TextOptions(strict=True)),
    "many-quiet": ("many", TextOptions(quiet=True)),
    "green-quiet": ("green", TextOptions(quiet=True)),
    "blocks-full": ("blocks", TextOptions(full_runs=True)),
    "blocks-quiet": ("blocks", TextOptions(quiet=True)),
    "unknown-memory": ("unknown", TextOptions(memory=True)),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_golden_with_options(variant, samples, golden):
    name, options = VARIANTS[variant]
    golden(f"{variant}.txt", report_as_text(samples[name], options))


@pytest.mark.parametrize("name", NAMES)
def test_fits_into_the_width_and_has_no_control_character(name, samples):
    for line in report_as_text(samples[name]).splitlines():
        assert display_width(line) <= WIDTH
        assert line == line.rstrip()
        assert line.isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_styling_changes_nothing_but_marks(name, samples):
    marked = report_as_text(samples[name], style=lambda role, text: f"\x1b[1m{text}\x1b[0m")
    assert marked.replace("\x1b[1m", "").replace("\x1b[0m", "") == report_as_text(samples[name])
    if name != "empty":
        assert "\x1b[1m" in marked


def test_an_expected_violation_is_one_line_unless_asked(samples):
    assert "Client[0] ask" not in report_as_text(samples["green"])
    assert "mutual_exclusion in 6 steps" in report_as_text(samples["green"])
    assert "Client[0] ask" in report_as_text(samples["green"], TextOptions(full_runs=True))


def test_strict_makes_a_vacuous_check_red(samples):
    assert report_as_text(samples["green"]).endswith("3 checks: 3 met\n")
    assert report_as_text(samples["green"], TextOptions(strict=True)).endswith("3 checks: 2 met, 1 not met\n")


def test_unknown_is_never_told_as_success(samples):
    text = report_as_text(samples["unknown"])
    assert "UNKNOWN  large" in text
    assert "not complete" in text
    assert text.endswith("2 checks: 1 met, 1 unknown\n")


def test_an_interrupted_check_is_unknown(samples):
    report = samples["unknown"]
    check = dataclasses.replace(report.checks[1], interrupted=True, reason="interrupted")
    report = dataclasses.replace(report, files=(dataclasses.replace(report.files[0], checks=(check,)),))
    assert report_as_text(report).endswith("1 check: 1 unknown\n")
    assert report.exit_code() == 130


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0.00 s"), (1.239, "1.24 s"), (59.994, "59.99 s"), (60.0, "1 min 00 s"), (3725.4, "62 min 05 s")],
)
def test_statistics(seconds, told):
    line = statistics_line(Statistics(1, 1_000, 0, seconds, 0, True), "python")
    assert line == f"1 state, 1,000 transitions, depth 0, {told}, python"


def test_a_block_that_is_met_is_drawn_only_when_asked(samples):
    assert "●" not in report_as_text(samples["sheet"])
    assert "├──────m1───────▶● c  3  [2,1,0]" in report_as_text(samples["sheet"], TextOptions(full_runs=True))


def test_checks_and_blocks_are_counted_together(samples):
    told = "1 check, 2 schedules and 1 timing block: 2 met, 1 not met, 1 unknown\n"
    assert report_as_text(samples["blocks"]).endswith(f"\n{told}")
    assert report_as_text(samples["blocks"], TextOptions(strict=True)).endswith("1 met, 2 not met, 1 unknown\n")


def test_an_interrupted_block_is_unknown(samples):
    assert samples["stopped"].exit_code() == 130
    assert report_as_text(samples["stopped"]).endswith("2 schedules: 1 met, 1 unknown\n")


@pytest.mark.parametrize(
    ("value", "told"),
    [("614/99", "614/99 ≈ 6.202"), ("-70/1111", "-70/1111 ≈ -0.063"), ("1999999/1000000", "≈ 2.000"), ("6", "= 6")],
)
def test_a_fraction_has_its_decimal_beside_it(value, told, samples):
    file = samples["blocks"].files[0]
    (block,) = (each for each in file.blocks if each.name == "cristian")
    claim = dataclasses.replace(block.claims[0], value=value)
    block = dataclasses.replace(block, claims=(claim,))
    assert told in question_as_text(file, block)
