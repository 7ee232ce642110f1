"""`dscheck new`: what does a first spec look like? A small one that teaches, with one honest bug to find."""

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


@click.command()
@click.argument("name", metavar="NAME")
def new(name: str) -> int:
    """\b
    dscheck new mutex
    dscheck new protocols/lock.dsc

    Write specs/NAME.dsc, a first spec that teaches; it has one bug to find.
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
            file.write(spec_text(path, stem))
    except FileExistsError as error:
        complain(f"{error.filename} exists already", help="choose another name; nothing was written")
        return EXIT_NOT_ASKED
    except OSError as error:
        complain(f"cannot write {path}: {(error.strerror or str(error)).lower()}")
        return EXIT_NOT_ASKED
    answer(f"wrote {path}: a lock server with one bug\nnext:  dscheck check {path}\n")
    return EXIT_MET


def spec_text(path: Path, stem: str) -> str:
    """The teaching spec for a file of this name."""
    protocol = "".join(part[0].upper() + part[1:] for part in re.split(r"[-_]+", stem) if part)
    if protocol in _TAKEN:  # by something that the spec declares
        protocol += "Protocol"
    return _TEMPLATE.format(path=path.as_posix(), protocol=protocol)
