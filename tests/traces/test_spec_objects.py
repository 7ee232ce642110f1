"""Does a spec of one process judge a history as the object that it describes?"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traces.history_traces import history_trace, one_by_one
from traces.test_linearizable_laws import CALLS, has_order, traces

from dscheck import verify
from dscheck.language.analysis import read_spec
from dscheck.source import SourceFile
from dscheck.trace_specs import STEPPER, system_as_declared
from dscheck.traces.checks import sequential
from dscheck.traces.checks.linearizability import check
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceOutcome
from dscheck.traces.history import history_of
from dscheck.traces.linearizable.deciding import decide
from dscheck.traces.linearizable.objects.catalogue import object_named
from dscheck.traces.linearizable.objects.object_type import ObjectType, Unknown
from dscheck.traces.linearizable.objects.spec_actions import NotAnObject
from dscheck.traces.linearizable.objects.spec_object import SpecObjects
from dscheck.traces.linearizable.parts import Assumed, parts_of

SPECS = Path(__file__).parents[2] / "specs"
ACCEPTED, REJECTED, UNKNOWN = TraceOutcome.ACCEPTED, TraceOutcome.REJECTED, TraceOutcome.UNKNOWN


def made(text: str, **constants: str) -> SpecObjects:
    checked = read_spec(SourceFile("test.dsc", text))
    return SpecObjects(system_as_declared(checked, constants), STEPPER)


def spec_object(name: str, words: dict[str, str] | None = None, **constants: str) -> ObjectType:
    return made((SPECS / f"{name}.dsc").read_text("utf-8"), **constants).object(words or {})


REGISTER = spec_object("read_write_register")
STACK = spec_object("stack_object", DEPTH="12")


@pytest.mark.parametrize("built_in", ["cas-register", "stack"])
def test_a_spec_gives_the_verdict_of_the_object_that_is_built_in(built_in: str) -> None:
    spec = {"cas-register": REGISTER, "stack": STACK}[built_in]
    verdicts: set[bool | None] = set()

    @given(traces(CALLS[built_in]))
    @settings(max_examples=150, deadline=None)
    def agree(trace: Trace) -> None:
        operations = history_of(trace).operations
        for own, other in zip(
            parts_of(operations, spec, Assumed()),
            parts_of([each for each in operations if not _says_nothing(each)], object_named(built_in), Assumed()),
            strict=False,
        ):
            expected = has_order(other)
            assert decide([own], nodes=100_000)[0].linearizable is expected
            assert has_order(own) is expected
            verdicts.add(expected)

    agree()
    assert verdicts == {True, False}


def _says_nothing(operation: Any) -> bool:
    return operation.function == "read" and operation.outcome != "ok"


def amount(most: int) -> st.SearchStrategy[int]:
    return st.integers(1, most)


@given(traces(st.one_of(
    st.tuples(st.just("deposit"), amount(3), st.none()),
    st.tuples(st.just("withdraw"), amount(3), st.booleans()),
    st.tuples(st.just("look"), st.none(), st.integers(0, 6)),
)))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_an_account_is_judged_as_by_trying_every_order(trace: Trace) -> None:
    for part in parts_of(history_of(trace).operations, spec_object("bank_account", MAX="100"), Assumed()):
        expected = has_order(part)
        assert decide([part], nodes=100_000)[0].linearizable is expected
        assert expected is _solvent(part)


def _solvent(part: Any) -> bool:
    """The same account, written down once more in Python."""

    def step(state: int, call: Any) -> tuple[int, ...]:
        if call.function == "look":
            return (state,) if call.result in (state, Unknown.RESULT) else ()
        if call.function == "deposit":
            return (state + call.argument[0],)
        enough = call.argument[0] <= state
        return (state - call.argument[0] * enough,) if call.result in (enough, Unknown.RESULT) else ()

    return has_order(replace(part, object=replace(part.object, step=step), initial=0))


LEASE = """protocol Lease "who asks, of what, and a first holder that nobody knows"
process Lease:
    var holder: 0..3? in {none, 2}
    action acquire(caller in {0, 1, 2, 3}, result in {holder == none}):
        if result:
            holder = caller
    action release(caller in {0, 1, 2, 3}):
        require holder == caller
        holder = none
"""


def test_the_process_that_asks_is_the_caller() -> None:
    lease = made(LEASE).object({})
    kept = [("n1", "acquire", None, True), ("n2", "acquire", None, False), ("n1", "release", None, None)]
    assert check(one_by_one(*kept), object_name=lease).outcome is ACCEPTED
    stolen = [*kept[:2], ("n3", "release", None, None)]
    found = check(one_by_one(*stolen), object_name=lease)
    assert found.outcome is REJECTED
    assert "holder = 1" in found.reason


def test_an_object_may_begin_in_any_of_several_states_but_in_one_of_them() -> None:
    lease = made(LEASE).object({})
    assert check(one_by_one(("n1", "acquire", None, False)), object_name=lease).outcome is ACCEPTED
    both = [("n1", "acquire", None, False), ("n3", "acquire", None, True)]
    assert check(one_by_one(*both), object_name=lease).outcome is REJECTED
    assert check(one_by_one(("n1", "acquire", None, False)), object_name=lease, initial=3).outcome is ACCEPTED
    assert check(one_by_one(("n1", "acquire", None, True)), object_name=lease, initial=3).outcome is REJECTED


STORE = """protocol Store "one object for all keys"
process Store:
    var last: 0..2? = none
    var held: map[0..2, 0..9] = {}
    action put(key in {0, 1, 2}, value in {1, 2, 3}):
        held[key] = value
        last = key
    action newest(result in {last}):
        pass
    action swap(first in {0, 1, 2}, second in {0, 1, 2}):
        require first in held and second in held
        last = second
"""


def test_a_key_that_an_action_knows_does_not_split_the_history() -> None:
    store = made(STORE).object({})
    calls = [("a", "put", 1, None, 0), ("b", "put", 2, None, 1), ("c", "newest", None, 1)]
    assert check(one_by_one(*calls), object_name=store).outcome is ACCEPTED
    assert check(one_by_one(*calls[:2], ("c", "newest", None, 0)), object_name=store).outcome is REJECTED


@pytest.mark.parametrize("argument", [[0, 1], {"second": 1, "first": 0}], ids=["in order", "by name"])
def test_arguments_come_in_their_order_or_by_name(argument: Any) -> None:
    calls = [("a", "put", 1, None, 0), ("b", "put", 2, None, 1), ("c", "swap", argument, None)]
    store = made(STORE).object({})
    assert check(one_by_one(*calls, ("c", "newest", None, 1)), object_name=store).outcome is ACCEPTED
    assert check(one_by_one(*calls, ("c", "newest", None, 0)), object_name=store).outcome is REJECTED


def test_words_of_the_history_may_be_others() -> None:
    register = spec_object("read_write_register", {"lookup": "read"})
    calls = [("a", "write", 1, None), ("b", "lookup", None, 1)]
    assert check(one_by_one(*calls), object_name=register).outcome is ACCEPTED
    found = check(one_by_one(("a", "fetch", None, 1)), object_name=register)
    assert found.outcome is TraceOutcome.NOT_ASKED
    assert "--word fetch=ACTION" in found.reason


UNFIT = {
    "no value of the parameter": (("a", "write", 17, None), "h.log:1: 17 is no `new` of write in the spec"),
    "too few arguments": (("a", "cas", 1, True), "h.log:1: cas takes expected, new, not 1"),
    "a result that nobody declared": (
        ("a", "write", 1, 3),
        "h.log:2: write returned 3, and in the spec it has no parameter `result`",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_an_operation_that_the_spec_cannot_read_is_told_with_its_line(name: str) -> None:
    call, message = UNFIT[name]
    for question in (check, sequential.check):
        found = question(one_by_one(call), object_name=REGISTER)
        assert found.outcome is UNKNOWN
        assert found.reason == message


def test_a_result_that_the_object_never_has_is_refused() -> None:
    assert check(one_by_one(("a", "read", None, 17)), object_name=REGISTER).outcome is REJECTED
    assert check(one_by_one(("a", "read", None, "x")), object_name=REGISTER).outcome is REJECTED


def test_an_initial_value_that_fits_no_variable_is_told() -> None:
    found = check(one_by_one(("a", "read", None, 1)), object_name=REGISTER, initial={"colour": 3})
    assert found.outcome is UNKNOWN
    assert "it is a value for each of value" in found.reason


def test_an_object_that_is_too_small_does_not_refute() -> None:
    """Three values go onto a stack of two."""
    calls = [("a", "push", value, None) for value in (1, 2, 3)]
    small = made((SPECS / "stack_object.dsc").read_text("utf-8").replace("        require len(items) < DEPTH\n", ""))
    for question in (check, sequential.check):
        trace = one_by_one(*calls, ("a", "push", 1, None))
        found = question(trace, object_name=small.object({}))
        assert (found.outcome, found.kind) == (UNKNOWN, "bounds")
        assert "--set CONST=VALUE" in found.reason
    assert check(one_by_one(*calls), object_name=small.object({})).outcome is ACCEPTED


ACTS = "    action a:\n        pass\n"
NO_OBJECTS = {
    "several processes": (f"process P[2]:\n{ACTS}", "without brackets"),
    "timers": (f"process P:\n    timer t\n{ACTS}        start t\n    on timeout t:\n        pass\n", "timeout t"),
    "nobody acts": ("process P:\n    var x: 0..1 = 0\n", "no process with actions"),
    "two": (f"process P:\n{ACTS}process Q:\n{ACTS}", "more than one process"),
}


@pytest.mark.parametrize("name", NO_OBJECTS)
def test_a_spec_that_is_no_object_says_why(name: str) -> None:
    text, reason = NO_OBJECTS[name]
    with pytest.raises(NotAnObject, match=reason.replace("(", "\\(")):
        made(f'protocol X "x"\n{text}')


def test_both_options_name_the_object(tmp_path: Path) -> None:
    lines = [
        '{"node":"a","kind":"invoke","f":"write","value":1}',
        '{"node":"a","kind":"ok","f":"write"}',
        '{"node":"b","kind":"invoke","f":"read"}',
        '{"node":"b","kind":"ok","f":"read","value":2}',
    ]
    file = tmp_path / "h.jsonl"
    file.write_text("\n".join(lines) + "\n")
    spec = str(SPECS / "read_write_register.dsc")
    for options in ({"model": spec}, {"spec": spec}, {"spec": spec, "checks": ["linearizability"]}):
        [trace] = verify(file, **options).traces
        found = {each.check: each for each in trace.findings}
        assert found["linearizability"].outcome is REJECTED
        assert found["linearizability"].data["object"] == "ReadWriteRegister"
        assert found.get("conformance", found["linearizability"]).outcome is not UNKNOWN
        assert str(trace.outcome) == "rejected"
    (tmp_path / "r.dsc").write_text(Path(spec).read_text())
    file.write_text("\n".join(['{"format":"dscheck-trace/1","model":"r.dsc"}', *lines]) + "\n")
    [trace] = verify(file).traces
    assert str(trace.outcome) == "rejected"


def test_a_model_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "h.jsonl"
    file.write_text('{"node":"a","kind":"invoke","f":"write","value":1}\n')
    for model, reason in (("nowhere.dsc", "cannot be read"), (str(SPECS / "peterson.dsc"), "the object of a history")):
        report = verify(file, model=model)
        assert report.exit_code() == 2
        assert reason in str(report)


def test_a_history_of_crashed_operations_has_an_order() -> None:
    trace = history_trace(("a", "invoke", "withdraw", 1), ("b", "invoke", "look", None), ("b", "ok", "look", 0))
    assert check(trace, object_name=spec_object("bank_account")).outcome is ACCEPTED
