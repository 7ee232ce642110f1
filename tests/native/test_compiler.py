"""Is the right C compiler found, and does one that misbehaves end in a sentence?"""

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dscheck.engines.native import compiler
from dscheck.engines.native.compiler import CompilerProblem, compile_together, find_compiler, version_line


def program(folder: Path, name: str, script: str = "exit 0") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # a zombie waits for a parent that does not ask


def wait_for(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


class TestFinding:
    @pytest.fixture(autouse=True)
    def _only_these(self, tmp_path, monkeypatch):
        monkeypatch.delenv("CC", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        monkeypatch.setattr(sys, "path", [*sys.path])
        (tmp_path / "bin").mkdir()

    @pytest.mark.parametrize(
        ("present", "chosen"),
        [(("clang", "gcc", "cc"), "cc"), (("clang", "gcc"), "gcc"), (("clang",), "clang")],
    )
    def test_the_usual_names_in_their_order(self, present, chosen, tmp_path):
        for name in present:
            program(tmp_path / "bin", name)
        found = find_compiler()
        assert found.command == (str(tmp_path / "bin" / chosen),)
        assert found.name == chosen

    def test_the_variable_comes_first_and_may_have_arguments(self, tmp_path, monkeypatch):
        program(tmp_path / "bin", "cc")
        own = program(tmp_path / "other place", "my cc")
        monkeypatch.setenv("CC", f"'{own}' -m64 '-DX=a b'")
        assert find_compiler().command == (str(own), "-m64", "-DX=a b")

    def test_a_path_that_depends_on_the_folder_is_made_whole(self, tmp_path, monkeypatch):
        program(tmp_path / "bin", "cc")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("CC", "./bin/cc")
        assert Path(find_compiler().command[0]).is_absolute()

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("no-such-cc -O2", "$CC is `no-such-cc -O2`, but no such program is in $PATH"),
            ("cc 'open", "$CC is `cc 'open`, which is no command: No closing quotation"),
        ],
    )
    def test_a_variable_that_names_none_is_not_passed_over(self, value, message, tmp_path, monkeypatch):
        program(tmp_path / "bin", "cc")
        monkeypatch.setenv("CC", value)
        with pytest.raises(CompilerProblem) as problem:
            find_compiler()
        assert str(problem.value) == message

    def test_the_package_when_there_is_no_other(self, tmp_path, monkeypatch):
        (tmp_path / "site" / "ziglang").mkdir(parents=True)
        (tmp_path / "site" / "ziglang" / "__init__.py").write_text("")
        monkeypatch.syspath_prepend(tmp_path / "site")
        assert find_compiler().command == (sys.executable, "-m", "ziglang", "cc")
        program(tmp_path / "bin", "clang")
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:")  # another value: the answer is kept per value
        assert find_compiler().name == "clang"

    def test_none_at_all(self, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        with pytest.raises(CompilerProblem, match=r"^no C compiler was found: .*pip install 'dscheck\[cc\]'"):
            find_compiler()

    def test_one_answer_for_the_process(self, tmp_path):
        program(tmp_path / "bin", "gcc")
        first = find_compiler()
        program(tmp_path / "bin", "cc")
        assert find_compiler() is first

    def test_the_identity_tells_of_another_compiler_behind_the_same_words(self, tmp_path, monkeypatch):
        wrapper, behind = program(tmp_path / "bin", "ccache"), program(tmp_path / "bin", "tool-cc")
        monkeypatch.setenv("CC", "ccache tool-cc")
        identities = {find_compiler().identity}
        for number, file in enumerate((wrapper, behind), start=2):
            file.write_text("#!/bin/sh\nexit 1 # another\n")
            monkeypatch.setenv("CC", "ccache  tool-cc".replace("  ", " " * number))
            identities.add(find_compiler().identity)
        assert len(identities) == 3


@pytest.fixture
def run(tmp_path):
    """`run("-c", "x.c")`: the compiler that `$CC` names, in a folder of its own."""
    work = tmp_path / "work"
    work.mkdir()

    def call(*arguments, seconds=60.0):
        compile_together(find_compiler(), [arguments], work, {"MORE": "yes"}, seconds)
        return work

    return call


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo; echo 'x.c: In function f:'; echo 'x.c:3:1: error: no'; echo 'x.c:4:1: error: nor'; exit 4",
         "failed with exit status 4: x.c:3:1: error: no"),
        ("echo 'as: cannot write: No space left on device' >&2; exit 1",
         "failed with exit status 1: as: cannot write: No space left on device"),
        ('echo "$PWD/sources/x.c:1: error: $PWD/y"; exit 1', "failed with exit status 1: sources/x.c:1: error: y"),
        ("exit 1", "failed with exit status 1: it printed nothing"),
        (r"printf 'a\033[31mb'; exit 1", "failed with exit status 1: a?[31mb"),
        ("kill -9 $$", "was ended by SIGKILL: the system may be out of memory"),
        ("echo internal; kill -11 $$", "was ended by SIGSEGV: internal"),
    ],
)  # fmt: skip
def test_a_compiler_that_fails(script, message, fake_compiler, run):
    path = fake_compiler(script)
    with pytest.raises(CompilerProblem) as problem:
        run()
    assert str(problem.value) == f"the C compiler `'{path}'` {message}"


def test_a_long_line_is_cut(fake_compiler, run):
    fake_compiler("printf '%01000d' 0; exit 1")
    with pytest.raises(CompilerProblem, match=r"0…$") as problem:
        run()
    assert len(str(problem.value)) < 500


def test_a_compiler_that_is_no_program(fake_compiler, run):
    fake_compiler("").write_bytes(b"\x7fELF, but no more")
    with pytest.raises(CompilerProblem, match=r"cannot be started: Exec format error$"):
        run()


def test_one_that_hangs_is_ended_with_all_that_it_started(fake_compiler, run, tmp_path):
    fake_compiler(f"sleep 1000 & echo $! $$ > '{tmp_path}/processes'; wait")
    with pytest.raises(CompilerProblem, match=r"was ended after 0.5 seconds without an answer$"):
        run(seconds=0.5)
    for process in (tmp_path / "processes").read_text().split():
        wait_for(lambda process=process: not is_running(int(process)))


def test_one_that_prints_without_end_fills_nothing(fake_compiler, run):
    fake_compiler("yes")
    with pytest.raises(CompilerProblem, match=r"without an answer$"):
        run(seconds=0.5)


def test_one_that_prints_a_lot_and_succeeds(fake_compiler, run):
    fake_compiler("head -c 1000000 /dev/zero; exit 0")
    run()


def test_it_writes_nowhere_else(fake_compiler, run, monkeypatch, tmp_path):
    monkeypatch.setenv("DEPENDENCIES_OUTPUT", str(tmp_path / "dependencies"))
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    fake_compiler('env > environment; printf "%s\\n" "$@" > arguments')
    work = run("-D", "a b; $(exit)")
    environment = dict(line.split("=", 1) for line in (work / "environment").read_text().splitlines())
    assert {environment[name] for name in ("TMPDIR", "TMP", "TEMP")} == {str(work)}
    assert (environment["LC_ALL"], environment["CCACHE_DISABLE"], environment["MORE"]) == ("C", "1", "yes")
    assert "DEPENDENCIES_OUTPUT" not in environment
    assert (work / "arguments").read_text().splitlines() == ["-D", "a b; $(exit)"]


def test_as_many_at_the_same_time_as_there_are_cores(fake_compiler, tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "usable_cores", lambda: 2)
    # Each waits until the other has begun: one after the other would never end.
    fake_compiler('touch "$1"; while [ ! -e "$2" ]; do sleep 0.01; done')
    compile_together(find_compiler(), [("a", "b"), ("b", "a")], tmp_path, {}, 60.0)


def test_one_after_the_other_in_a_small_container(fake_compiler, tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "usable_cores", lambda: 8)
    monkeypatch.setattr(compiler, "default_memory_limit", lambda: 10**8)
    fake_compiler("mkdir busy && sleep 0.05 && rmdir busy")  # fails where another runs
    compile_together(find_compiler(), [()] * 4, tmp_path, {}, 60.0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one choose")
def test_without_memory_the_system_ends_the_compiler_and_not_us(fake_compiler, tmp_path):
    fake_compiler(
        "until grep -q 1000 /proc/$$/oom_score_adj; do sleep 0.01; done; sh -c 'cp /proc/self/oom_score_adj a'"
    )
    compile_together(find_compiler(), [()], tmp_path, {}, 60.0)
    assert (tmp_path / "a").read_text() == "1000\n"


def test_the_version(fake_compiler, tmp_path):
    fake_compiler("[ $1 = --version ] && echo 'cc 12.2' && echo 'more'")
    assert version_line(find_compiler(), tmp_path, {}) == "cc 12.2"
    fake_compiler("exit 3", "other")
    assert version_line(find_compiler(), tmp_path, {}).endswith("failed with exit status 3: it printed nothing")
    fake_compiler("", "third")
    assert version_line(find_compiler(), tmp_path, {}) == "it tells no version"


def test_ctrl_c_ends_the_compiler_and_leaves_nothing(fake_compiler, cache_folder, tmp_path):
    # `cat` ends at once, since a compiler gets nothing of what we may be given to read.
    fake_compiler(f"cat; echo half > model.so; sleep 1000 & echo $! $$ > '{tmp_path}/processes.new'; "
                  f"mv '{tmp_path}/processes.new' '{tmp_path}/processes'; wait")  # fmt: skip
    text = textwrap.dedent("""\
        from dscheck.engines.native.library import model_library
        try:
            model_library("int x;", 1)
        except KeyboardInterrupt:
            print("interrupted")
    """)
    check = subprocess.Popen([sys.executable, "-c", text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        wait_for((tmp_path / "processes").exists)
        check.send_signal(signal.SIGINT)
        assert check.communicate(timeout=60)[0] == "interrupted\n"
    finally:
        check.kill()
    for process in (tmp_path / "processes").read_text().split():
        wait_for(lambda process=process: not is_running(int(process)))
    assert list(cache_folder.iterdir()) == []
