"""Does `dscheck generate` write what runs, and say what it cannot do?"""

from pathlib import Path

import pytest

from dscheck.cli.main import run

SPECS = Path(__file__).resolve().parents[2] / "specs"
LOCK = str(SPECS / "centralized_lock.dsc")


def written(capsys, *arguments):
    assert run(["generate", *arguments]) == 0
    return capsys.readouterr().out


def test_the_file_is_python_with_the_runs(capsys):
    text = written(capsys, LOCK, "--check", "two")
    found: dict = {"__file__": "/tmp/test_lock.py"}
    exec(compile(text, "test_lock.py", "exec"), found)
    assert found["RUNS"]["on_release"][:2] == ["Client[0] request", "Server on Request from Client[0]"]
    assert 'check="two"' in text
    assert max(map(len, text.splitlines())) <= 120


def test_it_says_how_it_was_written(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lock.dsc").write_text(Path(LOCK).read_text())
    (tmp_path / "tests").mkdir()
    command = [
        "lock.dsc",
        "--cover",
        "transitions",
        "--set",
        "N=2",
        "--settled",
        "--left-out",
        "tell",
        "-o",
        "tests/test_x.py",
    ]
    assert run(["generate", *command]) == 0
    assert capsys.readouterr().err.startswith("4 runs with ")
    text = (tmp_path / "tests" / "test_x.py").read_text()
    assert f"    dscheck generate {' '.join(command)}\n" in text
    assert 'SPEC = Path(__file__).parent / "../lock.dsc"' in text
    assert 'settings={"N": "2"}' in text
    assert 'spontaneous=["on Request"' in text
    assert 'left_out=["tell"]' in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.dsc"], "cannot read nowhere.dsc: no such file"),
        ([LOCK, "--check", "tow"], "there is no check named tow"),
        ([LOCK, "--set", "N=9"], "N"),
        ([LOCK, "--left-out", "tel"], "there is no step `tel`"),
        ([LOCK, "--max-states", "20"], "has more than 20 states"),
        ([LOCK, "--cover", "everything"], "everything"),
    ],
)
def test_what_cannot_be_done_is_told(capsys, arguments, told):
    assert run(["generate", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
