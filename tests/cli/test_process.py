"""Does the process behave among others: in a pipe, at a terminal, and when it is interrupted?"""

import os
import pty
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "report" / "samples.py"
DRIVER = """
import dataclasses, runpy, sys, time
import dscheck.workflow
from dscheck.cli.main import main
from dscheck.progress import Progress

SAMPLES = runpy.run_path({samples!r})["SAMPLES"]

def interrupted(report):
    file = report.files[0]
    checks = tuple(dataclasses.replace(check, interrupted=True) for check in file.checks)
    return dataclasses.replace(report, files=(dataclasses.replace(file, checks=checks),))

def check_paths(paths, options, *, observer):
{body}

dscheck.workflow.check_paths = check_paths
sys.argv = ["dscheck", "check", "x.dsc"]
main()
"""


def start(body, **streams):
    program = DRIVER.format(samples=str(SAMPLES), body=textwrap.indent(textwrap.dedent(body), "    "))
    environment = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    environment["TERM"] = "xterm"
    environment["PYTHONPATH"] = os.pathsep.join([str(SAMPLES.parent), *filter(None, [environment.get("PYTHONPATH")])])
    return subprocess.Popen([sys.executable, "-c", program], env=environment, **streams)


def test_a_reader_that_goes_away_is_no_fault():
    reading, writing = os.pipe()
    process = start("return SAMPLES['broken']", stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)
    assert process.communicate(timeout=30)[1] == b""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_no_fault_of_ours():
    with Path("/dev/full").open("wb") as full:
        process = start("return SAMPLES['broken']", stdout=full, stderr=subprocess.PIPE)
        assert process.communicate(timeout=30)[1] == b"error: the answer cannot be written: no space left on device\n"
    assert process.returncode == 2


def test_no_escape_codes_in_a_pipe():
    process = start("return SAMPLES['broken']", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=30)
    assert b"VIOLATED" in out
    assert b"\x1b" not in out + err


def test_ascii_terminals_lose_nothing_but_signs(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start("return SAMPLES['wrong']", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (2, b"")
    assert b"\\u7968" in out


def test_ascii_terminals_see_the_picture_of_a_schedule(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start("return SAMPLES['blocks']", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, b"")
    assert b"+------m1------->* c  3  [2,1,0]  |" in out
    assert b"614/99 ~ 6.202" in out
    assert b"\\u" not in out


WAITS = """
try:
    print("searching", file=sys.stderr, flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    return interrupted(SAMPLES["unknown"])
"""
IGNORES = """
while True:
    try:
        print("searching", file=sys.stderr, flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_prints_what_is_known(number):
    process = start(WAITS, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stderr.readline() == b"searching\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"")
    assert b"1,000 states" in out


def test_a_second_interrupt_kills():
    process = start(IGNORES, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(2):
        assert process.stderr.readline() == b"searching\n"
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


SEARCHES = """
for states in range(1, 6):
    time.sleep(0.15)
    observer(Progress(states=states * 1000, transitions=0, queue=7, depth=3, seconds=1.0, memory_bytes=1000000,
                      file="x.dsc", check="two"))
return SAMPLES["green"]
"""


def at_a_terminal(body):
    """What a process writes to a terminal that is its stderr, and to a pipe that is its stdout."""
    terminal, end = pty.openpty()
    process = start(body, stdout=subprocess.PIPE, stderr=end)
    os.close(end)
    seen = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        seen += piece
    os.close(terminal)
    return process.communicate(timeout=30)[0], seen, process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_the_live_line_goes_away():
    out, seen, code = at_a_terminal(SEARCHES)
    assert code == 0
    assert b"5,000 states" in seen
    assert b"\x1b" not in out
    assert seen.rstrip().endswith((b"\x1b[2K", b"\x1b[?25h"))  # the line is erased, the cursor is back


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    body = "import os\nassert os.environ.pop('TERM')\nreturn SAMPLES['green']"
    assert b"\x1b" not in at_a_terminal(body.replace("pop('TERM')", "get('TERM')"))[0]
