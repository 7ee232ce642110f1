"""Are the values of a parameter right, one by one, also where it multiplies the unknowns?"""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timing.blocks import answered, claim

from dscheck.timing.elimination import roots_of
from dscheck.timing.polynomial import Polynomial
from dscheck.timing.quantities import Unanswered

TRIED = [Fraction(number, 12) for number in range(7)]


def is_in(text: str, value: Fraction) -> bool:
    """Does the condition on `r`, as it is told, hold for `value`?"""
    if text.startswith("for "):
        return not text.startswith("for no")

    def holds(part: str) -> bool:
        words = [str(value) if word == "r" else word for word in part.split()]
        compared = zip(words[::2], words[1::2], words[2::2], strict=False)
        return all(
            {"<": Fraction(one) < Fraction(other), "<=": Fraction(one) <= Fraction(other),
             ">": Fraction(one) > Fraction(other), ">=": Fraction(one) >= Fraction(other),
             "==": Fraction(one) == Fraction(other)}[sign]
            for one, sign, other in compared
        )  # fmt: skip

    return any(holds(part) for part in text.split(" or "))


@given(
    kind=st.sampled_from(["possible", "always"]),
    drift=st.sampled_from(["r", "[0 - r, r]", "[0, r]", "0.1"]),
    delays=st.tuples(st.integers(0, 3), st.integers(3, 6), st.sampled_from(["inf", "r", "2 * r + 1"])),
    shown=st.integers(1, 6),
    condition=st.sampled_from([
        "T(c) - T(a) <= 5", "C(c) - C(b) > 1", "T(b) - T(a) == 3 and C(c) - C(a) >= 5",
        "T(c) < T(b) or C(b) < C(c) - r",
    ]),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_each_value_is_in_the_set_if_the_block_with_this_value_says_so(
    kind: str, drift: str, delays: tuple[int, int, str], shown: int, condition: str
) -> None:
    least, most, other = delays
    lines = f"""
        clock C drift {drift}
        at a
        at b after a by [{least}, {most}]
        at c after a by [0, {other}]
        given C(b) - C(a) == {shown}
    """
    family = claim(answered(f"param r = 1 / 10 in [0, 0.5]\n{lines}query q = {kind} {condition} for r"), "q")
    if family.met is None:
        assert family.note.startswith(("an end", "no answer", "not asked")), family.note
        return
    for value in TRIED:
        single = answered(f"param r = {value}\n{lines}query q = {kind} {condition}")
        contradictory = single.claims[0].kind == "given"
        expected = kind == "always" if contradictory else claim(single, "q").value_json
        assert is_in(family.value, value) == expected, (family.value, value)


def test_roots_are_fractions_or_there_is_no_answer() -> None:
    def polynomial(*factors: int) -> Polynomial:
        return Polynomial({("r",) * power: Fraction(factor) for power, factor in enumerate(factors) if factor})

    assert roots_of(polynomial(-1, 79), "r") == [Fraction(1, 79)]
    assert roots_of(polynomial(2, -5, 2), "r") == [Fraction(1, 2), Fraction(2)]
    assert roots_of(polynomial(1, 0, 1), "r") == []
    with pytest.raises(Unanswered, match="no fraction"):
        roots_of(polynomial(-2, 0, 1), "r")
