"""Are assumptions about timers read in the place of the timer's owner, and do their pages tell the truth?"""

from pathlib import Path

import pytest
from test_error_pages import PACKAGE, codes_of, examples

from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.language.formatter import format_spec
from dscheck.source import SourceFile

PAGES = sorted((PACKAGE / "language" / "errors").glob("DS076*.md"))
SPEC = """protocol Example

const MANY = 2

message Ask

process Lock:
    var holder: Client? = none
    ghost var seen: bool = false
    timer lease

    on Ask from c when holder == none:
        holder = c
        start lease

    on timeout lease:
        holder = none
        seen = true

process Client[MANY]:
    var using: bool = false
    var peer: Client? = none
    timer mine

    action ask when not running(mine):
        using = true
        start mine
        send Ask to Lock

    on timeout mine:
        using = false

"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages(page: Path) -> None:
    assert page.read_text("utf-8").startswith(f"# {page.stem} · ")
    (wrong,), (right,) = examples(page, "wrong"), examples(page, "right")
    assert codes_of(wrong) == [page.stem]
    assert codes_of(right) == []


def codes(line: str) -> list[str]:
    try:
        read_spec(SourceFile("<spec>", f"{SPEC}{line}\n"))
    except SpecError as error:
        return [each.code for each in error.diagnostics]
    return []


@pytest.mark.parametrize(
    "condition",
    [
        "holder == none or not holder.using",
        "holder == none or not running(holder.mine)",
        "not running(lease) or self.holder == none",
        "forall c in Client: not c.using or not up(c)",
        "Lock.holder == none and MANY == 2",
        "silence",
    ],
)
def test_the_condition_sees_its_process_and_all_others(condition: str) -> None:
    assert codes(f"assume lease waits until {condition}") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("assume lease waits until using", "DS0201"),
        ("assume Client.mine waits until holder == none", "DS0201"),
        ("assume lease waits until seen", "DS0218"),
        ("assume lease waits until holder", "DS0301"),
        ("assume lease waits until old(holder) == none", "DS0415"),
        ("assume lease waits until fired(ask) == 0", "DS0414"),
        ("assume Lcok.lease waits until true", "DS0216"),
        ("assume Client.lease waits until true", "DS0760"),
        ("check all: assumptions = 3 expect holds", "DS0767"),
        ("check all: assumptions in 0..1 expect holds", "DS0767"),
        ("check all: assumptions = {mine} expect holds", "DS0767"),
        ("check all expect violates lease", "DS0208"),
    ],
)
def test_what_is_wrong_is_told(line: str, code: str) -> None:
    assert codes(line) == [code]


@pytest.mark.parametrize("name", ["range", "deadlock"])
def test_an_assumption_is_not_called_like_what_every_check_asks(name: str) -> None:
    text = SPEC.replace("lease", name) + f"assume {name} waits until true\n"
    assert codes_of(text) == ["DS0766"]


def test_the_timer_is_named_by_its_process() -> None:
    assert codes("assume Client.mine waits until peer == none or not peer.using") == []


def test_formatting_keeps_an_assumption() -> None:
    line = "assume Client.mine waits until peer == none or not peer.using"
    assert line in format_spec(SourceFile("<spec>", f"{SPEC}{line}\n"))
