"""Does the code keep the rules of the house? Each rule is a test that names the place that breaks it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dscheck"
MODULES = sorted(PACKAGE.rglob("*.py"))
EVERY_PYTHON_FILE = [path for folder in ("dscheck", "tests", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]
MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "core"}

# Imports inside functions hide cycles; they are right only where an import costs time that most runs need not spend.
DEFERRED_LIBRARIES = {"z3", "networkx", "numpy", "msgspec", "rich", "pytest", "importlib.metadata"}
DEFERRED_MODULES = {
    ("dscheck.integrations.pytest_plugin", "dscheck"): "every pytest run in the environment imports the plugin",
    ("dscheck.block_answers", "dscheck.schedules"): "most files have no schedule",
    ("dscheck.block_answers", "dscheck.timing"): "most files have no timing block",
    ("dscheck.trace_answers", "dscheck.trace_specs"): "most traces name no spec",
    ("dscheck.report.as_text", "dscheck.report.blocks_as_text"): "most files have no schedule to draw",
    ("dscheck.cli.main", "dscheck.cli.fault"): "most runs have no fault to write down",
    ("dscheck.cli.main", "click.shell_completion"): "only a shell that completes asks for it",
    ("dscheck.language.parser", "dscheck.language.syntax_errors"): "only a text with mistakes needs Lark",
    ("dscheck.language.table_file", "dscheck.language.lark_grammar"): "only the first run needs Lark",
}


def module_name(path: Path) -> str:
    """`dscheck.model.lower` for dscheck/model/lower.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path) for path in MODULES}


def imports(path: Path, *, deferred: bool | None = None) -> Iterator[tuple[ast.stmt, str]]:
    """The modules that a file imports; `deferred` selects those inside (True) or outside (False) functions."""
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if deferred is not None and (id(node) in inside) != deferred:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield node, submodule if submodule in NAMES else node.module


@pytest.mark.parametrize("path", EVERY_PYTHON_FILE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short_and_say_what_they_answer(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES, "split it where it has two reasons to change"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says in its docstring which question it answers"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in MODULES if path.stem in FORBIDDEN_NAMES]


def test_the_import_graph_has_no_cycle_also_none_through_functions() -> None:
    edges = {
        module_name(path): {name for _, name in imports(path) if name in NAMES and name != module_name(path)}
        for path in MODULES
    }
    # Kahn: what remains when every module without open imports is taken away lies on a cycle.
    while True:
        done = {name for name, targets in edges.items() if not targets & edges.keys()}
        if not done:
            break
        edges = {name: targets for name, targets in edges.items() if name not in done}
    assert not edges


def test_imports_inside_functions_are_listed_with_their_reason() -> None:
    unlisted = [
        f"{module_name(path)}: {name}"
        for path in MODULES
        for _, name in imports(path, deferred=True)
        if name not in DEFERRED_LIBRARIES
        and name.split(".")[0] not in DEFERRED_LIBRARIES
        and not any(module_name(path) == where and name.startswith(what) for where, what in DEFERRED_MODULES)
    ]
    assert not unlisted


def test_public_functions_are_annotated_and_documented() -> None:
    missing = []
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                if not ast.get_docstring(node):
                    missing.append(f"{module_name(path)}.{node.name}")
                if isinstance(node, ast.FunctionDef) and node.returns is None:
                    missing.append(f"{module_name(path)}.{node.name} has no return annotation")
    assert not missing


# The clocks import nothing of the rest, `@record` included, and no run of the command loads them.
WITH_RECORDS = [path for path in MODULES if path.parent != PACKAGE / "clocks"]


@pytest.mark.parametrize("path", WITH_RECORDS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_frozen_value_is_a_record_unless_it_must_be_a_dataclass(path: Path) -> None:
    needless = [
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and any("frozen=True" in ast.unparse(decorator) for decorator in node.decorator_list)
        and "cached_property" not in ast.unparse(node)
    ]
    assert not needless, "`@dataclass` takes a millisecond of each run, `@record` of dscheck/record.py hardly a tenth"


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError")
    files = [*EVERY_PYTHON_FILE, *PACKAGE.rglob("*.lark"), *PACKAGE.rglob("*.md"), *(ROOT / "specs").glob("*.dsc")]
    assert not [str(path) for path in files if any(mark in path.read_text("utf-8") for mark in marks)]


@pytest.mark.parametrize(
    "arguments",
    [["-c", "import dscheck"], ["-m", "dscheck", "--version"], ["-m", "dscheck", "--help"]],
    ids=["import", "version", "help"],
)
def test_a_light_start_loads_nothing_heavy(arguments: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, cwd=ROOT, check=True
    )
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert not loaded & {"z3", "networkx", "numpy", "msgspec", "hypothesis", "rich", "lark"}


def test_checking_a_spec_loads_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "dscheck", "check", "specs/peterson.dsc", "--check", "two"]
    for _ in range(2):  # the first run may have to make the tables of the grammar
        run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "dscheck.language.shift_reduce" in loaded
    assert "dscheck.clocks" not in loaded, "its dataclasses would cost each run as much as all records together"
    assert not loaded & {
        "z3",
        "networkx",
        "numpy",
        "msgspec",
        "rich",
        "hypothesis",
        "pytest",
        "lark",
        "importlib.metadata",
    }
    assert not loaded & {"dscheck.schedules", "dscheck.timing", "dscheck.report.blocks_as_text"}


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
    ids=["ruff", "format", "mypy", "layers"],
)
def test_the_machines_agree(command: list[str]) -> None:
    run = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
