"""What is a step? Labels, their order, and what of a path is kept when it fails or is none."""

from systems import TRUE, apply, equal, less, number, ricart_agrawala
from zoo import CHOSEN, SMALL, UP_TO_3, ZOO, A, B, X, choose, numbers, one, put, rule

from dscheck.domains import Set
from dscheck.model.expressions import Failure, Literal
from dscheck.model.system import Assert, Count, ForEach, If, Note, Require
from dscheck.semantics.step import initial_states, transitions


def steps(name: str, number_of: int = 0):
    of = ZOO[name]
    return of, list(transitions(of, initial_states(of)[0][number_of]))


def test_each_choice_is_a_transition_with_its_binding() -> None:
    of, found = steps("choice, then more")
    assert [[(b.name, b.value, b.domain) for b in step.bindings] for step in found] == [
        [("x", value, SMALL)] for value in range(4)
    ]
    assert [step.successor[:2] for step in found] == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert {step.weights(of) for step in found} == {(2,)}


def test_nothing_to_choose_from_is_one_failing_step() -> None:
    _, found = steps("choice from an empty set")
    assert [(step.failed.failure.property, step.successor) for step in found if step.failed] == [("choice", None)]


def test_equal_alternatives_are_one_label() -> None:
    _, found = steps("choice of equals")
    assert [step.bindings[0].value for step in found] == [0]
    of = ZOO["bags of what may be none"]
    taken = [step for step in transitions(of, ((None, 1, 1),)) if of.rules[step.rule].name == "take"]
    assert [(step.bindings[0].value, step.successor) for step in taken] == [(None, ((1, 1),)), (1, ((None, 1),))]


def test_choices_in_a_loop_multiply() -> None:
    _, found = steps("choices in a loop")
    assert len(found) == 16
    assert len({tuple(binding.value for binding in step.bindings) for step in found}) == 16
    assert {step.successor[:2] for step in found} == {(a, 3) for a in range(4)}


def test_a_path_that_a_requirement_ends_leaves_no_trace() -> None:
    of = numbers(rule((choose("x", UP_TO_3, Require(less(number(1), X)), put("a", X)),)))
    assert [step.successor[0] for step in transitions(of, initial_states(of)[0][0])] == [2, 3]


def test_what_happened_before_a_failure_is_kept_for_telling() -> None:
    effects = (
        Count("work", number(3)),
        If(TRUE, (), (), 1),
        Note("sent", A, B, A),
        choose("x", UP_TO_3, put("a", X), Assert(less(A, number(1)), Failure("assertion", "too much"))),
    )
    of = numbers(rule(effects))
    good, *bad = transitions(of, initial_states(of)[0][0])
    assert good.failed is None
    assert [step.bindings[0].value for step in bad] == [1, 2, 3]
    for step in bad:
        assert (step.failed.failure.message, step.successor, step.weights(of)) == ("too much", None, None)
        assert (step.branches, len(step.notes), step.counts) == ((2,), 1, {"work": 3})


def test_later_effects_see_earlier_ones_and_old_reads_do_not() -> None:
    _, (found,) = steps("writes seen by later effects, and old ones")
    assert found.successor == (2, 1, frozenset({1}), (0, 2))


def test_initial_states_are_distinct_and_failures_are_told() -> None:
    states, failures = initial_states(ZOO["failing initial state"])
    assert [state[0] for state in states] == [0, 1]
    assert [failed.value for failed in failures] == ["2", "3"]
    twice = numbers(
        initial=(
            choose("x", UP_TO_3, put("a", number(1))),
            put("b", A),
            put("chosen", one(A)),
            put("listed", Literal((), SMALL)),
        )
    )
    assert len(initial_states(twice)[0]) == 1


def test_a_loop_goes_over_what_there_was_before_it() -> None:
    body = (put("chosen", apply("difference", Set(SMALL), CHOSEN, one(X))), put("a", X), Count("work", number(1)))
    of = numbers(rule((put("chosen", UP_TO_3), ForEach("x", CHOSEN, body)), equal(B, number(0))))
    (found,) = transitions(of, initial_states(of)[0][0])
    assert (found.successor[0], found.successor[2], found.counts) == (3, frozenset(), {"work": 4})


def test_a_message_is_told_with_who_sent_it_to_whom() -> None:
    of = ricart_agrawala(2)
    first = next(transitions(of, initial_states(of)[0][0]))
    (told,) = first.notes
    assert (told.note.kind, told.message, told.sender, told.receiver) == ("sent", ("Request", 1, 1), 0, 1)
