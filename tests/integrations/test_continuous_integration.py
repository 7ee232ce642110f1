"""Do the pre-commit hooks and the GitHub Action do what they say, with the scripts that stand in their files?"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

yaml = pytest.importorskip(
    "yaml", reason="the files of the hooks and of the action are YAML: dscheck[docs] brings a reader"
)

ROOT = Path(__file__).resolve().parents[2]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
GOOD = """\
protocol Good "nothing happens"

process A:
    var x: bool = false

    action go when not x:
        x = true

final: A.x

check fine: expect holds
"""
BAD = GOOD.replace("final: A.x\n", "final: A.x\ninvariant never: not A.x\n")


@pytest.fixture
def folder(tmp_path):
    """A folder with specs, where `dscheck` is a command."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "dscheck"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m dscheck "$@"\n')
    command.chmod(0o755)
    (tmp_path / "good.dsc").write_text(GOOD)
    (tmp_path / "bad spec.dsc").write_text(BAD)
    return tmp_path


def environment(folder, **more):
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def hook(name, folder, *files):
    """Run a hook as pre-commit does: its entry, and the files that changed."""
    command = [*shlex.split(HOOKS[name]["entry"]), *files]
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )  # fmt: skip


def test_the_hook_that_checks(folder):
    assert hook("dscheck-check", folder, "good.dsc").returncode == 0
    wrong = hook("dscheck-check", folder, "good.dsc", "bad spec.dsc")
    assert wrong.returncode == 1
    assert "never" in wrong.stdout


def test_the_hook_that_formats(folder):
    (folder / "good.dsc").write_text(
        GOOD.replace("    var", "  var").replace("    action", "  action").replace(" = true", "=true")
    )
    assert hook("dscheck-format", folder, "good.dsc").returncode == 0
    assert (folder / "good.dsc").read_text() == GOOD


def test_every_hook_takes_specs_and_needs_what_exists():
    assert set(HOOKS) == {"dscheck-check", "dscheck-format"}
    for each in HOOKS.values():
        assert each["language"] == "python"
        assert each["files"] == r"\.dsc$"


def step(name):
    (found,) = [each for each in ACTION["runs"]["steps"] if each.get("id") == name]
    return found


def act(folder, paths, arguments=""):
    """Run the step of the action that checks, as a runner does."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("the action is a script of bash")
    temporary = folder / "runner"
    temporary.mkdir()
    (temporary / "output").touch()
    given = environment(
        folder, DSCHECK_PATHS=paths, DSCHECK_ARGUMENTS=arguments, RUNNER_TEMP=str(temporary),
        GITHUB_OUTPUT=str(temporary / "output"),
    )  # fmt: skip
    command = [bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step("check")["run"]]
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
    return done, (temporary / "output").read_text()


def test_the_action_tells_what_is_not_met_at_its_line(folder):
    done, output = act(folder, "good.dsc\nbad spec.dsc\n")
    assert done.returncode == 1, done.stderr
    assert "::error file=bad spec.dsc,line=" in done.stdout
    assert "VIOLATED  never" in done.stdout  # the log has the run too
    assert output == f"report={folder / 'runner' / 'dscheck.json'}\n"


def test_the_action_is_green_where_all_is_met(folder):
    done, _ = act(folder, "good.dsc", "--timeout 60 --check fine")
    assert done.returncode == 0, done.stderr
    assert "::error" not in done.stdout


def test_the_action_keeps_the_exit_code_of_a_wrong_question(folder):
    done, output = act(folder, "good.dsc", "--max-states none")
    assert done.returncode == 2
    assert output == ""


def test_inputs_reach_the_script_as_variables_only():
    """Text of a pull request that stood in a script would be run."""
    for each in ACTION["runs"]["steps"]:
        assert "${{" not in each.get("run", "")
    assert set(step("check")["env"]) == {"DSCHECK_PATHS", "DSCHECK_ARGUMENTS"}
    assert '"$GITHUB_ACTION_PATH"' in step("install")["run"]
