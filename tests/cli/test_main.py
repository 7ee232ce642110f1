"""Is the command line light to start, easy to read and forgiving of a typing error?"""

import importlib
import subprocess
import sys

import click
import pytest

from dscheck.cli.main import COMMANDS
from dscheck.cli.main import dscheck as group

HEAVY = {"rich", "lark", "networkx", "z3", "numpy", "hypothesis", "pytest", "json", "asyncio"}


def test_alone_it_fits_on_a_screen_and_names_every_command(dscheck):
    code, out, _ = dscheck()
    assert code == 0
    assert len(out.splitlines()) <= 20
    assert all(len(line) <= 100 for line in out.splitlines())
    assert all(f"dscheck {name}" in out for name in COMMANDS)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], []])
def test_starting_imports_nothing_heavy(arguments):
    program = (
        "import sys\nfrom dscheck.cli.main import run\nbefore = set(sys.modules)\n"
        f"assert run({arguments!r}) == 0\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & (HEAVY - {"json"})
    assert "dscheck" in loaded


def test_importing_the_package_imports_nothing_else():
    program = "import sys, dscheck; print(*(name for name in sys.modules if name.startswith('dscheck.')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_version(dscheck):
    code, out, _ = dscheck("--version")
    assert code == 0
    assert out.startswith("dscheck ")


@pytest.mark.parametrize(("wrong", "right"), [("chek", "check"), ("fromat", "format"), ("explian", "explain")])
def test_a_misspelt_command(wrong, right, dscheck):
    code, out, err = dscheck(wrong)
    assert (code, out) == (2, "")
    assert f"did you mean `{right}`?" in err


def test_no_such_command_at_all(dscheck):
    code, _, err = dscheck("xyzzy")
    assert code == 2
    assert all(name in err for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_help_starts_with_two_examples(name, dscheck):
    code, out, _ = dscheck(name, "--help")
    assert code == 0
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    assert lines[0].startswith(f"Usage: dscheck {name}")
    assert [line.startswith(f"dscheck {name}") for line in lines[1:4]] == [True, True, False]


def test_each_command_is_listed_in_help(dscheck):
    out = dscheck("--help")[1]
    assert all(f"  {name} " in out for name in COMMANDS)


def test_each_command_is_where_the_list_says():
    for name, (where, _) in COMMANDS.items():
        module, _, attribute = where.partition(":")
        assert isinstance(getattr(importlib.import_module(module), attribute), click.Command)
        assert group.get_command(click.Context(group), name).name == name
