"""Is compiled code kept where it is safe, made once, found again, and made anew when it is broken?"""

import ctypes
import multiprocessing
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from dscheck.engines.native import cache
from dscheck.engines.native.cache import Recipe, libraries, place, trim
from dscheck.engines.native.compiler import CompilerProblem

FLAGS = ("-O1", "-fPIC")


def recipe(value: int = 7, flags: tuple[str, ...] = FLAGS, header: str = "int part(void);\n") -> Recipe:
    """Two sources and a header that together give a function `answer`."""
    one = '#include "part.h"\nint answer(void);\nint answer(void) { return 10 * part(); }\n'
    other = f'#include "part.h"\nint part(void) {{ return {value}; }}\n'
    return Recipe("sample", (("one.c", one), ("other.c", other)), (("part.h", header),), flags)


def small(value: int) -> Recipe:
    return Recipe("small", (("small.c", f"int answer(void) {{ return {value}; }}\n"),), (), FLAGS)


@pytest.fixture
def runs(fake_compiler, tmp_path):
    """How often the compiler ran so far."""
    log = tmp_path / "log"
    log.write_text("")
    fake_compiler(f"echo run >> '{log}'; exec cc \"$@\"")
    return lambda: len(log.read_text().splitlines())


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] + path.suffix for path in folder.iterdir())


class TestPlace:
    @pytest.mark.parametrize(
        ("system", "variables", "folder"),
        [
            ("linux", {"DSCHECK_CACHE": "own", "XDG_CACHE_HOME": "caches", "HOME": "home"}, "own"),
            ("linux", {"XDG_CACHE_HOME": "caches", "HOME": "home"}, "caches/dscheck"),
            ("linux", {"HOME": "home"}, "home/.cache/dscheck"),
            ("darwin", {"XDG_CACHE_HOME": "caches", "HOME": "home"}, "home/Library/Caches/dscheck"),
            ("darwin", {"DSCHECK_CACHE": "own", "HOME": "home"}, "own"),
        ],
    )
    def test_the_usual_folder(self, system, variables, folder, tmp_path, monkeypatch):
        monkeypatch.setattr(sys, "platform", system)
        for name in ("DSCHECK_CACHE", "XDG_CACHE_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, str(tmp_path / value))
        assert place() == cache.Place(tmp_path / folder / "native")
        assert place().folder.stat().st_mode & 0o777 == 0o700

    def test_no_variable_at_all(self, monkeypatch, tmp_path):
        for name in ("DSCHECK_CACHE", "XDG_CACHE_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)

        def no_home():
            raise RuntimeError

        monkeypatch.setattr(Path, "home", no_home)
        monkeypatch.setattr(cache, "_place", cache._place.__wrapped__)
        assert place().remark.startswith("there is no home folder to keep compiled code in; ")

    def test_a_folder_that_cannot_be_made(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path / "file"))
        found = place()
        assert found.remark == (
            f"the cache folder {tmp_path}/file/native cannot be used: Not a directory; "
            "what is compiled lasts for this run only"
        )
        assert found.folder.stat().st_mode & 0o777 == 0o700
        assert place() is found, "one folder and one remark per process"

    @pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has it")
    def test_a_file_system_that_takes_no_files(self, monkeypatch):
        monkeypatch.setenv("DSCHECK_CACHE", "/proc/self")
        assert place().remark.startswith("the cache folder /proc/self/native cannot be used: ")

    @pytest.mark.parametrize("mode", [0o777, 0o770, 0o702], ids=oct)
    def test_a_folder_that_others_may_write(self, mode, cache_folder):
        cache_folder.mkdir(parents=True)
        cache_folder.chmod(mode)
        assert place().folder != cache_folder
        assert "others may write to it and code is run from there" in place().remark

    def test_a_folder_that_others_may_replace(self, cache_folder):
        cache_folder.mkdir(parents=True, mode=0o700)
        cache_folder.parent.chmod(0o777)
        assert place().folder != cache_folder
        assert f"anybody may put another in its place in {cache_folder.parent}" in place().remark

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
    def test_a_folder_of_somebody_else(self, cache_folder):
        cache_folder.mkdir(parents=True, mode=0o700)
        os.chown(cache_folder, 12345, 12345)
        assert "others may write to it" in place().remark

    def test_no_folder_anywhere(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path / "file"))
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
        with pytest.raises(CompilerProblem, match=r"cannot be used: .*; neither can a temporary one: No such file"):
            place()

    def test_a_temporary_folder_ends_with_the_process(self, tmp_path):
        (tmp_path / "file").write_text("")
        text = "from dscheck.engines.native.cache import place; print(place().folder, place().folder.is_dir())"
        done = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, check=True,
            env=os.environ | {"DSCHECK_CACHE": str(tmp_path / "file"), "TMPDIR": str(tmp_path)},
        )  # fmt: skip
        folder, existed = done.stdout.split()
        assert existed == "True"
        assert not Path(folder).exists()


class TestLibraries:
    def test_made_once_and_found_again(self, cache_folder, runs):
        for _ in range(2):
            library, other = libraries([recipe(), small(3)])
            assert (library.answer(), other.answer()) == (70, 3)
            assert runs() == 4, "three sources and one linking"
        assert names(cache_folder) == ["sample.so", "small.so"]
        assert all(path.stat().st_mode & 0o777 == 0o700 for path in cache_folder.iterdir())

    def test_what_it_is_made_from_decides(self, cache_folder, fake_compiler):
        fake_compiler('exec cc "$@"')
        libraries([recipe()])
        libraries([recipe(value=8)])
        libraries([recipe(flags=(*FLAGS, "-DX"))])
        libraries([recipe(header="int part(void); /* changed */\n")])
        fake_compiler('exec cc -DY "$@"', "another cc")
        assert libraries([recipe()])[0].answer() == 70
        assert names(cache_folder) == ["sample.so"] * 5

    @pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "not ours alone"])
    def test_a_broken_library_is_made_anew(self, damage, cache_folder, runs):
        libraries([small(4)])
        (path,) = cache_folder.iterdir()
        whole = path.read_bytes()
        path.unlink()  # the process still has the old file loaded
        match damage:
            case "cut":
                path.write_bytes(whole[: len(whole) // 2])
            case "empty":
                path.write_bytes(b"")
            case "garbage":
                path.write_bytes(b"x" * len(whole))
            case "not ours alone":
                path.write_bytes(whole)
        path.chmod(0o777 if damage == "not ours alone" else 0o700)
        assert libraries([small(4)])[0].answer() == 4
        assert runs() == 2
        assert path.read_bytes() == whole
        assert path.stat().st_mode & 0o777 == 0o700

    def test_a_library_that_is_whole_but_cannot_be_loaded_is_made_anew(self, cache_folder, runs, monkeypatch):
        libraries([small(5)])
        load, refused = ctypes.CDLL, []

        def refuse_once(path):
            if not refused:
                refused.append(path)
                raise OSError("version `GLIBC_9' not found")
            return load(path)

        monkeypatch.setattr(ctypes, "CDLL", refuse_once)
        assert libraries([small(5)])[0].answer() == 5
        assert runs() == 2

    @pytest.mark.parametrize(
        ("script", "message"),
        [
            ("exit 0", "says that it succeeded, but it made no library"),
            ("while [ $1 != -o ]; do shift; done; echo garbage > $2", "made cannot be loaded: .*"),
            ("while [ $1 != -o ]; do shift; done; echo half > $2; exit 1", "failed with exit status 1: .*"),
        ],
        ids=["nothing", "garbage", "half"],
    )
    def test_a_compiler_that_makes_none_leaves_nothing(self, script, message, cache_folder, fake_compiler):
        fake_compiler(script)
        with pytest.raises(CompilerProblem, match=message):
            libraries([small(6)])
        assert names(cache_folder) == []

    def test_nothing_is_compiled_without_a_compiler(self, cache_folder, monkeypatch):
        monkeypatch.setenv("CC", "no-such-cc")
        with pytest.raises(CompilerProblem, match="no such program"):
            libraries([small(6)])

    @pytest.mark.parametrize(("most", "message"), [(0, "cannot be written to: File too large"), (2000, "`cc` ")])
    def test_a_disk_that_takes_no_more(self, most, message, cache_folder):
        # A limit on the size of files stands for the full disk: the same calls fail, in us or in the compiler.
        text = textwrap.dedent(f"""\
            import resource
            from dscheck.engines.native.cache import Recipe, libraries
            from dscheck.engines.native.compiler import CompilerProblem
            resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))
            try:
                libraries([Recipe("small", (("small.c", "int x;"),), (), {FLAGS})])
            except CompilerProblem as problem:
                print(problem)
        """)
        environment = {name: value for name, value in os.environ.items() if name != "CC"}
        done = subprocess.run(
            [sys.executable, "-c", text], capture_output=True, text=True, check=False, env=environment
        )
        assert message in done.stdout
        assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")
        assert names(cache_folder) == []


def answer_when_all_are_here(barrier, answers) -> None:
    barrier.wait()
    answers.put([library.answer() for library in libraries([recipe(), small(3)])])


def test_processes_share_a_cold_cache(cache_folder):
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(4), context.Queue()
    processes = [context.Process(target=answer_when_all_are_here, args=(barrier, answers)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [answers.get(timeout=60) for _ in processes] == [[70, 3]] * 4
    for process in processes:
        process.join()
    assert names(cache_folder) == ["sample.so", "small.so"]


class TestTrim:
    @pytest.fixture
    def library(self, tmp_path):
        def make(name: str, days: float, size: int = 10) -> Path:
            path = tmp_path / name
            path.write_bytes(b"x" * size)
            moment = time.time() - days * 24 * 3600
            os.utime(path, (moment, moment))
            return path

        return make

    def test_too_many(self, library, tmp_path, monkeypatch):
        monkeypatch.setattr(cache, "MOST_FILES", 2)
        for days in (0.1, 0.2, 0.3, 2, 3):
            library(f"{days}.so", days)
        trim(tmp_path)
        assert sorted(path.stem for path in tmp_path.iterdir()) == ["0.1", "0.2", "0.3"]

    def test_too_large(self, library, tmp_path, monkeypatch):
        monkeypatch.setattr(cache, "MOST_BYTES", 100)
        for days, size in ((2, 60), (3, 40), (4, 1)):
            library(f"{days}.so", days, size)
        trim(tmp_path)
        assert sorted(path.stem for path in tmp_path.iterdir()) == ["2", "3"]

    def test_what_crashes_left(self, library, tmp_path):
        for name in ("work-old", "work-new", "zig"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x").write_text("x")
        for name in ("work-old", "zig"):
            os.utime(tmp_path / name, (0, 0))
        library("foreign.txt", 100)
        trim(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign.txt", "work-new", "zig"]

    def test_a_use_counts(self, cache_folder, runs):
        libraries([small(1)])
        (path,) = cache_folder.iterdir()
        os.utime(path, (0, 0))
        libraries([small(1)])
        assert time.time() - path.stat().st_mtime < cache.YOUNG

    def test_a_folder_that_is_gone(self, tmp_path):
        trim(tmp_path / "gone")
