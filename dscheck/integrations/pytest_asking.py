"""What do the settings of pytest ask of dscheck? Options of checks, marks of items, and where verdicts are kept."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from dscheck.explore.cores import usable_cores
from dscheck.explore.limits import default_memory_limit
from dscheck.integrations.green_verdicts import GreenVerdicts
from dscheck.integrations.pytest_settings import marks_in, number_in, seconds_in
from dscheck.options import CheckOptions, Limits, NativeOptions

if TYPE_CHECKING:
    from pathlib import Path

VERDICTS = pytest.StashKey[GreenVerdicts | None]()


class NotMet(Exception):
    """What an item asks did not come out as it should, or could not be decided.

    Attributes:
        story: what a person should read.
    """

    def __init__(self, story: str) -> None:
        super().__init__(story)
        self.story = story


def shown(path: Path) -> Path:
    """The path as a user at the command line would give it, so that the replay command can be pasted."""
    here = type(path).cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def mark(item: pytest.Item) -> None:
    """Give an item its marks: `dscheck`, and those that the setting `dscheck_marks` gives to its node id."""
    item.add_marker("dscheck")
    for name, pattern in marks_in(item.config):
        if fnmatch(item.nodeid, pattern):
            item.add_marker(name)


def is_strict(config: pytest.Config) -> bool:
    """Does a vacuity warning count as an expectation not met?"""
    return bool(config.getoption("dscheck_strict") or config.getini("dscheck_strict"))


def verdicts_of(config: pytest.Config) -> GreenVerdicts | None:
    """Where green verdicts are kept; None where they are not."""
    if VERDICTS not in config.stash:
        kept = None
        cache = getattr(config, "cache", None)  # `-p no:cacheprovider`
        if cache is not None and config.getini("dscheck_cache") and not config.getoption("dscheck_fresh"):
            kept = GreenVerdicts(cache.mkdir("dscheck"))
        config.stash[VERDICTS] = kept
    return config.stash[VERDICTS]


def seconds_of(config: pytest.Config) -> float | None:
    """How long each check may take, by the command line or the settings."""
    return config.getoption("dscheck_timeout") or seconds_in(config, "dscheck_timeout")


def check_options(config: pytest.Config, name: str) -> CheckOptions:
    """What the command line and the settings ask of one check.

    Raises:
        NotMet: they make no sense together.
    """
    workers, memory = number_in(config, "dscheck_workers", "threads"), None
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes > 1:  # each would take all cores and three quarters of the memory
        workers, memory = workers or max(1, usable_cores() // processes), default_memory_limit() // processes
    try:
        return CheckOptions(
            checks=(name,),
            engine=config.getoption("dscheck_engine") or str(config.getini("dscheck_engine")),
            limits=Limits(
                max_states=config.getoption("dscheck_max_states") or number_in(config, "dscheck_max_states", "states"),
                timeout=seconds_of(config),
                max_memory=memory,
            ),
            native=NativeOptions(workers=workers, store=str(config.getini("dscheck_store"))),  # type: ignore[arg-type]
        )
    except ValueError as error:
        raise NotMet(f"the settings of dscheck: {error}") from None
