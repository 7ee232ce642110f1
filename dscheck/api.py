"""How is dscheck called from Python? `check` for files, `check_text` for text; both answer with a `Report`."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike, fspath

from dscheck import workflow
from dscheck.options import CheckOptions, Limits, NativeOptions, StoreKind
from dscheck.report.as_text import report_as_text
from dscheck.verdict import Report

Constant = int | bool | str


def check(
    path: str | PathLike[str] | Iterable[str | PathLike[str]],
    *,
    checks: str | Iterable[str] | None = None,
    constants: Mapping[str, Constant] | None = None,
    engine: str = "auto",
    max_states: int | None = None,
    max_depth: int | None = None,
    timeout: float | None = None,
    max_memory: int | None = None,
    workers: int | None = None,
    store: StoreKind = "plain",
) -> Report:
    """Explore every interleaving of one or more specs and judge their checks; answer schedules and timing blocks.

    >>> import dscheck
    >>> report = dscheck.check("specs/mutex.dsc", constants={"N": 3})  # doctest: +SKIP
    >>> print(report)                                                  # doctest: +SKIP
    >>> assert report.ok                                               # doctest: +SKIP

    Args:
        path: a spec, a directory that is searched for `*.dsc`, or several of them.
        checks: names of the checks, schedules and timing blocks to answer; all of them when None.
        constants: overrides as `--set` takes them, for every check that does not set the key itself.
        engine: a name of an engine, or `auto`.
        max_states: distinct states after which to stop; the answer is then unknown.
        max_depth: steps after which to stop; the answer is then unknown.
        timeout: seconds after which to stop each check; the answer is then unknown.
        max_memory: bytes that the process may take before a check stops; the answer is then unknown.
        workers: threads of the native engine; one per core when None.
        store: how the native engine keeps states: `plain`, `tree` or `fingerprint`.

    Returns:
        The answers; printing the report reads as the command line does. Errors in a spec are in it too.

    Raises:
        UnknownEngine: no engine has that name.
        ValueError: no spec has a check or block of one of these names, or the store is not one of the engine.
    """
    paths = [path] if isinstance(path, str | PathLike) else list(path)
    limits = Limits(max_states=max_states, max_depth=max_depth, timeout=timeout, max_memory=max_memory)
    options = _options(checks, constants, engine, limits, NativeOptions(workers=workers, store=store))
    return _printable(workflow.check_paths([fspath(each) for each in paths], options), options)


def check_text(
    source: str,
    *,
    checks: str | Iterable[str] | None = None,
    constants: Mapping[str, Constant] | None = None,
    engine: str = "auto",
    max_states: int | None = None,
    max_depth: int | None = None,
    timeout: float | None = None,
    max_memory: int | None = None,
    workers: int | None = None,
    store: StoreKind = "plain",
) -> Report:
    """The same as `check`, for the text of a spec.

    Args:
        source: the text.
        checks: names of the checks, schedules and timing blocks to answer; all of them when None.
        constants: overrides as `--set` takes them, for every check that does not set the key itself.
        engine: a name of an engine, or `auto`.
        max_states: distinct states after which to stop; the answer is then unknown.
        max_depth: steps after which to stop; the answer is then unknown.
        timeout: seconds after which to stop each check; the answer is then unknown.
        max_memory: bytes that the process may take before a check stops; the answer is then unknown.
        workers: threads of the native engine; one per core when None.
        store: how the native engine keeps states: `plain`, `tree` or `fingerprint`.

    Raises:
        UnknownEngine: no engine has that name.
        ValueError: no spec has a check or block of one of these names, or the store is not one of the engine.
    """
    limits = Limits(max_states=max_states, max_depth=max_depth, timeout=timeout, max_memory=max_memory)
    options = _options(checks, constants, engine, limits, NativeOptions(workers=workers, store=store))
    return _printable(workflow.check_text(source, options), options)


def _options(
    checks: str | Iterable[str] | None,
    constants: Mapping[str, Constant] | None,
    engine: str,
    limits: Limits,
    native: NativeOptions,
) -> CheckOptions:
    names = (checks,) if isinstance(checks, str) else tuple(checks or ())
    texts = {key: _text(value) for key, value in (constants or {}).items()}
    return CheckOptions(checks=names, constants=texts, engine=engine, limits=limits, native=native)


def _text(value: Constant) -> str:
    """As on the command line: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _printable(report: Report, options: CheckOptions) -> Report:
    missing = report.missing_checks(options.checks)
    if missing:  # an answer to nothing would look like success
        raise ValueError(f"there is no check {', '.join(map(repr, missing))}")
    return replace(report, text=report_as_text(report).rstrip("\n"))
