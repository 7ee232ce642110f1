"""What does dscheck add to pytest? Items for specs and traces, fixtures, and how clocks differ in a failed assertion.

Nothing else of dscheck is imported at the top: every pytest run in an environment with dscheck loads this module.
"""

from __future__ import annotations

import sys
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest

from dscheck.integrations.pytest_settings import add_settings, marks_in, refuse_nonsense

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dscheck.integrations.recording import TraceRecorder
    from dscheck.verdict import Report

MOST_COMMENT = 100_000  # characters of comments before the first word
TRACE_SUFFIXES = (".trace.jsonl", ".trace.jsonl.gz", ".trace.toml")
KNOWN = "dscheck_known_since"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and settings of the plugin."""
    add_settings(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting that makes no sense before anything is collected; say what the marks are."""
    refuse_nonsense(config)
    config.addinivalue_line("markers", "dscheck: a check of a spec, or a recorded trace; `-m dscheck` selects them")
    for name in dict.fromkeys(name for name, _ in marks_in(config)):
        config.addinivalue_line("markers", f"{name}: given by the setting dscheck_marks")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """A spec or a trace. Debian's source packages end in `.dsc` too, so the first word decides."""
    if file_path.suffix == ".dsc":
        if _is_wanted(file_path, parent.config) and is_spec(file_path):
            from dscheck.integrations.pytest_specs import SpecFile

            return SpecFile.from_parent(parent, path=file_path)
    elif file_path.name.endswith(TRACE_SUFFIXES) and _is_wanted(file_path, parent.config):
        from dscheck.integrations.pytest_traces import TraceFile, is_read_with_another

        if not is_read_with_another(file_path):
            return TraceFile.from_parent(parent, path=file_path)
    return None


def _is_wanted(path: Path, config: pytest.Config) -> bool:
    """Is it one of the files that the setting `dscheck_paths` names?"""
    patterns = config.getini("dscheck_paths")
    if not patterns or not path.is_relative_to(config.rootpath):
        return not patterns
    name = path.relative_to(config.rootpath).as_posix()
    return any(fnmatch(name, pattern) or name.startswith(f"{pattern.rstrip('/')}/") for pattern in patterns)


def is_spec(path: Path) -> bool:
    """Whether the file begins as a spec does, after comments."""
    from dscheck.language import parser

    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return parser.is_spec(file.read(MOST_COMMENT))


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """A verdict that was known before is shown as such."""
    if report.when != "call" or not report.passed:
        return None
    since = _known_since(report)
    return None if since is None else ("passed", ".", f"PASSED (known since {since})")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many verdicts were known before."""
    known = sum(_known_since(report) is not None for report in terminalreporter.getreports("passed"))
    if known:
        verdicts = "1 green verdict was" if known == 1 else f"{known:,} green verdicts were"
        terminalreporter.write_line(f"dscheck: {verdicts} known from before; --dscheck-fresh asks again")


def _known_since(report: Any) -> str | None:
    return next((str(value) for name, value in getattr(report, "user_properties", ()) if name == KNOWN), None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the folder of verdicts from growing for ever."""
    asking: Any = sys.modules.get("dscheck.integrations.pytest_asking")
    verdicts = None if asking is None else session.config.stash.get(asking.VERDICTS, None)
    if verdicts is not None and not hasattr(session.config, "workerinput"):
        verdicts.trim()


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """How two clock values differ, and which of them came first."""
    if not type(left).__module__.startswith("dscheck.clocks."):
        return None
    from dscheck.integrations.clock_differences import differences

    return differences(op, left, right)


@pytest.fixture(scope="session")
def dscheck_report() -> Callable[..., Report]:
    """`dscheck.check`, which answers the same question only once in a session.

    Give it the path of a spec, and what `dscheck.check` takes.
    """
    from dscheck.api import check
    from dscheck.integrations.assertions import ReportsOnce

    return ReportsOnce(check)


_RECORDED = pytest.StashKey["tuple[TraceRecorder, pytest.TempPathFactory]"]()


@pytest.fixture
def trace_recorder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TraceRecorder:
    """Records what a system does under test: `trace_recorder.event("n1", "request", mode="waiting")`.

    When the test fails, what was recorded is written to a temporary file, and the failure names it.
    """
    from dscheck.integrations.recording import TraceRecorder

    recorder = TraceRecorder(request.node.name)
    request.node.stash[_RECORDED] = recorder, tmp_path_factory
    return recorder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Save what a test that failed has recorded."""
    report = yield
    if call.when == "call" and report.failed and _RECORDED in item.stash:
        recorder, folders = item.stash[_RECORDED]
        if recorder.trace.events:
            path = folders.mktemp("recorded") / "recorded.jsonl"
            recorder.save(path)
            report.sections.append(("recorded by dscheck", f"dscheck verify {path}"))
    return report


@pytest.fixture
def dscheck_adapter() -> Any:
    """What tests that `dscheck generate` wrote drive; a `conftest.py` overrides it."""
    pytest.fail(
        "which implementation? Define a fixture `dscheck_adapter` in conftest.py that gives an adapter, as "
        "`dscheck.machine_for` takes one",
        pytrace=False,
    )
