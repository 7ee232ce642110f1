"""Are the pages about pytest and Hypothesis true? Their Python is run, and what they quote stands where they say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = ROOT / "docs" / "examples"


def blocks(page, kind):
    return [match[2] for match in BLOCK.finditer((ROOT / "docs" / page).read_text("utf-8")) if match[1] == kind]


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in ("pytest.md", "hypothesis.md") for number in range(len(blocks(page, "python")))],
)
def test_python_on_the_pages_runs(pytester, page, number, monkeypatch):
    text = blocks(page, "python")[number]
    if "class LockAdapter" in text:
        code = (EXAMPLES / "lock_adapter.py").read_text("utf-8")
        assert all(part.strip() in code for part in text.split("\n\n"))
        return
    for name in ("specs", "traces"):
        (pytester.path / name).symlink_to(ROOT / name)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{EXAMPLES}")
    pytester.makepyfile(test_page=text)
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text("utf-8"))  # a loaded machine is no fault
    result = pytester.runpytest_subprocess("-p", "dscheck.integrations.pytest_plugin", "test_page.py")
    found = result.parseoutcomes()
    assert found.keys() <= {"passed", "warnings", "warning"}
    assert found["passed"] == len(re.findall(r"^def test_|^TestLock = ", text, re.MULTILINE))


def test_every_setting_is_on_the_page():
    import ast

    text = (ROOT / "dscheck" / "integrations" / "pytest_settings.py").read_text("utf-8")
    named = {
        node.args[0].value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("addini", "addoption")
    }
    page = (ROOT / "docs" / "pytest.md").read_text("utf-8")
    assert named
    assert not [name for name in named if name not in page]


def test_the_sidecar_on_the_page_is_one(tmp_path):
    from dscheck.integrations.expected_trace import _KEYS, expected_of

    (tmp_path / "run.trace.jsonl").write_text('{"format": "dscheck-trace/1"}\n')
    (tmp_path / "run.trace.toml").write_text(blocks("pytest.md", "toml")[0])
    expected = expected_of(tmp_path / "run.trace.jsonl", tmp_path / "run.trace.jsonl")
    assert (expected.outcome, expected.by, expected.line) == ("rejected", "mutual-exclusion", 6)
    assert expected.question.constants == {"N": "3"}
    page = (ROOT / "docs" / "pytest.md").read_text("utf-8")
    assert not [key for key in _KEYS if not re.search(rf"`{key}`|^{key} = |`{key} = |\[{key}\]", page, re.MULTILINE)]
