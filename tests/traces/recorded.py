"""Traces that several tests of conformance look at: the corpus' log of EWD998, and systems of the specs."""

import json
import os
from pathlib import Path

import pytest

from dscheck.inputs import overrides_of
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.model.system import System
from dscheck.source import SourceFile
from dscheck.traces.event import Event, EventKind, Place, Trace, TraceHeader

SPECS = Path(__file__).parents[2] / "specs"
CORPUS = os.environ.get("DSCHECK_TRACE_CORPUS", "")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="DSCHECK_TRACE_CORPUS does not name a folder with recorded traces")

# The log says `tok` each time that a process looks at a token which it cannot pass on yet: that is no step.
EWD998_WORDS = {"tok": "Token", "pl": "Work", "trm": "Over", "d": "deactivate"}
EWD998_IGNORED = ("recv tok",)
_KINDS: dict[str, EventKind] = {"<": "recv", ">": "send", "d": "internal"}


def system_of(spec: str, check: str = "", **constants: str) -> System:
    """The system of one check of a spec."""
    return systems_of((SPECS / f"{spec}.dsc").read_text("utf-8"), check, **constants)[0]


def systems_of(text: str, check: str = "", **constants: str) -> list[System]:
    """The systems of the checks of a text."""
    checked = read_spec(SourceFile("test.dsc", text))
    plans = plans_of(checked, overrides_of(constants))
    return [lower(checked, plan.configuration) for plan in plans if check in ("", plan.name)]


def ewd998_trace(*, deactivations: bool = True) -> Trace:
    """The corpus' log of termination detection."""
    path = Path(CORPUS) / "ewd998" / "EWD998ChanTrace.ndjson"
    events = []
    for line, text in enumerate(path.read_text("utf-8").splitlines()[1:], start=2):
        entry = json.loads(text)
        packet = entry["pkt"]
        message = packet.get("msg", {})
        node = str(entry["node"])
        kind = _KINDS[entry["event"]]
        if kind == "internal" and not deactivations:
            continue
        peer = {"recv": packet.get("snd"), "send": packet.get("rcv")}.get(kind)
        events.append(
            Event(
                node=node,
                seq=packet["vc"][node],
                kind=kind,
                peer=None if peer is None else str(peer),
                action=message.get("type", entry["event"]),
                arguments={name: value for name, value in message.items() if name != "type"},
                vector=packet["vc"],
                place=Place(path.name, line),
            )
        )
    nodes = tuple(map(str, range(5)))
    header = TraceHeader("per-node", nodes, gaps=False)
    return Trace(path.name, "ndjson", "for a test", header, tuple(events))
