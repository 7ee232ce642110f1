"""Does dscheck count what SPIN, Rumur and TLC count for the same protocols with the same semantics?

Distinct states and successors are those on which the three agree: TLC's generated states less the initial one, SPIN's
"states, stored" and one less than its "transitions". TLC counts levels, of which there is one more than steps.
The rows of the bully with fewer crashes, and those by messages, are SPIN's alone; they have no level (SPIN's depth is
that of its own search).
"""

from pathlib import Path

import pytest

import dscheck

HERE = Path(__file__).parent

ROWS = [
    # model, settings, distinct states, successors, levels
    ("ra", {"N": 2, "R": 1}, 40, 52, 11),
    ("ra", {"N": 3, "R": 1}, 2_357, 6_282, 22),
    ("ra", {"N": 3, "R": 2}, 29_384, 81_347, None),
    ("central", {"N": 3}, 128, 318, 10),
    ("central", {"N": 5}, 3_392, 10_440, 14),
    ("cr", {"N": 4}, 116, 281, 11),
    ("bully", {"N": 3, "F": 0}, 273, 760, None),
    ("bully", {"N": 3, "F": 1}, 923, 3_222, None),
    ("bully", {"N": 3, "F": 2}, 1_078, 4_790, None),
    ("bully_by_messages", {"N": 3, "faults.crash": 0}, 273, 760, None),
    ("bully_by_messages", {"N": 3, "faults.crash": 1}, 2_828, 8_593, None),
    ("bully_by_messages", {"N": 3, "faults.crash": 2}, 4_381, 16_747, None),
    ("twophase", {"N": 3}, 288, 1_145, 11),
    ("twophase", {"N": 5}, 8_832, 58_145, 17),
    ("peterson", {"N": 4}, 4_752, 13_080, 25),
]

LARGE_ROWS = [
    ("ra", {"N": 3, "R": 5}, 1_023_211, 2_900_940, None),
    ("ra", {"N": 4, "R": 1}, 1_470_924, 7_730_343, None),
    ("central", {"N": 8}, 1_190_656, 3_862_656, None),
    ("cr", {"N": 8}, 50_152, 213_101, 37),
    ("cr", {"N": 10}, 1_243_826, 6_340_147, None),
    ("bully", {"N": 4, "F": 0}, 41_114, 216_703, None),
    ("bully", {"N": 4, "F": 1}, 540_479, 2_965_822, None),
    ("bully", {"N": 4, "F": 2}, 677_815, 5_037_066, None),
    ("bully", {"N": 4, "F": 3}, 680_794, 5_319_058, None),
    ("bully_by_messages", {"N": 4, "faults.crash": 0}, 41_114, 216_703, None),
    ("twophase", {"N": 8}, 1_745_408, 18_507_777, None),
    ("peterson", {"N": 6}, 1_827_936, 6_803_688, None),
]


def _params(rows):
    params = []
    for row in rows:
        settings = "-".join(f"{key}={value}" for key, value in row[1].items())
        params.append(pytest.param(*row, id=f"{row[0]}-{settings}"))
    return params


@pytest.mark.parametrize(("model", "settings", "states", "transitions", "levels"), _params(ROWS))
def test_counts_of_the_peers(model, settings, states, transitions, levels):
    _assert_counts(model, settings, states, transitions, levels)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "settings", "states", "transitions", "levels"), _params(LARGE_ROWS))
def test_large_counts_of_the_peers(model, settings, states, transitions, levels):
    _assert_counts(model, settings, states, transitions, levels)


def _assert_counts(model, settings, states, transitions, levels):
    (check,) = dscheck.check(HERE / f"{model}.dsc", constants=settings).checks
    assert check.met, check.reason
    found = check.statistics
    assert (found.states, found.transitions) == (states, transitions)
    if levels is not None:
        assert found.depth == levels - 1
