"""Do the settings do what they say? Marks, paths, strictness, and green verdicts that are known from before."""

import pytest

PLUGIN = "dscheck.integrations.pytest_plugin"

SPEC = """protocol Steps

shared var x: 0..3 = 0

process P:
    action rise when x < 3:
        x += 1

invariant small: x < {bound}
reachable top: x == 3
final: x == 3

check all: expect holds
check more: only = {{small}} expect holds
"""
# The antecedent is never true: green, but only for lack of cases.
VACUOUS = SPEC.format(bound=4) + "\ninvariant empty: x == 3 and x == 2 implies x == 0\n"


@pytest.fixture
def run(pytester):
    def call(*arguments, process=False):
        runner = pytester.runpytest_subprocess if process else pytester.runpytest_inprocess
        return runner("-p", PLUGIN, *arguments)

    return call


@pytest.fixture
def spec(pytester):
    path = pytester.path / "steps.dsc"
    path.write_text(SPEC.format(bound=4))
    return path


def test_items_are_marked(spec, run, pytester):
    run("-m", "dscheck").assert_outcomes(passed=2)
    run("-m", "not dscheck").assert_outcomes(deselected=2)
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers\ndscheck_marks =\n    slow: *.dsc::more\n    big: other.dsc::*"
    )
    run("-m", "not slow").assert_outcomes(passed=1, deselected=1)
    run("-m", "big").assert_outcomes(deselected=2)
    run("--markers").stdout.fnmatch_lines(["*pytest.mark.dscheck:*", "*pytest.mark.slow: given by*"])


def test_only_some_paths(spec, run, pytester):
    (pytester.path / "models").mkdir()
    (pytester.path / "models" / "other.dsc").write_text(spec.read_text())
    run().assert_outcomes(passed=4)
    pytester.makeini("[pytest]\ndscheck_paths = models")
    run("--collect-only", "-q").stdout.no_fnmatch_line("steps.dsc*")
    run().assert_outcomes(passed=2)
    pytester.makeini("[pytest]\ndscheck_paths = *s.dsc")
    run("--collect-only", "-q").stdout.no_fnmatch_line("models*")


def test_strict(pytester, run):
    (pytester.path / "steps.dsc").write_text(VACUOUS)
    run("-p", "no:cacheprovider").assert_outcomes(passed=2)
    result = run("-p", "no:cacheprovider", "--dscheck-strict", "-k", "all")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*empty*", "  next  dscheck check steps.dsc --check all --strict"])
    pytester.makeini("[pytest]\ndscheck_strict = true")
    run("-k", "all").assert_outcomes(failed=1, deselected=1)


def test_limits(spec, run, pytester):
    run("-k", "all", "--dscheck-max-states", "2").stdout.fnmatch_lines(["*stopped at * 2 states*"])
    pytester.makeini("[pytest]\ndscheck_timeout = 0.0000001")
    run("-k", "all", "--dscheck-fresh").stdout.fnmatch_lines(["*unknown: stopped after*"])
    assert run("--dscheck-timeout", "-1").ret == pytest.ExitCode.USAGE_ERROR
    assert run("--dscheck-max-states", "0").ret == pytest.ExitCode.USAGE_ERROR


# --- verdicts that are known --------------------------------------------------------------------


def test_a_green_verdict_is_asked_once_and_shown_as_known(spec, run):
    run("-v").stdout.no_fnmatch_line("*known from before*")
    again = run("-v")
    again.assert_outcomes(passed=2)
    again.stdout.fnmatch_lines(
        [
            "steps.dsc::all PASSED (known since 20*)*",
            "*dscheck: 2 green verdicts were known from before*--dscheck-fresh*",
        ]
    )
    run("-v", "--dscheck-fresh").stdout.no_fnmatch_line("*known from before*")
    run("-v", "--cache-clear").stdout.no_fnmatch_line("*known from before*")


def test_a_known_verdict_keeps_its_numbers(spec, pytester):
    for _ in range(2):
        items, _ = pytester.inline_genitems("-p", PLUGIN, "steps.dsc")
        items[0].runtest()
        assert dict(items[0].user_properties)["states"] == 4
    assert "dscheck_known_since" in dict(items[0].user_properties)


def test_a_red_verdict_is_not_kept(spec, run):
    spec.write_text(SPEC.format(bound=3))
    for _ in range(2):
        result = run()
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(["*VIOLATED  small*"])


@pytest.mark.parametrize("change", ["text", "engine", "strict", "states", "program"])
def test_a_verdict_is_not_known_when_something_changed(spec, run, monkeypatch, change):
    run("-k", "all").assert_outcomes(passed=1, deselected=1)
    options = {
        "engine": ["--dscheck-engine", "reference"],
        "strict": ["--dscheck-strict"],
        "states": ["--dscheck-max-states", "100"],
    }
    if change == "text":
        spec.write_text(spec.read_text() + "# another comment\n")
    if change == "program":
        monkeypatch.setattr("dscheck.integrations.green_verdicts._program", lambda: "another")
    run("-k", "all", *options.get(change, [])).stdout.no_fnmatch_line("*known from before*")
    run("-k", "all", *options.get(change, [])).stdout.fnmatch_lines(["*known from before*"])


def test_no_cache_no_verdict(spec, run, pytester):
    for _ in range(2):
        run("-p", "no:cacheprovider").stdout.no_fnmatch_line("*known from before*")
    pytester.makeini("[pytest]\ndscheck_cache = false")
    for _ in range(2):
        run().stdout.no_fnmatch_line("*known from before*")


def test_half_a_verdict_is_none(spec, run, pytester):
    run()
    for path in pytester.path.glob(".pytest_cache/d/dscheck/*.json"):
        path.write_text("{")
    run().stdout.no_fnmatch_line("*known from before*")


def test_workers_that_want_the_same_explore_it_once(spec, pytester):
    """With `--dist each` every worker has every item; the slower one finds what the faster one kept."""
    result = pytester.runpytest_subprocess("-p", PLUGIN, "-p", "xdist", "-n", "2", "--dist", "each", "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*dscheck: 2 green verdicts were known*"])


def test_old_verdicts_go(tmp_path):
    from dscheck.integrations import green_verdicts

    verdicts = green_verdicts.GreenVerdicts(tmp_path)
    for number in range(5):
        with verdicts.asking(f"key{number}") as known:
            assert known is None
            verdicts.keep(f"key{number}", {"states": number})
    green_verdicts_most, green_verdicts.MOST_KEPT = green_verdicts.MOST_KEPT, 2
    try:
        verdicts.trim()
    finally:
        green_verdicts.MOST_KEPT = green_verdicts_most
    assert len(list(tmp_path.glob("*.json"))) == 2
