"""How do runs of a spec become a file of tests? One test per run; an adapter drives the implementation along it."""

import json
from collections.abc import Iterable

from dscheck.runs.covering import Case, Covering

_WIDTH = 120


def tests_as_text(covering: Covering, *, spec: str, command: str, options: Iterable[tuple[str, object]]) -> str:
    """The text of a file for pytest.

    Args:
        covering: the runs.
        spec: the file of the spec, as seen from the folder of the tests.
        command: that writes the same file again.
        options: further arguments of `dscheck.drive`, by name.
    """
    said = "".join(f"            {name}={json.dumps(value, ensure_ascii=False)},\n" for name, value in options)
    cases = "".join(_case(case) for case in covering.cases)
    return _TEXT.format(command=command, spec=spec, cases=cases, said=said)


def _case(case: Case) -> str:
    steps = "".join(f"        {_quoted(step)},\n" for step in case.steps)
    return f"    {_quoted(case.name)}: [{_covers(case)}\n{steps}    ],\n"


def _covers(case: Case) -> str:
    """What a run covers first, as a comment that fits in a line."""
    text = f"  # covers {', '.join(dict.fromkeys(case.covers))}"
    return text if len(text) <= _WIDTH - 40 else text[: _WIDTH - 41] + "…"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_TEXT = '''"""Does the implementation take the runs of {spec}? This file is written, and not edited:

    {command}

Define a fixture `dscheck_adapter` in conftest.py that gives an adapter of a fresh implementation.
"""

from pathlib import Path

import pytest

from dscheck import AnotherWay, drive

SPEC = Path(__file__).parent / "{spec}"
RUNS = {{
{cases}}}


@pytest.mark.parametrize("steps", RUNS.values(), ids=RUNS)
def test_run(dscheck_adapter, steps):
    try:
        drive(
            dscheck_adapter,
            SPEC,
            steps,
{said}        )
    except AnotherWay as other:
        pytest.skip(str(other))
'''
