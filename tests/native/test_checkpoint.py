"""Does a search that is ended at any moment go on as if it had not been? And what if the folder is not right?"""

import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dscheck.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "tests" / "peer_semantics" / "central.dsc"
SIZE = ["--set", "N=4"]
COUNTED = ("states", "transitions", "depth", "outcome", "reason", "met", "engine", "properties", "assumptions")

# Saves after every level, however short, and ends like `kill -9` at the given call that changes a file.
CHILD = """
import os, resource, signal, sys
from dscheck.cli.main import run
from dscheck.engines.native import saving
saving._LONGEST_PAUSE = 0.0
calls, last, limit = 0, int(sys.argv[1]), int(sys.argv[2])
def counted(function):
    def call(*arguments):
        global calls
        calls += 1
        if calls == last:
            if function is pwrite:
                pwrite(arguments[0], arguments[1][: len(arguments[1]) // 2], arguments[2])
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return call
pwrite = os.pwrite
os.pwrite, os.fsync, os.replace = counted(os.pwrite), counted(os.fsync), counted(os.replace)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
code = run(sys.argv[3:])
print(calls, file=sys.stderr)
sys.exit(code)
"""


def child(*arguments: object, last: int = 0, limit: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, str(last), str(limit), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def start(folder: Path, *more: object, size: list[str] = SIZE, **how: int) -> subprocess.CompletedProcess[str]:
    return child("check", SPEC, *size, "--checkpoint", folder, "--format", "json", *more, **how)


def resume(folder: Path, *more: object, **how: int) -> subprocess.CompletedProcess[str]:
    return child("resume", folder, "--format", "json", *more, **how)


def told(process: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert process.returncode == 0, process.stderr
    checks = [check for file in json.loads(process.stdout)["files"] for check in file["checks"]]
    return [{key: check[key] for key in COUNTED} for check in checks]


@pytest.fixture(scope="module", params=["plain", "tree", "fingerprint"])
def whole(request, tmp_path_factory) -> tuple[str, list[dict[str, object]], int]:
    """A store, the answer of a search that nobody ended, and how often it changed files."""
    process = start(tmp_path_factory.mktemp("whole"), "--store", request.param)
    return request.param, told(process), int(process.stderr.split()[-1])


def test_the_answer_does_not_depend_on_the_folder(whole) -> None:
    code = subprocess.run(
        [sys.executable, "-m", "dscheck", "check", SPEC, *SIZE, "--engine", "native", "--format", "json"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    plain = told(code)
    assert [each | {"assumptions": []} for each in whole[1]] == plain
    assert whole[2] > 60


@pytest.mark.parametrize("share", [0.1, 0.55, 0.97])
def test_killed_at_any_moment_it_goes_on(whole, share: float, tmp_path: Path) -> None:
    store, answer, calls = whole
    folder = tmp_path / "saved"
    assert start(folder, "--store", store, last=int(share * calls)).returncode == -9
    workers = 1 + int(10 * share) % 2
    assert told(resume(folder, "--workers", workers)) == answer
    assert told(resume(folder)) == answer


def test_killed_again_and_again_it_comes_to_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    answer = told(start(tmp_path / "whole", "--store", "tree"))
    ended = start(folder, "--store", "tree", last=40)
    kills = 0
    while ended.returncode == -9:
        kills += 1
        ended = resume(folder, last=35)
    assert kills > 2
    assert told(ended) == answer


@pytest.mark.parametrize("limit", [("--max-states", 500), ("--max-depth", 8)])
def test_a_limit_that_ended_it_ends_nothing_more(limit: tuple[object, ...], tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    assert start(folder, *limit).returncode == 3
    assert told(resume(folder)) == told(start(tmp_path / "whole"))


def test_a_limit_that_is_given_now_ends_it(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    assert start(folder, "--max-states", 500).returncode == 3
    more = resume(folder, "--max-states", 600)
    assert more.returncode == 3
    assert "the limit of 600 states" in more.stdout
    assert told(resume(folder, "--max-states", 10**6)) == told(start(tmp_path / "whole"))


def test_what_is_undecided_says_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my folder"
    assert run(["check", str(SPEC), *SIZE, "--checkpoint", str(folder), "--max-states", "10"]) == 3
    assert f"next      dscheck resume '{folder}'" in capsys.readouterr().out


def test_several_checks_are_kept_apart(tmp_path: Path) -> None:
    spec = tmp_path / "two.dsc"
    spec.write_text(
        "protocol P\nprocess A[3]:\n    var x: 0..9 = 0\n    action go when x < 9:\n        x += 1\n"
        "invariant low: forall p in A: p.x < 9\ncheck a: expect violates low in 9 steps\ncheck b: expect violates low\n"
    )
    folder = tmp_path / "saved"
    first = child("check", spec, "--checkpoint", folder, "--format", "json")
    assert [path.name for path in sorted(folder.iterdir())] == ["01-01-a", "01-02-b", "command.json", "lock"]
    spec.write_text("not a spec any more")
    assert told(resume(folder)) == told(first)


# --- what is wrong with the folder -----------------------------------------------------------------------------------


def complaint(process: subprocess.CompletedProcess[str]) -> str:
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr.startswith("error: ")
    return process.stderr.partition("\n")[0]


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "saved"
    told(start(folder))
    return folder


@pytest.fixture
def saved(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "saved"))


def test_a_full_disk_ends_it_and_keeps_what_there_was(tmp_path: Path) -> None:
    """Files may only grow to a size that the first level needs; what is compiled is there already."""
    folder, larger = tmp_path / "saved", ["--set", "N=6"]
    answer = told(start(tmp_path / "whole", size=larger))
    assert "cannot be used: file too large" in complaint(start(folder, size=larger, limit=200_000))
    assert (folder / "01-01-everything" / "state.json").exists()
    assert told(resume(folder)) == answer


def test_there_is_nothing_to_resume(tmp_path: Path) -> None:
    assert "holds no checkpoints" in complaint(resume(tmp_path))
    assert "holds no checkpoints" in complaint(resume(tmp_path / "nowhere"))


def test_a_folder_is_not_used_twice(saved: Path) -> None:
    assert f"`dscheck resume {saved}` goes on with them" in complaint(start(saved))
    with (saved / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "is in use by another process" in complaint(resume(saved))


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    assert "is not empty" in complaint(start(tmp_path))


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is no folder" in complaint(start(tmp_path / "file"))


def test_another_version_is_told(saved: Path) -> None:
    path = saved / "command.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"dscheck": "9.9"}))
    assert "was written by dscheck 9.9" in complaint(resume(saved))


def test_another_spec_is_told(saved: Path) -> None:
    path = saved / "command.json"
    command = json.loads(path.read_text())
    command["constants"] = {"N": "3"}
    path.write_text(json.dumps(command))
    assert "was kept for another spec" in complaint(resume(saved))


@pytest.mark.parametrize("name", ["command.json", "01-01-everything/state.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", '{"dscheck": "0"}'])
def test_a_damaged_document_is_told(name: str, text: str, saved: Path) -> None:
    (saved / name).write_text(text)
    assert "is damaged" in complaint(resume(saved))


def test_a_document_without_its_parts_is_told(saved: Path) -> None:
    for name in ("command.json", "01-01-everything/state.json"):
        text = (saved / name).read_text()
        document = json.loads(text)
        kept = {key: document[key] for key in ("dscheck", "format", "model", "store", "widths") if key in document}
        (saved / name).write_text(json.dumps(kept))
        assert "is damaged" in complaint(resume(saved))
        (saved / name).write_text(text)


@pytest.mark.parametrize("part", ["states", "parents", "summary"])
def test_damaged_bytes_are_told(part: str, saved: Path) -> None:
    (path,) = (saved / "01-01-everything").glob(f"{part}.*")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "is damaged: its bytes" in complaint(resume(saved))
    path.write_bytes(whole[:-1])
    assert "is damaged: it is too short" in complaint(resume(saved))
    path.unlink()
    assert "cannot be used: no such file" in complaint(resume(saved))


def test_the_reference_keeps_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SPEC), "--engine", "reference", "--checkpoint", str(tmp_path / "saved")]) == 2
    assert "those of the native engine, not of `reference`" in capsys.readouterr().err


def test_without_a_compiler_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    assert "only the native engine keeps checkpoints" in complaint(start(tmp_path / "saved"))
