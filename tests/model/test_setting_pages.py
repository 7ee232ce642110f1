"""Do the pages on settings tell the truth? These errors appear only when a file's checks are planned."""

import re
from pathlib import Path

import pytest

import dscheck

PAGES = sorted((Path(dscheck.__file__).parent / "language" / "errors").glob("DS05*.md"))
CODES = set(re.findall(r"DS05\d\d", "".join(p.read_text("utf-8") for p in Path(dscheck.__file__).parent.rglob("*.py"))))


def block(page: Path, kind: str) -> str:
    """The spec of one kind on a page."""
    found = re.search(rf"```dsc {kind}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_every_code_has_a_page() -> None:
    assert {page.stem for page in PAGES} == CODES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_wrong_spec_is_refused_with_that_code(page: Path) -> None:
    file = dscheck.check_text(block(page, "wrong")).files[0]
    assert not file.checks
    assert [diagnostic.code for diagnostic in file.diagnostics] == [page.stem]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_right_spec_is_checked(page: Path) -> None:
    report = dscheck.check_text(block(page, "right"))
    assert report.ok, str(report)
