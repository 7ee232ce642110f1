"""Is `import dscheck` enough to check a spec from Python, and does the answer print as the command line does?"""

from pathlib import Path

import pytest

import dscheck
from dscheck.options import CheckOptions, Limits, NativeOptions


@pytest.fixture
def asked(monkeypatch, samples):
    calls = []

    def answers(what, options, **rest):
        calls.append((what, options))
        return samples["broken"]

    monkeypatch.setattr("dscheck.workflow.check_paths", answers)
    monkeypatch.setattr("dscheck.workflow.check_text", answers)
    return calls


def test_prints_as_the_command_line_does(asked, golden):
    report = dscheck.check("specs/mutex.dsc")
    golden("broken.txt", f"{report}\n")
    assert not report.ok
    assert report.checks[0].outcome is dscheck.Outcome.VIOLATED


@pytest.mark.parametrize(
    ("path", "paths"),
    [("a.dsc", ["a.dsc"]), (Path("b/a.dsc"), [str(Path("b/a.dsc"))]), (["a.dsc", Path("c")], ["a.dsc", "c"])],
)
def test_one_path_or_several(path, paths, asked):
    dscheck.check(path)
    assert asked == [(paths, CheckOptions())]


@pytest.mark.parametrize("function", [dscheck.check, dscheck.check_text])
def test_options(function, asked):
    function(
        "x", checks=["two", "two"], constants={"N": 3, "EARLY": True, "network.order": "fifo"}, engine="python",
        max_states=1, max_depth=2, timeout=3.0, max_memory=4, workers=5, store="plain",
    )  # fmt: skip
    assert asked[0][1] == CheckOptions(
        checks=("two", "two"),
        constants={"N": "3", "EARLY": "true", "network.order": "fifo"},
        engine="python",
        limits=Limits(max_states=1, max_depth=2, timeout=3.0, max_memory=4),
        native=NativeOptions(workers=5),
    )


def test_a_store(asked):
    dscheck.check("x", engine="native", store="tree")
    assert asked[0][1].native == NativeOptions(store="tree")
    with pytest.raises(ValueError, match="not of `reference`"):
        dscheck.check("x", engine="reference", store="tree")


def test_one_check_by_its_name(asked):
    dscheck.check_text("protocol X", checks="two")
    assert asked == [("protocol X", CheckOptions(checks=("two",)))]


@pytest.mark.parametrize("function", [dscheck.check, dscheck.check_text])
def test_a_check_that_is_not_there_is_no_success(function, asked):
    with pytest.raises(ValueError, match="there is no check 'tow'"):
        function("x", checks=["two", "tow"])


@pytest.mark.parametrize("name", dscheck.__all__)
def test_public_names_are_there(name):
    assert getattr(dscheck, name) is not None
    assert name in dir(dscheck)


def test_no_other_name():
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        dscheck.chekc  # noqa: B018


def test_no_public_name_is_also_that_of_a_module():
    """Python would put the module in its place as soon as anything imports it."""
    for name in dscheck.__all__:
        assert not (Path(dscheck.__file__).parent / f"{name}.py").exists()
        assert not (Path(dscheck.__file__).parent / name).exists()


def test_a_counterexample_has_a_dependency_graph(samples):
    (run,) = samples["broken"].checks[0].counterexamples
    graph = dscheck.dependency_graph(dscheck.diagram_of(run))
    assert graph.number_of_nodes() == run.length
    assert graph.edges[0, 2] == {"kind": "message", "message": "Acquire"}


def test_a_block_by_its_name():
    spec = "protocol P\nschedule one:\n    A: a\n    expect a -> a\nschedule two:\n    A: a\n    expect not (a -> a)\n"
    report = dscheck.check_text(spec)
    assert [(block.name, block.met) for block in report.blocks] == [("one", False), ("two", True)]
    assert report.exit_code() == 1
    assert dscheck.check_text(spec, checks="two").ok
    with pytest.raises(ValueError, match="there is no check 'three'"):
        dscheck.check_text(spec, checks="three")
