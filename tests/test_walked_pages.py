"""Do the pages that are walked through come out as they say? Each is followed from its top, in a folder of its own.

`console` blocks are typed and what comes is compared, `diff` blocks are edits of the file named in the comment above,
blocks of text below `<!-- file: NAME -->` are written.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WALKED = "<!-- walked through, in an empty folder -->"
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if WALKED in page.read_text("utf-8")]
STEP = re.compile(
    r"(?:^<!-- (?P<what>file|edit): (?P<name>\S+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
SECONDS = re.compile(r"\d+\.\d+ ?s\b|\b\d+ seconds?\b")
PROGRAMS = {
    "dscheck": [sys.executable, "-m", "dscheck"],
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"],
    "pygmentize": [sys.executable, "-m", "pygments"],
}  # fmt: skip


def typed(command, folder):
    """What a command writes to the terminal."""
    words = shlex.split(command)
    if words[0] == "cp":  # from the repository
        (folder / words[2]).parent.mkdir(parents=True, exist_ok=True)
        (folder / words[2]).write_bytes((ROOT / words[1]).read_bytes())
        return ""
    path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    run = subprocess.run(
        [*PROGRAMS[words[0]], *words[1:]], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": path, "COLUMNS": "80"},
    )  # fmt: skip
    return run.stdout + run.stderr


def compared(text):
    """The text without what differs from run to run."""
    text = re.sub(r"\[100%\]", "[100%]", SECONDS.sub("… s", text))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_walked_through(page, tmp_path):
    steps = list(STEP.finditer(page.read_text("utf-8")))
    assert steps
    for step in steps:
        if step["kind"] == "console":
            for part in re.split(r"^\$ ", step["text"], flags=re.MULTILINE)[1:]:
                command, _, expected = part.partition("\n")
                assert compared(typed(command, tmp_path)) == compared(expected), command
        elif step["kind"] == "diff":
            path = tmp_path / step["name"]
            old = "".join(f"{line[1:]}\n" for line in step["text"].splitlines() if line[:1] in "- ")
            new = "".join(f"{line[1:]}\n" for line in step["text"].splitlines() if line[:1] in "+ ")
            text = path.read_text("utf-8")
            assert text.count(old) == 1, old
            path.write_text(text.replace(old, new), "utf-8")
        else:
            assert step["what"] == "file", f"a block of {step['kind']} is neither typed nor written nor an edit"
            path = tmp_path / step["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step["text"], "utf-8")
