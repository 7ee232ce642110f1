"""`dscheck new`: what does a first spec look like? A small one that teaches, with one honest bug or question in it."""

import re
from pathlib import Path

import click

from dscheck.cli.console import answer, complain
from dscheck.verdict import EXIT_MET, EXIT_NOT_ASKED

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TAKEN = {"Server", "Client", "Acquire", "Grant", "Release", "N"}
_TEMPLATE = """\
# A server hands out a lock, and clients take turns. Is it safe?  dscheck check {path}
protocol {protocol} "one lock, handed out by a server"

const N = 2 in 1..4  # how many clients; try --set N=3

message Acquire, Grant, Release

process Server:
    var holder: Client? = none  # who has the lock; none while it is free

    # A message waits in the network until the `when` of its handler is true. Must this one wait?
    # Compare the run that dscheck shows, then write:  on Acquire from c when holder == none:
    on Acquire from c:
        holder = c
        send Grant to c

    on Release from c:
        assert holder == c, "only the holder gives the lock back"
        holder = none

process Client[N]:
    var mode: idle | waiting | inside = idle

    action ask when mode == idle:
        mode = waiting
        send Acquire to Server

    on Grant:
        mode = inside

    action leave when mode == inside:
        mode = idle
        send Release to Server

# What must be true in every reachable state, and what must be possible.
invariant mutual_exclusion: count(c in Client if c.mode == inside) <= 1
reachable served: exists c in Client: c.mode == inside

check safe: expect holds
"""
_WORKSHEET = """\
# Three processes and two messages, as on paper. What do the clocks show?  dscheck schedule {path}
protocol {protocol} "a worksheet on happens-before and logical clocks"

schedule sheet:
    P1: a, b sends m1, g                             # one lane for each process, its events in their order
    P2: receives m1 as c, d sends m2
    P3: e, receives m2 as f
    clock lamport as L
    clock vector as V
    show L, V                                        # beside each event
    expect a -> f                                    # a happened before f
    expect e || d                                    # e and d are concurrent
    expect L(c) == ?                                 # ask; then write down what you think it is
    forall x, y: x -> y implies L(x) < L(y)
    find x, y: L(x) < L(y) and x || y                # so a smaller number does not mean `before`
    # Is this true of Lamport clocks? And with V in the place of L? Take the # away:
    # forall x, y: L(x) < L(y) implies x -> y

# The same formulas in every schedule of this size.
schedules small: processes 2..3, events <= 5
"""


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--schedule", "worksheet", is_flag=True, help="A worksheet on clocks instead: events and messages.")
def new(name: str, worksheet: bool) -> int:
    """\b
    dscheck new mutex
    dscheck new sheet --schedule

    Write specs/NAME.dsc, a first spec that teaches; it has one bug to find, or one question to answer.
    """
    path = Path(name)
    stem = path.name.removesuffix(".dsc")
    if not _NAME.fullmatch(stem):
        raise click.UsageError(f"`{stem}` cannot name a protocol: use letters, digits, - and _, a letter first")
    path = (Path("specs") if path.parent == Path() else path.parent) / f"{stem}.dsc"
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(spec_text(path, stem, worksheet=worksheet))
    except FileExistsError as error:
        complain(f"{error.filename} exists already", help="choose another name; nothing was written")
        return EXIT_NOT_ASKED
    except OSError as error:
        complain(f"cannot write {path}: {(error.strerror or str(error)).lower()}")
        return EXIT_NOT_ASKED
    what, command = ("a worksheet on clocks", "schedule") if worksheet else ("a lock server with one bug", "check")
    answer(f"wrote {path}: {what}\nnext:  dscheck {command} {path}\n")
    return EXIT_MET


def spec_text(path: Path, stem: str, *, worksheet: bool = False) -> str:
    """The teaching spec for a file of this name; the worksheet is the one about clocks."""
    protocol = "".join(part[0].upper() + part[1:] for part in re.split(r"[-_]+", stem) if part)
    if protocol in _TAKEN:  # by something that the spec declares
        protocol += "Protocol"
    return (_WORKSHEET if worksheet else _TEMPLATE).format(path=path.as_posix(), protocol=protocol)
