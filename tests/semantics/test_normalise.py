"""Does normalisation keep all that matters? Two states become one when only the zero of their clocks differs."""

from collections.abc import Callable

import pytest
from systems import ricart_agrawala, system
from zoo import ZOO

from dscheck.domains import Bag, Domain, Id, Int, List, Map, Message, Optional, Record, Set, Stamp, Tuple, Value, Vector
from dscheck.engines.python.reference import ReferenceStepper
from dscheck.explore.stepper import Formulas
from dscheck.model.layout import layout_of
from dscheck.model.system import Variable
from dscheck.semantics.normalise import normalise
from dscheck.semantics.step import initial_states, transitions

STAMP, NODE = Stamp(), Id("Node", 2)
V, W = Vector("Node", 2), Vector("Other", 1)
MESSAGE = Message((Record("Ping", (("at", STAMP), ("seen", Optional(STAMP)))), Record("Pong", (("n", Int(0, 9)),))))

CASES: list[tuple[str, tuple[Domain, ...], tuple[Value, ...], tuple[Value, ...]]] = [
    ("nothing to shift", (Int(0, 9), NODE), (5, 1), (5, 1)),
    ("stamps alone", (STAMP, STAMP), (5, 3), (2, 0)),
    ("zero is there", (STAMP, Set(STAMP)), (5, frozenset({0, 7})), (5, frozenset({0, 7}))),
    ("numbers are no stamps", (STAMP, Int(0, 9)), (5, 3), (0, 3)),
    ("none is no stamp", (Optional(STAMP), Optional(STAMP)), (None, 4), (None, 0)),
    ("only none", (Optional(STAMP),), (None,), (None,)),
    ("in containers", (Set(STAMP), List(STAMP, 3)), (frozenset({4, 6}), (9, 3)), (frozenset({1, 3}), (6, 0))),
    ("in maps", (Map(STAMP, STAMP), Map(NODE, STAMP)), (((4, 9), (5, 2)), ((0, 3),)), (((2, 7), (3, 0)), ((0, 1),))),
    ("records", (Record("R", (("a", STAMP), ("b", NODE))), Tuple((NODE, STAMP))), ((4, 1), (1, 3)), ((1, 1), (1, 0))),
    (
        "in messages",
        (Bag(MESSAGE),),
        ((("Ping", 4, None), ("Ping", 5, 3), ("Pong", 2)),),
        ((("Ping", 1, None), ("Ping", 2, 0), ("Pong", 2)),),
    ),
    ("vectors componentwise", (V, V), ((3, 5), (4, 2)), ((0, 3), (1, 0))),
    ("one vector", (V,), ((3, 5),), ((0, 0),)),
    ("process sets apart", (V, W, STAMP), ((3, 5), (4,), 7), ((0, 0), (0,), 0)),
    ("vectors in containers", (List(V, 2), Optional(V)), (((3, 5), (2, 9)), (4, 4)), (((1, 1), (0, 5)), (2, 0))),
]  # fmt: skip


def by_definition(domains: tuple[Domain, ...]) -> Callable[[tuple], tuple]:
    layout = layout_of(made_of(domains))
    return lambda state: normalise(layout, state)


def compiled(domains: tuple[Domain, ...]) -> Callable[[tuple], tuple]:
    return ReferenceStepper(made_of(domains), Formulas()).normalise


def made_of(domains: tuple[Domain, ...]):
    return system(tuple(Variable(f"v{number}", (), domain) for number, domain in enumerate(domains)), (), ())


@pytest.mark.parametrize("normaliser", [by_definition, compiled])
@pytest.mark.parametrize(("domains", "raw", "normal"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_normal_states_look_like(normaliser, domains, raw, normal) -> None:
    function = normaliser(domains)
    assert function(raw) == normal
    assert function(normal) == normal


@pytest.mark.parametrize("of", [ricart_agrawala(2), ZOO["clocks"]], ids=["stamps", "stamps and vectors"])
def test_normal_states_take_the_same_steps(of) -> None:
    """A raw run and its normalised shadow: same labels, and successors that differ by the shift alone."""
    layout = layout_of(of)
    raw = initial_states(of)[0][0]
    for length in range(25):
        shadow = normalise(layout, raw)
        steps, shadows = list(transitions(of, raw)), list(transitions(of, shadow))
        assert [step.rule for step in steps] == [step.rule for step in shadows]
        assert [normalise(layout, step.successor) for step in steps] == [
            normalise(layout, step.successor) for step in shadows
        ]
        if not steps:
            break
        raw = steps[length % len(steps)].successor
