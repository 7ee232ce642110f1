"""Do the timing blocks of the corpus give the numbers of the literature, exactly?"""

from functools import cache
from pathlib import Path

import pytest

import dscheck
from dscheck.verdict import BlockResult

SPECS = Path(__file__).parents[2] / "specs"
NAMES = ["berkeley", "clock_averaging", "clock_skew", "cristian", "marzullo", "ntp_offset"]

# Each row: a spec, its block, the query, and what it gives.
ANSWERS = [
    ("cristian", "cristian", "ahead", "6"),
    ("cristian", "cristian", "behind", "6"),
    ("cristian", "cristian", "beyond", "impossible"),
    ("cristian", "cristian", "fast_enough", "8 <= rtt <= 10"),
    ("cristian", "cristian_drift", "behind", "614/99"),
    ("cristian", "cristian_drift", "unsafe", "possible"),
    ("cristian", "cristian_drift", "good_again", "416/99 <= dmin <= 9"),
    ("berkeley", "together", "from_the_master", "2"),
    ("berkeley", "together", "among_the_others", "4"),
    ("berkeley", "together", "from_real_time", "unbounded"),
    ("berkeley", "without_filter", "dragged", "unbounded"),
    ("berkeley", "with_filter", "dragged", "6"),
    ("berkeley", "with_filter", "never_lost", "8 <= gamma <= 100"),
    ("clock_averaging", "two", "worst", "5"),
    ("clock_averaging", "three", "worst", "20/3"),
    ("clock_averaging", "four", "worst", "15/2"),
    ("clock_averaging", "five", "worst", "8"),
    ("clock_averaging", "lower_bound", "nearer", "10"),
    ("ntp_offset", "exchange", "above", "10"),
    ("ntp_offset", "exchange", "outside", "impossible"),
    ("ntp_offset", "exchange", "good", "0 <= delay <= 6"),
    ("ntp_offset", "asymmetric_path", "least", "10"),
    ("marzullo", "first_example", "agreed", "11 <= time <= 12"),
    ("marzullo", "second_example", "agreed", "8 <= time <= 9 or 10 <= time <= 12"),
    ("marzullo", "second_example", "highest", "12"),
    ("marzullo", "one_falseticker_of_three", "outside", "impossible"),
    ("marzullo", "one_falseticker_of_three", "misled", "possible"),
    ("clock_skew", "one_day", "apart", "216/25"),
    ("clock_skew", "resynchronise", "often_enough", "0 <= period <= 10"),
    ("clock_skew", "own_timer", "apart", "20/19999"),
]


@cache
def blocks(name: str) -> dict[str, BlockResult]:
    return {block.name: block for block in dscheck.check(SPECS / f"{name}.dsc").blocks}


@pytest.mark.parametrize("name", NAMES)
def test_every_block_is_as_it_says(name: str) -> None:
    assert blocks(name)
    assert {block: result.met for block, result in blocks(name).items()} == dict.fromkeys(blocks(name), True)


@pytest.mark.parametrize(("name", "block", "query", "answer"), ANSWERS)
def test_a_query_gives_the_number_of_the_literature(name: str, block: str, query: str, answer: str) -> None:
    values = {claim.name: claim.value for claim in blocks(name)[block].claims if claim.kind == "query"}
    assert values[query] == answer
