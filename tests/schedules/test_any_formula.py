"""Does every formula that the static check lets through have a value, whatever it is made of?"""

from hypothesis import event, given
from hypothesis import strategies as st

from dscheck.diagnostics import SpecError
from dscheck.verdict import Outcome
from tests.schedules.worksheet import answer

LINES = """\
P1: a sends m, b
P2: receives m as c
clock lamport as L
clock vector as V
clock matrix as M
clock version as U
"""

LANES = st.sampled_from(["P1", "P2"])
ORDERED = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
LOGIC = st.sampled_from(["and", "or", "implies", "iff"])
ARITHMETIC = st.sampled_from(["+", "-", "*"])
NOISE = st.sampled_from(
    ["a", "1", "V(a)", "M(b)", "true", "P1", "?", "1.5", "{}", "none", "L", "len(a)", "q", "{1, 2}"]
)


def formulas(noisy):
    """Formulas of which most are sound; with `noisy`, some pieces stand where they make no sense."""

    def grown(leaf, *larger):
        every = [leaf, *(st.builds(text.format, *parts) for text, *parts in larger)]
        return st.one_of(*every, NOISE) if noisy else st.one_of(*every)

    truth, number = st.deferred(lambda: truths), st.deferred(lambda: numbers)
    vector, matrix = st.deferred(lambda: vectors), st.deferred(lambda: matrices)
    events = grown(st.sampled_from("abcxyz"), ("(a if {} else x)", truth))
    matrices = grown(
        st.sampled_from(["M(a)", "M(c)"]),
        ("M({})", events),
        ("[{}, {}]", vector, vector),
        ("{{P1: {}}}", vector),
    )
    vectors = grown(
        st.sampled_from(["V(a)", "V(c)", "U(b)", "[0, 1]", "{P2: 1}"]),
        ("V({})", events),
        ("{}[{}]", matrix, LANES),
        ("[{}, {}]", number, number),
        ("({} if {} else {})", vector, truth, vector),
    )
    numbers = grown(
        st.sampled_from(["0", "1", "L(a)", "L(x)"]),
        ("L({})", events),
        ("{}[{}]", vector, LANES),
        ("({} {} {})", number, ARITHMETIC, number),
        ("(-{})", number),
    )
    truths = grown(
        st.sampled_from(["true", "a -> c", "x || y", "x != y"]),
        ("({} -> {})", events, events),
        ("({} || {})", events, events),
        ("({} {} {})", number, ORDERED, number),
        ("({} {} {} {} {})", vector, ORDERED, vector, ORDERED, vector),
        ("({} {} {})", matrix, ORDERED, matrix),
        ("({} {} {})", truth, LOGIC, truth),
        ("(not {})", truth),
        ("(forall u, v: {})", truth),
        ("(exists w: {} and (w -> a or {}))", truth, truth),
    )
    return truths


def outcome(formula):
    """None if the formula is refused."""
    try:
        result = answer(f"{LINES}forall x, y, z: {formula}")
    except SpecError:
        return None
    return result.outcome


@given(formulas(noisy=False))
def test_a_formula_of_sound_pieces_has_a_value(formula):
    # What a formula binds twice in one place is refused, and rightly.
    assert (
        outcome(formula) in {Outcome.HOLDS, Outcome.VIOLATED} or formula.count("forall") + formula.count("exists") > 1
    )


@given(formulas(noisy=True))
def test_a_formula_is_refused_or_has_a_value(formula):
    result = outcome(formula)
    event(str(result))
    assert result in {None, Outcome.HOLDS, Outcome.VIOLATED}
