"""Do `new`, `show`, `explain`, `format` and `doctor` do what they say, and say so when they cannot?"""

import io
import subprocess
import sys

import pytest

import dscheck as dscheck_package
from dscheck.cli import explain as explain_module
from dscheck.cli.new import spec_text
from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.engines.refusals import Refused
from dscheck.language.parser import parse
from dscheck.source import SourceFile, Span

UGLY = "protocol X\nconst N=3\nprocess P[N]:\n    var x : 0..1=0\n    action go when x==0:\n        x=1\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestNew:
    def test_writes_a_spec_that_parses(self, here, dscheck):
        code, out, _ = dscheck("new", "mutex")
        assert code == 0
        assert out.endswith("next:  dscheck check specs/mutex.dsc\n")
        text = (here / "specs" / "mutex.dsc").read_text()
        assert "protocol Mutex" in text
        assert 25 <= len(text.splitlines()) <= 42
        assert all(len(line) <= 100 for line in text.splitlines())
        parse(SourceFile("specs/mutex.dsc", text))

    @pytest.mark.parametrize(("clock", "met"), [("L", False), ("V", True)])
    def test_the_question_of_the_worksheet_has_an_answer(self, clock, met, here, dscheck):
        code, out, _ = dscheck("new", "sheet", "--schedule")
        assert (code, out.endswith("next:  dscheck schedule specs/sheet.dsc\n")) == (0, True)
        text = (here / "specs" / "sheet.dsc").read_text()
        assert "protocol Sheet" in text
        assert dscheck_package.check_text(text).ok
        asked = text.replace("    # forall x, y: L(x) < L(y)", f"    forall x, y: {clock}(x) < {clock}(y)")
        assert asked != text
        assert dscheck_package.check_text(asked).ok == met

    def test_refuses_to_overwrite(self, here, dscheck):
        dscheck("new", "mutex")
        (here / "specs" / "mutex.dsc").write_text("mine")
        code, _, err = dscheck("new", "mutex")
        assert code == 2
        assert "specs/mutex.dsc exists already" in err
        assert (here / "specs" / "mutex.dsc").read_text() == "mine"

    def test_a_path_is_taken_as_it_is(self, here, dscheck):
        assert dscheck("new", "models/two-phase_lock.dsc")[0] == 0
        assert "protocol TwoPhaseLock " in (here / "models" / "two-phase_lock.dsc").read_text()

    @pytest.mark.parametrize("name", ["", "7up", "a b", "é", "x.y", ".."])
    def test_refuses_a_name_that_is_none(self, name, here, dscheck):
        assert dscheck("new", name)[0] == 2
        assert list(here.iterdir()) == []

    def test_a_folder_that_is_a_file(self, here, dscheck):
        (here / "specs").write_text("")
        code, _, err = dscheck("new", "mutex")
        assert code == 2
        assert "error: specs exists already" in err

    @pytest.mark.parametrize("name", ["server", "client", "grant", "n"])
    def test_its_protocol_has_a_name_of_its_own(self, name, tmp_path):
        text = spec_text(tmp_path / f"{name}.dsc", name)
        assert f"protocol {name[0].upper() + name[1:]}Protocol " in text


class TestExplain:
    @pytest.fixture
    def shelf(self, monkeypatch):
        texts = {
            "DS0101": "# DS0101 · a character\n\nWhy.\n",
            "DS0201": "# DS0201 · nothing of that name\n\nWhy not.\n",
        }
        monkeypatch.setattr(explain_module, "pages", lambda: texts)

    @pytest.mark.parametrize("code", ["DS0201", "ds0201", "201", "0201", "DS201"])
    def test_prints_the_page(self, code, shelf, dscheck):
        assert dscheck("explain", code) == (0, "# DS0201 · nothing of that name\n\nWhy not.\n", "")

    def test_lists_all(self, shelf, dscheck):
        assert dscheck("explain") == (0, "DS0101  a character\nDS0201  nothing of that name\n", "")

    @pytest.mark.parametrize(("code", "said"), [("DS0202", "did you mean DS0201?"), ("xyzzy", "lists all codes")])
    def test_unknown(self, code, said, shelf, dscheck):
        exit_code, out, err = dscheck("explain", code)
        assert (exit_code, out) == (2, "")
        assert said in err

    def test_real_pages_have_a_title_with_their_code(self):
        for code, text in explain_module.pages().items():
            assert text.startswith(f"# {code} · ")


class TestFormat:
    def test_in_place(self, here, dscheck):
        file = here / "x.dsc"
        file.write_text(UGLY)
        code, out, err = dscheck("format", file)
        assert (code, out) == (0, "")
        assert "x.dsc changed" in err
        assert "var x: 0..1 = 0" in file.read_text()
        assert dscheck("format", file) == (0, "", "")
        assert dscheck("format", "--check", file)[0] == 0

    @pytest.mark.parametrize("option", ["--check", "--diff"])
    def test_changes_nothing(self, option, here, dscheck):
        (here / "x.dsc").write_text(UGLY)
        code, out, _ = dscheck("format", option, "x.dsc")
        assert code == 1
        assert (here / "x.dsc").read_text() == UGLY
        assert ("-const N=3" in out) == (option == "--diff")
        assert "x.dsc" in out

    def test_a_folder(self, here, dscheck):
        (here / "a").mkdir()
        (here / "a" / "x.dsc").write_text(UGLY)
        (here / "a" / "y.txt").write_text(UGLY)
        assert dscheck("format", "a")[0] == 0
        assert (here / "a" / "y.txt").read_text() == UGLY != (here / "a" / "x.dsc").read_text()

    def test_standard_input(self, here, dscheck, monkeypatch):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UGLY.encode())))
        code, out, _ = dscheck("format", "-")
        assert code == 0
        assert "const N = 3" in out

    def test_a_spec_with_an_error_is_left_alone(self, here, dscheck):
        (here / "bad.dsc").write_text("protocol X\nconst = \n")
        (here / "good.dsc").write_text(UGLY)
        code, _, err = dscheck("format", "bad.dsc", "good.dsc")
        assert code == 2
        assert "error[DS01" in err
        assert (here / "bad.dsc").read_text() == "protocol X\nconst = \n"
        assert (here / "good.dsc").read_text() != UGLY

    @pytest.mark.parametrize(("name", "content"), [("nosuch.dsc", None), ("latin.dsc", b"protocol X \xe9\n")])
    def test_a_file_that_cannot_be_read(self, name, content, here, dscheck):
        if content is not None:
            (here / name).write_bytes(content)
        code, _, err = dscheck("format", name)
        assert code == 2
        assert f"cannot read {name}" in err


class TestShow:
    @pytest.mark.parametrize(
        ("option", "function"),
        [
            ("--syntax", "show_syntax"),
            ("--ir", "show_ir"),
            ("--python", "show_generated"),
            ("--c", "show_generated"),
            (None, "show_ir"),
        ],
    )
    def test_each_stage(self, option, function, dscheck, monkeypatch):
        asked = []
        monkeypatch.setattr(f"dscheck.workflow.{function}", lambda *arguments: asked.append(arguments) or "shown")
        arguments = [option] if option else []
        assert dscheck("show", "x.dsc", "--set", "N=3", "--check", "two", *arguments) == (0, "shown\n", "")
        assert str(asked[0][0]) == "x.dsc"
        if function != "show_syntax":
            assert (asked[0][1].constants, asked[0][1].checks) == ({"N": "3"}, ("two",))
        assert asked[0][2:] == {"--python": ("reference",), "--c": ("native",)}.get(option, ())

    def test_what_cannot_be_written_in_c(self, dscheck, monkeypatch):
        def refuses(path, options, engine):
            raise Refused("`queue` cannot be packed")

        monkeypatch.setattr("dscheck.workflow.show_generated", refuses)
        code, out, err = dscheck("show", "x.dsc", "--c")
        assert (code, out) == (2, "")
        assert "there is no C for x.dsc: `queue` cannot be packed" in err

    def test_errors(self, dscheck, monkeypatch):
        def fails(path, options):
            raise SpecError(SourceFile("x.dsc", "oops"), (Diagnostic("DS0101", "no", Span(0, 4), "here"),))

        monkeypatch.setattr("dscheck.workflow.show_ir", fails)
        code, out, err = dscheck("show", "x.dsc")
        assert (code, out) == (2, "")
        assert "^^^^ here" in err

    def test_a_missing_file(self, dscheck, monkeypatch):
        def fails(path, options):
            raise FileNotFoundError(2, "No such file or directory")

        monkeypatch.setattr("dscheck.workflow.show_ir", fails)
        assert dscheck("show", "x.dsc")[0] == 2


def test_doctor_imports_no_library(dscheck):
    code, out, _ = dscheck("doctor")
    assert code == 0
    machine = ("dscheck", "python", "platform", "cores", "memory", "huge pages", "compiler", "cache", "native code")
    for name in (*machine, "lark", "z3-solver"):
        assert any(line.startswith(f"{name} ") for line in out.splitlines())
    program = "import sys\nfrom dscheck.cli.main import run\nrun(['doctor'])\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"lark", "z3", "numpy", "networkx", "rich"} & set(done.stderr.split())


def test_doctor_tells_of_the_compiler_and_where_its_code_is_kept(dscheck, tmp_path, monkeypatch):
    compiler = tmp_path / "own-cc"
    compiler.write_text("#!/bin/sh\necho own 1.2\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path / "cache"))
    lines = dscheck("doctor")[1].splitlines()
    assert f"compiler      {compiler}: own 1.2" in lines
    assert f"native code   {tmp_path}/cache/native, 0.0 MB" in lines
    monkeypatch.setenv("CC", "no-such-cc")
    (tmp_path / "shared" / "native").mkdir(parents=True)
    (tmp_path / "shared" / "native").chmod(0o777)
    monkeypatch.setenv("DSCHECK_CACHE", str(tmp_path / "shared"))
    lines = dscheck("doctor")[1].splitlines()
    assert "compiler      $CC is `no-such-cc`, but no such program is in $PATH" in lines
    assert any(line.startswith("native code   ") and "others may write to it" in line for line in lines)
