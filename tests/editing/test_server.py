"""Does a real language server tell an editor what is wrong, what a name means, and how to repair it?"""

import subprocess
import sys

SPEC = """\
protocol Lock "a “lock” 🔒"

const N = 3 in 2..4

message Ask(ticket: 0..1), Grant

process Server:
    var holder: Client? = none
    var queue: set[Client] = {}

    on Ask(ticket) from c:
        queue += {c}

    action grant(c in queue) when holder == none:
        holder = c, queue -= {c}
        send Grant to c

process Client[N]:
    var mode: idle | waiting | inside = idle

    action ask when mode == idle:
        mode = waiting
        send Ask(0) to Server

    on Grant:
        enter()

    def enter():
        mode = inside

def alone(s) = len(s) <= 1
invariant mutex: alone({p for p in Client if p.mode == inside})
reachable waits: exists p in Client: p.mode == waiting
final: true
check two: N = 2 expect holds
"""


def text_of(span, text):
    """The text of a range of one line."""
    line = text.split("\n")[span["start"]["line"]].encode("utf-16-le")
    return line[2 * span["start"]["character"] : 2 * span["end"]["character"]].decode("utf-16-le")


def test_a_sound_spec_has_no_problems(client):
    assert client.open(SPEC) == []


def test_an_error_has_its_code_its_place_and_the_places_that_give_the_reason(client):
    wrong = SPEC.replace("    on Grant:\n        enter()", "    on Grant:\n        holder = none")
    problem, *_ = client.open(wrong)
    assert problem["code"].startswith("DS")
    assert problem["severity"] == 1
    assert problem["source"] == "dscheck"
    assert text_of(problem["range"], wrong) == "holder"
    assert problem["range"]["start"]["line"] == wrong[: wrong.index("holder = none\n\n    def")].count("\n")
    related, *_ = problem["relatedInformation"]
    assert related["location"]["uri"] == "file:///spec.dsc"
    assert text_of(related["location"]["range"], wrong) == "holder"
    assert related["location"]["range"]["start"]["line"] == SPEC[: SPEC.index("var holder")].count("\n")


def test_places_are_counted_in_utf_16_units(client):
    wrong = SPEC.replace('protocol Lock "a “lock” 🔒"', 'protocol Lock "a “lock” 🔒" 🔒')
    problem, *_ = client.open(wrong)
    assert problem["range"]["start"] == {"line": 0, "character": 28}


def test_a_setting_out_of_range_is_told_too(client):
    problem, *_ = client.open(SPEC.replace("check two: N = 2", "check two: N = 7"))
    assert problem["code"].startswith("DS05")


def test_a_warning_is_a_warning(client):
    problem, *_ = client.open(SPEC.replace("reachable waits:", "message Unused\nreachable waits:"))
    assert problem["severity"] == 2


def test_problems_follow_the_edits_and_go_when_it_is_closed(client):
    uri = "file:///spec.dsc"
    client.open(SPEC)
    line = SPEC[: SPEC.index("        mode = inside")].count("\n")
    change = {
        "range": {"start": {"line": line, "character": 15}, "end": {"line": line, "character": 21}},
        "text": "insid",
    }
    client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [change]})
    problem, *_ = client.problems(uri)
    assert "insid" in problem["message"]
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert client.problems(uri) == []


def test_a_quick_fix_repairs_the_spec(client):
    wrong = SPEC.replace("        mode = inside", "        mode = insid")
    problem, *_ = client.open(wrong)
    asked = {"textDocument": {"uri": "file:///spec.dsc"}, "range": problem["range"], "context": {"diagnostics": []}}
    fix, *_ = client.ask("textDocument/codeAction", asked)
    assert fix["kind"] == "quickfix"
    (edit,) = fix["edit"]["changes"]["file:///spec.dsc"]
    line = wrong.split("\n")[edit["range"]["start"]["line"]]
    repaired = line[: edit["range"]["start"]["character"]] + edit["newText"] + line[edit["range"]["end"]["character"] :]
    assert repaired == "        mode = inside"
    elsewhere = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    assert client.ask("textDocument/codeAction", {**asked, "range": elsewhere}) == []


def test_hover_tells_type_and_domain_size(client):
    client.open(SPEC)
    hover = client.at("hover", SPEC, "mo^de == idle")
    assert "mode: idle | waiting | inside" in hover["contents"]["value"]
    assert "variable of `Client`, 3 values in check `two`" in hover["contents"]["value"]
    assert "4 values in check `two`" in client.at("hover", SPEC, "que^ue += ")["contents"]["value"]
    assert "3 values in check `two`" in client.at("hover", SPEC, "hol^der = c")["contents"]["value"]
    assert "c: Client" in client.at("hover", SPEC, "queue += {^c}")["contents"]["value"]
    assert "Client → Server" in client.at("hover", SPEC, "send A^sk(0)")["contents"]["value"]
    assert "2 values" in client.at("hover", SPEC, "send A^sk(0)")["contents"]["value"]
    assert "2 processes in check `two`" in client.at("hover", SPEC, "for p in Cl^ient")["contents"]["value"]
    assert "constant; 2 in check `two`" in client.at("hover", SPEC, "[^N]")["contents"]["value"]
    assert "how many members" in client.at("hover", SPEC, "l^en(s)")["contents"]["value"]
    assert client.at("hover", SPEC, "a “lo^ck”") is None


def test_definitions(client):
    client.open(SPEC)
    for asked, declared in {
        "mo^de = inside": "var ^mode: idle",
        "p.mo^de == inside": "var ^mode: idle",
        "send Gr^ant to c": "), ^Grant",
        "send Grant to ^c": "action grant(^c in queue)",
        "queue += {^c}": "from ^c:",
        "en^ter()\n\n": "def ^enter",
        "var holder: Cli^ent?": "process ^Client",
        "al^one({p": "def ^alone",
        "if ^p.mode": "{p for ^p in",
        "== wai^ting": "idle | ^waiting |",
        "check two: ^N = 2": "const ^N",
    }.items():
        location = client.at("definition", SPEC, asked)
        assert location is not None, asked
        before = SPEC[: SPEC.index(declared.replace("^", "")) + declared.index("^")]
        start = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        assert location["range"]["start"] == start, asked
    assert client.at("definition", SPEC, "l^en(s)") is None


def test_names_are_known_while_a_line_is_half_written(client):
    half = SPEC.replace("        mode = inside", "        mode = (")
    client.open(SPEC)
    uri = {"uri": "file:///spec.dsc", "version": 2}
    client.notify("textDocument/didChange", {"textDocument": uri, "contentChanges": [{"text": half}]})
    assert client.problems("file:///spec.dsc")
    location = client.at("definition", half, "p.mo^de == waiting")
    assert text_of(location["range"], half) == "mode"
    assert client.at("hover", half, "que^ue += ")["contents"]["value"].count("4 values") == 1


def test_the_outline(client):
    client.open(SPEC)
    outline = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": "file:///spec.dsc"}})
    names = {each["name"]: each for each in outline}
    assert list(names) == [
        "Lock", "N", "Ask", "Grant", "Server", "Client", "alone", "mutex", "waits", "two",
    ]  # fmt: skip
    assert [each["name"] for each in names["Client"]["children"]] == ["mode", "ask", "on Grant", "enter"]


def test_format(client):
    client.open(SPEC.replace("    var mode: idle | waiting | inside = idle", "  var mode:idle|waiting|inside=idle\n"))
    asked = {
        "textDocument": {"uri": "file:///spec.dsc"},
        "options": {"tabSize": 4, "insertSpaces": True},
    }
    assert client.ask("textDocument/formatting", asked) == []  # it cannot be read
    client.open(SPEC.replace("mode: idle | waiting", "mode :idle|waiting"), "file:///loose.dsc")
    (edit,) = client.ask("textDocument/formatting", {**asked, "textDocument": {"uri": "file:///loose.dsc"}})
    client.open(edit["newText"], "file:///neat.dsc")
    assert client.ask("textDocument/formatting", {**asked, "textDocument": {"uri": "file:///neat.dsc"}}) == []
    assert "    var mode: idle | waiting | inside = idle\n" in edit["newText"]


def test_a_source_package_of_debian_is_left_alone(client):
    assert client.open("Format: 3.0 (quilt)\nSource: hello\n") == []


def test_without_pygls_it_says_what_to_install():
    program = (
        "import sys, importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'pygls' else found(name, *rest)\n"
        "from dscheck.cli.main import run; sys.exit(run(['lsp']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'dscheck[lsp]'" in done.stderr
