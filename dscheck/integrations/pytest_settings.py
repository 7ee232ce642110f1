"""Which options and settings has the pytest plugin, and do they make sense? Loaded by every pytest run."""

import pytest


def add_settings(parser: pytest.Parser) -> None:
    """Tell pytest of all options and settings of the plugin."""
    group = parser.getgroup("dscheck", "specs and recorded traces of distributed protocols")
    group.addoption("--dscheck-engine", metavar="NAME", help="which engine explores (over the setting dscheck_engine)")
    group.addoption("--dscheck-max-states", metavar="N", type=_number, help="stop each check after so many states")
    group.addoption("--dscheck-timeout", metavar="SECONDS", type=float, help="stop each check after so many seconds")
    group.addoption("--dscheck-strict", action="store_true", help="a vacuity warning counts as an expectation not met")
    group.addoption("--dscheck-fresh", action="store_true", help="ask again what is known to be green")
    parser.addini("dscheck_engine", "which engine explores *.dsc specs", default="auto")
    parser.addini("dscheck_max_states", "stop each check of a *.dsc spec after so many states", default="")
    parser.addini("dscheck_timeout", "stop each check of a spec or trace after so many seconds", default="")
    parser.addini("dscheck_strict", "a vacuity warning counts as an expectation not met", type="bool", default=False)
    parser.addini("dscheck_paths", "patterns of the files to collect, from the root; default: all", type="args")
    parser.addini("dscheck_marks", "MARKER: PATTERN, for items whose node id is like the pattern", type="linelist")
    parser.addini(
        "dscheck_cache", "keep green verdicts until spec, settings or dscheck change", type="bool", default=True
    )
    parser.addini("dscheck_workers", "threads of the native engine; default: all cores, with xdist a share", default="")
    parser.addini("dscheck_store", "how the native engine keeps states: plain, tree or fingerprint", default="plain")


def refuse_nonsense(config: pytest.Config) -> None:
    """Refuse a setting that makes no sense before anything is collected.

    Raises:
        pytest.UsageError: there is one.
    """
    number_in(config, "dscheck_max_states", "states")
    number_in(config, "dscheck_workers", "threads")
    seconds_in(config, "dscheck_timeout")
    marks_in(config)
    timeout = config.getoption("dscheck_timeout")
    if timeout is not None and not 0 < timeout < float("inf"):
        raise pytest.UsageError(f"--dscheck-timeout {timeout:g} is no time to wait")


def number_in(config: pytest.Config, name: str, unit: str) -> int | None:
    """The setting of that name; None when it is not set.

    Raises:
        pytest.UsageError: it is no number.
    """
    text = str(config.getini(name)).strip()
    if text and not (text.isdecimal() and int(text) > 0):
        raise pytest.UsageError(f"{name} is {text!r}, not a number of {unit}")
    return int(text) if text else None


def seconds_in(config: pytest.Config, name: str) -> float | None:
    """The setting of that name; None when it is not set.

    Raises:
        pytest.UsageError: it is no time.
    """
    text = str(config.getini(name)).strip()
    try:
        seconds = float(text) if text else None
    except ValueError:
        seconds = 0.0
    if seconds is not None and not 0 < seconds < float("inf"):
        raise pytest.UsageError(f"{name} is {text!r}, not a number of seconds")
    return seconds


def marks_in(config: pytest.Config) -> list[tuple[str, str]]:
    """The lines of the setting `dscheck_marks`: the name of a marker, and a pattern of node ids.

    Raises:
        pytest.UsageError: a line has another form.
    """
    found = []
    for line in config.getini("dscheck_marks"):
        name, _, pattern = (part.strip() for part in line.partition(":"))
        if not (name.isidentifier() and pattern):
            raise pytest.UsageError(f"dscheck_marks: `{line}` is not `MARKER: PATTERN`, as in `slow: specs/big.dsc::*`")
        found.append((name, pattern))
    return found


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
