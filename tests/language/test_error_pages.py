"""Does every code have a page, and do the page's examples give that code and none?"""

import re
from pathlib import Path

import pytest

from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.source import SourceFile

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dscheck"
PAGES = sorted((PACKAGE / "language" / "errors").glob("DS0[1-47]*.md"))
EXAMPLE = re.compile(r"^```dsc (?P<kind>wrong|right)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def codes_of(text: str, *, warnings: bool = True) -> list[str]:
    """The codes of all errors of a spec, or of its warnings when it has none."""
    source = SourceFile("<page>", text)
    try:
        found = read_spec(source).warnings
        return [warning.code for warning in found] if warnings else []
    except SpecError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]


def examples(page: Path, kind: str) -> list[str]:
    return [found["text"] for found in EXAMPLE.finditer(page.read_text(encoding="utf-8")) if found["kind"] == kind]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_wrong_examples_give_exactly_their_code(page: Path) -> None:
    wrong = examples(page, "wrong")
    assert wrong
    for text in wrong:
        assert codes_of(text) == [page.stem]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_right_examples_give_nothing(page: Path) -> None:
    right = examples(page, "right")
    assert right
    # A page about syntax shows a line or two, which alone make no protocol worth checking.
    for text in right:
        assert codes_of(text, warnings=not page.stem.startswith("DS01")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_has_a_title_and_a_reason(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {page.stem} · ")
    assert lines[0] == lines[0].rstrip(".")
    reason = "\n".join(lines[1:]).split("```")[0].strip()
    assert len(reason) > 40


def test_pages_and_codes_are_the_same() -> None:
    used = {
        code
        for file in PACKAGE.rglob("*.py")
        for code in re.findall(r"\"(DS0[1-47]\d\d)\"", file.read_text(encoding="utf-8"))
    }
    assert {page.stem for page in PAGES} >= used
    assert {page.stem for page in PAGES} == used
