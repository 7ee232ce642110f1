"""Do the figures of the literature come out exactly?"""

from fractions import Fraction

import pytest
from timing.blocks import answered, claim, values

CRISTIAN = """
    param dmin = 4
    param rtt = 20
    clock S perfect
    clock C drift {drift}
    at ask on client
    at got on server after ask by [dmin, inf]
    at back on client after got by [dmin, inf]
    given measured: C(back) - C(ask) == rtt
    let guess = S(got) + rtt / 2
    query worst = max guess - S(back)
    query slow = max S(back) - guess
    query best = min guess - S(back)
    query unsafe = possible S(back) - guess > rtt / 2 - dmin
"""

LEASE = """
    param LS = 12
    param LC = 11.7
    param rho = 0.01
    clock S drift rho
    clock C drift rho
    at ask
    at grant after ask
    at done after ask
    at expire after grant
    given C(done) - C(ask) == LC
    given S(expire) - S(grant) == LS
    query late = max T(done) - T(expire)
    query safe = always late <= 0 for LC
    query same = always T(done) <= T(expire) for LC
    query steady = always late <= 0 for rho
    expect late <= 0
"""


def test_cristian_is_off_by_at_most_half_the_round_trip_less_the_fastest_delay() -> None:
    result = answered(CRISTIAN.format(drift=0) + "expect worst == rtt / 2 - dmin and best == 0 - (rtt / 2 - dmin)")
    assert result.met is True
    assert values(result) == {"worst": "6", "slow": "6", "best": "-6", "unsafe": "impossible"}
    assert claim(result, "worst").value_json == 6
    assert {line.name for line in claim(result, "unsafe").reasons} == {"measured", "at got"}


def test_one_per_cent_of_drift_breaks_the_bound_of_cristian() -> None:
    result = answered(CRISTIAN.format(drift=0.01))
    assert values(result) == {"worst": "6", "slow": "614/99", "best": "-614/99", "unsafe": "possible"}
    slow = claim(result, "slow")
    assert slow.value_json == "614/99"
    (drawn,) = slow.diagrams
    assert [(event.name, event.time) for event in drawn.events] == [("ask", "0"), ("got", "4"), ("back", "2000/99")]
    assert drawn.lanes == ("client", "server")
    assert drawn.events[2].values == {"S": "2000/99", "C": "20"}
    assert [(arrow.start, arrow.end) for arrow in drawn.arrows] == [(0, 1), (1, 2)]


def test_a_lease_is_safe_up_to_the_ratio_of_the_rates() -> None:
    result = answered(LEASE)
    limit = Fraction(12) * Fraction(99, 101)
    assert limit == Fraction(1188, 101)
    safe = f"LC <= {limit}"
    assert values(result) == {"late": "-70/1111", "safe": safe, "same": safe, "steady": "rho <= 1/79"}
    assert Fraction("11.7") * (1 + Fraction(1, 79)) == 12 * (1 - Fraction(1, 79))
    assert result.met is True
    assert "contradict" in claim(result, "safe").note  # LC < 0: then `done` would come before `ask`


def averaging(processes: int) -> str:
    """Each sends its time once and corrects its clock by the average of what it hears (Lundelius and Lynch 1984)."""
    everyone = range(processes)
    lines = ["param u = 10"] + [f"clock C{p}" for p in everyone] + [f"at s{p}" for p in everyone]
    lines += [f"given C{p}(s{p}) == 0" for p in everyone]
    lines += [f"at r{p}to{q} after s{p} by [0, u]" for p in everyone for q in everyone if p != q]
    for q in everyone:
        heard = " + ".join(f"u / 2 - C{q}(r{p}to{q})" for p in everyone if p != q)
        lines.append(f"let new{q} = C{q}(s0) + ({heard}) / {processes}")
    return "\n".join([*lines, "query skew = max new0 - new1", f"expect skew == u * (1 - 1 / {processes})"])


@pytest.mark.parametrize(("processes", "skew"), [(2, "5"), (3, "20/3"), (4, "15/2"), (5, "8")])
def test_averaging_leaves_the_uncertainty_times_one_less_a_share(processes: int, skew: str) -> None:
    result = answered(averaging(processes))
    assert values(result) == {"skew": skew}
    assert result.met is True
