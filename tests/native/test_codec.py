"""Do codes and packed states come back as the values they were made of, one code for each value?"""

from random import Random

import pytest
from native.random_values import draw_domain, draw_value
from systems import system

from dscheck.domains import (
    Bag,
    Bool,
    Domain,
    Enum,
    Id,
    Int,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Vector,
    order_key,
)
from dscheck.engines.native.codec import TooNarrow, decode, encode
from dscheck.engines.native.coding import Codings, NotPackable, Widths
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.values_order import ordinal_of
from dscheck.model.system import Variable

HAND_MADE: list[Domain] = [
    List(Bool(), 0),
    List(Id("Node", 1), 3),
    Set(Stamp()),
    Set(Set(Id("Node", 3))),
    Set(Set(Set(Bool()))),
    Set(Tuple((Id("Node", 3), Set(Id("Node", 5)), Map(Id("Node", 2), Int(0, 2))))),
    Set(List(Id("Node", 3), 3)),
    Set(Bag(Set(Id("Node", 4)))),
    Map(Set(Id("Node", 3)), Set(Bool())),
    Set(Optional(Int(-3, 3))),
    Set(Record("Wide", (("one", Int(0, 30)), ("other", Int(0, 30))))),
    Map(Stamp(), Optional(Bool())),
    Map(Tuple((Id("Node", 2), Bool())), Int(-5, 5)),
    Bag(Message((Record("Ping", (("at", Stamp()), ("to", Id("Node", 3)))), Record("Ack", ())))),
    Bag(Optional(Vector("Node", 2))),
    Optional(Optional(Bool())),
    Vector("Node", 4),
    Enum(("dog", "ant", "bee")),
]


def drawn(seed: int) -> list[Domain]:
    draw = Random(seed)
    return [draw_domain(draw, 3) for _ in range(300)]


@pytest.mark.parametrize("domains", [HAND_MADE, drawn(1)], ids=["hand made", "drawn"])
def test_values_and_codes_stand_for_each_other(domains: list[Domain]) -> None:
    draw = Random(2)
    packed = 0
    for domain in domains:
        codings = Codings(Widths(dict.fromkeys([Stamp()], 5)))
        try:
            coding = codings.of(domain)
        except NotPackable:
            continue
        seen: dict[object, int] = {}
        for _ in range(30):
            value = draw_value(draw, domain, 31)
            try:
                code = encode(codings, domain, value)
            except TooNarrow:
                continue
            packed += 1
            assert 0 <= code < coding.codes, (domain, value)
            assert coding.codes <= 1 << coding.bits
            assert decode(codings, domain, code) == value, domain
            assert seen.setdefault(value, code) == code
        assert len(set(seen.values())) == len(seen), domain
        values = sorted(seen, key=order_key(domain))
        ordinals = [ordinal_of(coding, seen[value]) for value in values]
        assert ordinals == sorted(set(ordinals)), domain
        assert all(ordinal < coding.codes for ordinal in ordinals), domain
        if coding.ordered:
            assert ordinals == [seen[value] for value in values], domain
    assert packed > 10 * len(domains)


@pytest.mark.parametrize(
    ("domain", "value", "key"),
    [
        (Stamp(), 8, Stamp()),
        (Vector("Node", 2), (0, 8), Vector("Node", 2)),
        (Bag(Bool()), (False, True, True), Bag(Bool())),
        (List(Bool(), None), (True, True, True), List(Bool(), None)),
        (Set(Stamp()), frozenset({1, 2, 3}), Set(Stamp())),
    ],
)
def test_a_value_that_is_too_wide_says_which_width(domain: Domain, value: object, key: Domain) -> None:
    narrow = Widths()
    with pytest.raises(TooNarrow) as caught:
        encode(Codings(narrow), domain, value)
    assert caught.value.key == key
    wider = Codings(narrow.widened(key))
    assert decode(wider, domain, encode(wider, domain, value)) == value


@pytest.mark.parametrize(
    ("domain", "part"),
    [
        (Tuple((Set(Int(0, 99)), Int(0, 2**40))), "a tuple takes 141 bits, and 128 is the most"),
        (Set(List(Int(0, 2**40), 2)), "an element that is a list takes 84 bits, and 64 is the most"),
        (Map(Int(0, 200), Bool()), "a map has too many possible keys"),
        (Int(0, 2**63), "an integer in 0..9223372036854775808"),
    ],
)
def test_what_cannot_be_packed_says_why(domain: Domain, part: str) -> None:
    with pytest.raises(NotPackable, match=part):
        Codings(Widths()).of(domain)


def test_states_come_back_from_their_words() -> None:
    draw = Random(6)
    number, wide = Id("Node", 3), Tuple((Int(0, 2**40), Int(-(2**40), 0)))
    domains: list[Domain] = [
        Bool(),
        wide,
        Int(-3, 3),
        Stamp(),
        Set(number),
        Optional(wide),
        Bag(Stamp()),
        Int(0, 2**60),
    ]
    variables = tuple(Variable(f"v{place}", (number,), domain) for place, domain in enumerate(domains))
    whole = system(variables, (), ())
    codings = Codings(Widths({Bag(Stamp()): 4}))
    # Booleans and empty bags that no step writes take no bits; stamps do, for normalisation may move them.
    unwritten = {0: True, 9: 5, 18: ()}
    packing = Packing(whole, codings, unwritten)
    assert packing.constants == {0: True, 18: ()}
    taken = 0
    for place, (variable, _) in zip(packing.places, packing.layout.slots, strict=True):
        assert place.bits in {0, codings.of(variable.domain).bits}
        assert place.shift + place.bits <= 64 or (place.shift == 0 and place.bits > 64), (
            "no short code lies in two words"
        )
        bits = ((1 << place.bits) - 1) << (64 * place.word + place.shift)
        assert not taken & bits, "no two slots share a bit"
        taken |= bits
    assert taken.bit_length() <= 64 * packing.words
    for _ in range(200):
        drawn_state = [draw_value(draw, variable.domain, 7) for variable, _ in packing.layout.slots]
        state = tuple(packing.constants.get(slot, value) for slot, value in enumerate(drawn_state))
        words = packing.pack(state)
        assert len(words) == packing.words
        assert all(0 <= word < 1 << 64 for word in words)
        assert packing.unpack(words) == state
