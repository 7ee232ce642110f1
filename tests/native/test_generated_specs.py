"""Does the native engine find what the reference finds in generated protocols, and would it be told if not?

Hundreds of protocols are compiled into one library, and each is explored with one and two workers and every store.
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from many import Case, cases_of, compiled, explored
from nested_specs import nested_protocol
from test_explore import same

from dscheck.engines.refusals import Refused
from dscheck.options import Limits, NativeOptions
from dscheck.semantics.replay import NotConfirmed
from tests.laws.generated_specs import EVERYTHING, Features, random_protocol
from tests.laws.protocol_model import text_of

SPECS = Path(__file__).resolve().parents[2] / "specs"
pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")

FEATURES = {
    "messages": Features(),
    "stamps": Features(stamps=True, links=True),
    "timers": Features(timers=True, faults=True),
    "torn": Features(faults=True, torn=True, collections=False),
    "everything": EVERYTHING,
}
WAYS = [
    NativeOptions(workers=1),
    NativeOptions(workers=2),
    NativeOptions(workers=1, store="tree"),
    NativeOptions(workers=2, store="tree"),
    NativeOptions(workers=1, store="fingerprint"),
]
MOST = 3_000  # states that a spoilt model may reach before it is given up


def generated(features: Features, seeds: range, most: int) -> list[Case]:
    return cases_of((text_of(random_protocol(seed, features)) for seed in seeds), most)


def agree(cases, folder) -> None:
    refused: list[Case] = []
    for case, model in zip(cases, compiled(cases, folder), strict=True):
        for way in WAYS:
            try:
                same(explored(case, model, way, Limits()), case.reference)
            except AssertionError as different:
                raise AssertionError(f"{way}\n{case.text}") from different
            except Refused:  # `dscheck check` would go on in the reference
                refused.append(case)
                break
    assert len(refused) <= len(cases) // 20


@pytest.mark.parametrize("name", FEATURES)
def test_native_and_reference_agree(name, tmp_path):
    cases = generated(FEATURES[name], range(16), 400)
    assert len(cases) >= 8, "the generator makes too many that are too large"
    agree(cases, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("block", range(10))
def test_native_and_reference_agree_on_thousands(name, block, tmp_path):
    cases = generated(FEATURES[name], range(5_000 + 100 * block, 5_100 + 100 * block), 3_000)
    assert len(cases) > 50
    agree(cases, tmp_path)


def nested(seeds: range) -> list[Case]:
    found = cases_of(map(nested_protocol, seeds), 3_000)
    assert len(found) > len(seeds) // 2, "the generator makes too many that are too large"
    assert all("put_in_order_word" in case.plan.text for case in found)
    return found


def test_native_and_reference_agree_on_records_with_collections_inside(tmp_path):
    agree(nested(range(16)), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(5))
def test_native_and_reference_agree_on_hundreds_of_records_with_collections_inside(block, tmp_path):
    agree(nested(range(1_000 + 100 * block, 1_100 + 100 * block)), tmp_path)


# --- what the emitter could get wrong --------------------------------------------------------------------------------

MUTATIONS = {
    "a field one bit further": (r"state\[(\d+)\] >> (\d+) & ", lambda m: f"state[{m[1]}] >> {int(m[2]) + 1} & "),
    "a range check that is missing": (r"(?m)^ *if \(.*\) \{ labels->failures \|= 1u << FAIL_RANGE;.*$", lambda m: ""),
    "a step of a process that counts as a fault": (r"taken, 1\);", lambda m: "taken, 0);"),
    "a state that is not normalised": (
        r"(?m)^ *(moved = )?normalise\(.*\);$",
        lambda m: "moved = 0;" if m[1] else "",
    ),
    "a message that is not taken from its queue": (r"queue_rest_word\((.*), \d+, \d+\)", lambda m: f"({m[1]})"),
    "a branch not told": (r"labels->branches\[\d+\] = 1;", lambda m: ";"),
    "less for less or equal": (r" <= ", lambda m: " < "),
    "records in the order of their codes": (
        r"put_in_order_word\((\w+), (\w+), [^;]*, (\w+)\);",
        lambda m: f"put_in_order_word({m[1]}, {m[2]}, {m[3]}, {m[3]});",
    ),
}


def spoilt_cases() -> list[Case]:
    """Some generated ones of each kind, and two specs whose clocks run on for ever unless they are normalised."""
    some = [case for features in FEATURES.values() for case in generated(features, range(5), 200)]
    some += nested(range(8))
    return some + cases_of(((SPECS / f"{name}.dsc").read_text() for name in ("lamport_mutex", "ricart_agrawala")), 200)


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return spoilt_cases()


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_the_emitter_gets_wrong_is_seen(name, cases, tmp_path):
    pattern, replacement = MUTATIONS[name]
    touched = [case for case in cases if re.search(pattern, case.plan.text)]
    assert touched, "no generated text has what this mutation changes"
    models = compiled(touched, tmp_path, lambda text: re.sub(pattern, replacement, text))
    assert any(differs(case, model) for case, model in zip(touched, models, strict=True))


def differs(case, model) -> bool:
    """Is another answer given, or none? Asked in a process of its own: a spoilt model may take it down."""
    child = os.fork()
    if child == 0:
        os._exit(_agrees(case, model))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 1


def _agrees(case, model) -> int:
    try:
        same(explored(case, model, WAYS[0], Limits(max_states=MOST)), case.reference)
    except (AssertionError, NotConfirmed):
        return 0
    return 1
