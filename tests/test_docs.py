"""Does what the documentation shows still happen? Every spec and every transcript on a page is run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import dscheck

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECONDS = re.compile(r"\d+\.\d+ s\b")
WALKED = "<!-- walked through, in an empty folder -->"


def blocks(kind: str) -> list[tuple[str, str]]:
    """The fenced blocks of one kind on all pages, each with a name for the test."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        if WALKED in text:  # its blocks build on each other: test_walked_pages.py
            continue
        for number, match in enumerate(m for m in BLOCK.finditer(text) if m[1] == kind):
            found.append((f"{page.name}-{number}", match[2]))
    return found


@pytest.mark.parametrize("spec", [text for _, text in blocks("dsc")], ids=[name for name, _ in blocks("dsc")])
def test_specs_on_the_pages_keep_their_promises(spec: str) -> None:
    report = dscheck.check_text(spec)
    assert report.checks or report.blocks, str(report)
    assert report.ok, str(report)


@pytest.mark.parametrize("text", [text for _, text in blocks("console")], ids=[name for name, _ in blocks("console")])
def test_transcripts_on_the_pages_are_true(text: str) -> None:
    command, _, expected = text.partition("\n")
    words = command.removeprefix("$ dscheck ").split()
    run = subprocess.run(
        [sys.executable, "-m", "dscheck", *words],
        capture_output=True, text=True, cwd=ROOT, check=False, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    assert SECONDS.sub("… s", run.stdout).strip() == SECONDS.sub("… s", expected).strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert not [target for target in targets if not list(page.parent.glob(target))]


def test_the_readme_has_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for mark in ("<!-- check -->", "<!-- tests -->"):
        block = text.split(mark)[1].split("```")[1]
        assert len(block.strip().splitlines()) == 2, "the fence's kind, and one line to copy"
