"""Does every text get an answer, diagnostics or a verdict, in seconds and never an exception?"""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dscheck
from tests.laws.mutations import SPECS, mutated

TEXTS = [path.read_text("utf-8") for path in SPECS]
HEAD = "protocol P\nprocess A:\n    var n: 0..3 = 0\n    action go:\n"


def ask(text: str) -> dscheck.Report:
    """Whatever it says, it must say it."""
    report = dscheck.check_text(text, max_states=100, timeout=1)
    assert report.files[0].diagnostics or report.files[0].questions
    assert str(report)
    return report


@settings(deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    assert not ask(text).ok


@settings(deadline=None)
@given(st.text(alphabet="processvarnaction \n:=+-<>()[]{}0123#\"'.,é\t"))
def test_any_text_in_a_body(text: str) -> None:
    ask(HEAD + "        " + text)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.dsc"
    path.write_bytes(data)
    report = dscheck.check(path, max_states=100)
    assert report.files[0].diagnostics
    assert str(report)


@pytest.mark.parametrize("block", range(5))
def test_mutated_specs(block: int) -> None:
    for seed in range(15 * block, 15 * block + 15):
        random = Random(seed)
        ask(mutated(random.choice(TEXTS), random, TEXTS))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(50))
def test_mutated_specs_by_the_thousand(block: int) -> None:
    for seed in range(10_000 + 200 * block, 10_200 + 200 * block):
        random = Random(seed)
        ask(mutated(random.choice(TEXTS), random, TEXTS))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "latin.dsc"
    path.write_bytes(b"protocol P\n# caf\xe9\n")
    report = dscheck.check(path)
    assert report.exit_code() == 2
    assert "UTF-8" in str(report)


DEEP = {
    "parentheses": HEAD + "        n = " + "(" * 3_000 + "1" + ")" * 3_000 + "\n",
    "open parentheses": HEAD + "        n = " + "(" * 3_000,
    "sum": HEAD + "        n = " + " + ".join(["n"] * 3_000) + "\n",
    "negations": HEAD + "        assert " + "not " * 3_000 + "true\n",
    "conjunction": HEAD + "        assert " + " and ".join(["n == n"] * 3_000) + "\n",
    "blocks": HEAD + "".join(" " * (8 + 4 * depth) + "if n == 0:\n" for depth in range(500)) + " " * 2_008 + "n = 1\n",
    "types": "protocol P\nprocess A:\n    var s: " + "set[" * 1_000 + "bool" + "]" * 1_000 + " = {}\n",
    "chains": HEAD + "        n = n" + ".x" * 3_000 + "\n",
    "implications": "protocol P\nprocess A:\n    var n: 0..1 = 0\ninvariant i: " + "true implies " * 3_000 + "true\n",
    "some blocks": HEAD + "".join(" " * (8 + 4 * depth) + "if n == 0:\n" for depth in range(21)) + " " * 92 + "n = 1\n",
    "statements": HEAD + "        n = 1\n" * 1_000,
    "branches": HEAD + "        if n == 0:\n            n = 1\n" * 400,
    "choices": HEAD + "        choose w in {0}:\n            n = 1\n" * 30,
    "helpers": HEAD.replace(
        "    action",
        "".join(f"    def h{n}():\n        h{n - 1}()\n        h{n - 1}()\n" for n in range(11, 0, -1))
        + "    def h0():\n        n = 1\n    action",
    )
    + "        h11()\n",
    "elif": HEAD + "        if n == 0:\n            n = 1\n" + "        elif n == 1:\n            n = 2\n" * 1_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting(name: str) -> None:
    ask(DEEP[name])


LARGE = {
    "comments": "protocol P\n" + "# nothing to see\n" * 60_000,
    "one line": "protocol P # " + "x" * 1_000_000 + "\n",
    "one word": "protocol " + "P" * 1_000_000 + "\n",
    "declarations": "protocol P\n" + "".join(f"const CONSTANT_NUMBER_{i} = {i}{' ' * 60}\n" for i in range(10_000)),
    "mistakes": "protocol P\n" + "const = = 3\n" * 80_000,
    "blank": "protocol P\n" + " \n" * 500_000,
    "no lines": "(" * 1_000_000,
    "number": "protocol P\nconst N = " + "9" * 1_000_000 + "\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_a_megabyte(name: str) -> None:
    ask(LARGE[name])
