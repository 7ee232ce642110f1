"""Does the number agree everywhere: one thing, several things?"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dscheck.trace_answers import verify
from dscheck.traces.asking import TraceQuestion
from dscheck.traces.wording import all_of, counted, counted_with, each_of


def test_one_and_several() -> None:
    assert [counted(number, "step") for number in (0, 1, 2, 1000)] == ["0 steps", "1 step", "2 steps", "1,000 steps"]
    assert counted(2, "process", "processes") == "2 processes"
    assert [counted_with(number, "step", "is", "are") for number in (1, 2)] == ["1 step is", "2 steps are"]
    assert [each_of(number, "step") for number in (1, 2)] == ["the one step", "each of 2 steps"]
    assert [all_of(number, "step") for number in (1, 2)] == ["the one step", "all 2 steps"]


# Where there is one: it forms, it is, the one; never `each of 1`, `all 1`, `1 receipts`, `1 message form`.
WRONG = re.compile(r"\b(each of|all|the) 1 |\b1 \w+ (form|know|grow|go|are|have)\b|\b1 (?!us|ns|ms)\w+s\b")
FORMAT = "dscheck-trace/1"
MESSAGE = [{"node": "a", "kind": "send", "msg": 1}, {"node": "b", "kind": "recv", "msg": 1}]
TRACES: dict[str, list[dict[str, Any]]] = {
    "a message": MESSAGE,
    "a message and clocks": [{**MESSAGE[0], "vc": {"a": 1}}, {**MESSAGE[1], "vc": {"a": 1, "b": 1}}],
    "a vector clock": [{"node": "a", "vc": {"a": 1}}],
    "a Lamport clock": [{"node": "a", "lc": 1}],
    "a hybrid clock": [{"node": "a", "hlc": [1, 0]}],
    "a message without sending": [MESSAGE[1]],
    "a message without receipt": [MESSAGE[0]],
    "a term": [{"node": "a", "role": "leader", "term": 1}],
    "a section": [{"node": "a", "lock": "L", "hold": True}, {"node": "a", "lock": "L", "hold": False}],
    "a bound": [{"format": FORMAT, "delay": {"min": 1}}, *({**each, "ts": 5 * at} for at, each in enumerate(MESSAGE))],
}


@pytest.mark.parametrize("name", TRACES)
def test_no_sentence_counts_one_as_several(name: str, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in TRACES[name]), "utf-8")
    report = verify([str(file)], TraceQuestion(format="native"))
    assert not report.errors
    asked = [each for each in report.traces[0].findings if str(each.outcome) != "not_asked"]
    assert asked
    for finding in asked:
        assert WRONG.search(finding.reason) is None, finding.reason
