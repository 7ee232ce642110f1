"""Can the site be built without a warning, and is what no other test runs on its pages true?"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from test_docs import PAGES, WALKED, blocks

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
KINDS = re.compile(r"^```([^\s`]+).*\n.*?^```$", re.DOTALL | re.MULTILINE)
# Which test takes the blocks of a kind, on which pages.
TAKEN = {
    "dsc": "test_docs.py: checked",
    "console": "test_docs.py: typed",
    "sh": "here: every command and option exists",
    "python": "test_integration_docs.py on its pages, here on the others: run",
    "json": "here: read",
    "yaml": "here: the action and the hooks have these inputs",
    "toml": "test_integration_docs.py: read",
    "ini": "test_pytest_settings.py: every setting exists",
    "{toctree}": "Sphinx",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the site, built anew."""
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name, reason="the site needs the extra dscheck[docs]")
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-d",
        folder / "trees",
        DOCS,
        folder / "html",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


def test_the_site_has_every_page(site):
    pages = {page.stem for page in DOCS.glob("*.md")}
    assert pages <= {page.stem for page in site.glob("*.html")}
    front = (site / "index.html").read_text("utf-8")
    assert not [page for page in pages if f'href="{page}.html"' not in front and page != "index"]


def test_the_site_tells_of_every_command_and_code(site):
    from dscheck.cli.explain import pages
    from dscheck.cli.main import COMMANDS

    commands = (site / "commands.html").read_text("utf-8")
    assert not [name for name in COMMANDS if f"dscheck {name}" not in commands]
    codes = (site / "codes.html").read_text("utf-8")
    assert not [code for code in pages() if code not in codes]


def test_the_site_colours_specs_and_has_its_pictures(site):
    assert 'class="highlight-dsc' in (site / "language.html").read_text("utf-8")
    assert re.search(r'class="kd">protocol', (site / "language.html").read_text("utf-8"))
    assert (site / "_images" / "two_inside.svg").exists()


def test_every_kind_of_block_is_taken_by_some_test():
    found = {
        (kind, page.name)
        for page in PAGES
        if WALKED not in page.read_text("utf-8")
        for kind in KINDS.findall(page.read_text("utf-8"))
    }
    assert not [(kind, page) for kind, page in found if kind not in TAKEN]


def commands():
    """Each command of dscheck in a block of a shell."""
    for name, text in blocks("sh"):
        for line in text.splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                if words and words[0].endswith("dscheck"):
                    yield pytest.param(words[1:], id=f"{name}-{words[1]}")


@pytest.mark.parametrize("words", list(commands()))
def test_commands_on_the_pages_have_options_that_exist(words):
    run = subprocess.run(
        [sys.executable, "-m", "dscheck", *words, "--help"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr


HERE = [(name, text) for name, text in blocks("python") if name.partition("-")[0] not in ("pytest.md", "hypothesis.md")]


@pytest.mark.parametrize("text", [text for _, text in HERE], ids=[name for name, _ in HERE])
def test_python_on_the_pages_runs(text):
    run = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("text", [text for _, text in blocks("json")], ids=[name for name, _ in blocks("json")])
def test_json_on_the_pages_can_be_read(text):
    assert all(isinstance(json.loads(line), dict) for line in text.splitlines())


def test_yaml_on_the_pages_names_what_there_is():
    yaml = pytest.importorskip("yaml", reason="dscheck[docs] brings what reads YAML")
    action, hooks = (yaml.safe_load(text) for _, text in blocks("yaml"))
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    (used,) = [step["with"] for step in action if "dscheck" in step["uses"]]
    assert used.keys() <= inputs.keys()
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    assert {hook["id"] for hook in hooks["repos"][0]["hooks"]} == known


def test_the_first_commands_are_those_that_the_tutorial_walks_through():
    walked = re.findall(r"^\$ (.*)$", (DOCS / "tutorial.md").read_text("utf-8"), re.MULTILINE)
    for page in (ROOT / "README.md", DOCS / "index.md"):
        (block,) = re.findall(r"^```sh\npip install \.\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        assert block.splitlines() == walked[:2]


def test_the_measured_rows_are_those_of_the_benches():
    def rows(path):
        found = re.findall(
            r"^\| ([^|]*? N=[^|]*?) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|",
            path.read_text("utf-8"),
            re.MULTILINE,
        )
        return [[re.sub(r"\(.*?\)", "", cell).strip() for cell in row] for row in found]

    assert rows(DOCS / "comparison.md") == rows(ROOT / "bench" / "README.md")
    (bully,) = [row for row in rows(DOCS / "comparison.md") if row[0].startswith("bully")]
    (told,) = re.findall(r"^\| thousands of states .*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [cell.strip() for cell in told.split("|")[2:4] + told.split("|")[6:7]] == [bully[1], bully[4], bully[2]]


def test_the_pictures_are_those_of_the_runs():
    run = subprocess.run(
        [sys.executable, DOCS / "make_pictures.py", "--check"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
