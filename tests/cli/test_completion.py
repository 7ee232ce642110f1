"""What does a shell offer when somebody presses Tab, and does it load no more than it needs?"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dscheck.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SPEC = """\
protocol Two "two checks and a block"

process A:
    var x: bool = false

    action go when not x:
        x = true

final: A.x

check first: expect holds
check first_again: expect holds
check sweep: assumptions = true expect holds

schedule sheet:
    P: a, b
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a spec, and one that has a mistake."""
    (tmp_path / "two.dsc").write_text(SPEC)
    (tmp_path / "wrong.dsc").write_text("protocol Wrong\nnonsense\n")
    return tmp_path


def offered(folder, line):
    """What is offered at the end of a line."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "dscheck"], capture_output=True, text=True, check=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "_DSCHECK_COMPLETE": "bash_complete", "COMP_WORDS": line,
             "COMP_CWORD": str(len(words) - 1)},
    )  # fmt: skip
    assert done.stderr == ""
    return [each.partition(",")[2] for each in done.stdout.splitlines() if each]


def test_commands_and_options(folder):
    assert offered(folder, "dscheck ")[: len(COMMANDS)] == list(COMMANDS)
    assert offered(folder, "dscheck co") == ["convert", "completion"]
    assert offered(folder, "dscheck --v") == ["--version"]
    assert "--max-states" in offered(folder, "dscheck check --max")


def test_names_of_checks_are_those_of_the_specs_on_the_line(folder):
    assert offered(folder, "dscheck check two.dsc --check f") == ["first", "first_again"]
    assert offered(folder, "dscheck check two.dsc --check ") == ["first", "first_again", "sweep", "sheet"]
    assert offered(folder, "dscheck check . --check fi") == ["first", "first_again"]
    assert offered(folder, "dscheck check two.dsc --check first --check s") == ["sweep", "sheet"]
    assert offered(folder, "dscheck schedule two.dsc --check ") == ["sheet"]
    assert offered(folder, "dscheck show two.dsc --check sw") == ["sweep"]


def test_what_cannot_be_read_offers_nothing_and_says_nothing(folder):
    assert offered(folder, "dscheck check wrong.dsc --check ") == []
    assert offered(folder, "dscheck check missing.dsc --check ") == []
    assert offered(folder, "dscheck check --check ") == []


def test_formats_engines_codes_and_files(folder):
    assert offered(folder, "dscheck check --format s") == ["svg", "shiviz", "sarif"]
    assert offered(folder, "dscheck check --engine r") == ["reference"]
    assert offered(folder, "dscheck explain ds010") == [f"DS010{number}" for number in range(1, 10)]
    assert offered(folder, "dscheck check tw") == ["tw"]  # `file`: the shell looks itself


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_its_shell_can_read(shell, dscheck, tmp_path):
    code, script, _ = dscheck("completion", shell)
    assert code == 0
    assert "_DSCHECK_COMPLETE" in script
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    (tmp_path / "script").write_text(script)
    subprocess.run([program, "-n", tmp_path / "script"], check=True)


def test_bash_completes(folder):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not here")
    (folder / "bin").mkdir()
    command = folder / "bin" / "dscheck"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dscheck "$@"\n')
    command.chmod(0o755)
    script = (
        'eval "$(dscheck completion bash)"\n'
        "COMP_WORDS=(dscheck check two.dsc --check fi); COMP_CWORD=4\n"
        '_dscheck_completion dscheck\necho "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [bash, "--norc", "-c", script], capture_output=True, text=True, cwd=folder, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stdout.split() == ["first", "first_again"], done.stderr


def test_completing_a_command_imports_none(folder):
    program = (
        "import sys\nfrom dscheck.cli.main import run\n"
        "try:\n    run([])\nexcept SystemExit:\n    pass\n"
        "print(*(name for name in sys.modules if name.startswith('dscheck.cli.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "_DSCHECK_COMPLETE": "bash_complete", "COMP_WORDS": "dscheck c",
             "COMP_CWORD": "1"},
    )  # fmt: skip
    assert "completion" in done.stdout
    assert set(done.stderr.split()) == {"dscheck.cli.main", "dscheck.cli.console"}
