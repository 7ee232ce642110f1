"""How does C find the representative of a state among those that differ only in how far their clocks have run?

As `semantics.normalise`, on packed words. Per kind of clock there is a function that looks for the least stamp and
subtracts it everywhere. What to subtract from a code is again a code, with the least stamp wherever a stamp stands, so
that nothing is taken apart and put together again.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from dscheck.domains import Clock, Domain, Optional, Stamp, clocks_in
from dscheck.engines.native.block import Block, Exits, bare
from dscheck.engines.native.coding import WORD
from dscheck.engines.native.packing import Packing, Place
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_form import Forms, bits_at, code_type, low_bits
from dscheck.engines.native.values_lowering import Clocks
from dscheck.record import record

_UNROLLED = 8  # slots of one variable that are written one by one; more are gone through in a loop


def emit_normalise(packing: Packing, values: Values, told: Sequence[Clock] = ()) -> list[str]:
    """C text of `static void normalise(word *state)`; nothing when no state holds stamps.

    Args:
        packing: where the slots stand.
        values: with the same codings.
        told: when there are any, `normalise` returns which of these clocks it shifted, as bits in this order.
    """
    # Constants, and lists that are always empty, have no bits and hold no stamps.
    standing = zip(packing.layout.slots, packing.places, strict=True)
    slots = [(variable.name, variable.domain, place) for (variable, _), place in standing if place.bits]
    kinds = dict.fromkeys(kind for _, domain, _ in slots for kind in clocks_in(domain))
    names = Block(_NO_EXITS)
    lowerings = [_Lowering(Forms(values.codings), kind, slots, names) for kind in kinds]
    if not lowerings:
        return []
    block = Block(_NO_EXITS, depth=0)
    block.put("/* The representative of the state among those that differ only in how far their clocks have run. */")
    if told:
        _put_telling(block, lowerings, told)
    else:
        with block.braces("static void normalise(word *state)"):
            for lowering in lowerings:
                block.put(f"{lowering.function}(state);")
    return [*(line for lowering in lowerings for line in lowering.lines), *block.lines]


def _put_telling(block: Block, lowerings: Sequence["_Lowering"], told: Sequence[Clock]) -> None:
    """A clock is shifted when lowering its values changes a word: what is lowered by nothing stays as it is."""
    with block.braces("static uint32_t normalise(word *state)"):
        block.put("uint32_t moved = 0;")
        block.put("word before[WORDS];")
        for lowering in lowerings:
            block.put("copy_words(before, state);")
            block.put(f"{lowering.function}(state);")
            block.put(f"moved |= (uint32_t)differ(before, state) << {told.index(lowering.kind)};")
        block.put("return moved;")


def _no_exit(_: int) -> str:
    raise AssertionError("a stamp that gets smaller fits where it was")


_NO_EXITS = Exits(_no_exit, _no_exit)


@record
class _Slots:
    """The slots of one variable, in all processes.

    Attributes:
        name: of the variable.
        domain: of each.
        places: where they stand.
    """

    name: str
    domain: Domain
    places: list[Place]


class _Lowering:
    """Writes what lowers the clocks of one kind.

    Attributes:
        lines: of the functions.
        function: the name of the one to call.
    """

    def __init__(self, forms: Forms, kind: Clock, slots: list[tuple[str, Domain, Place]], names: Block) -> None:
        self.lines: list[str] = []
        self._forms = forms
        self.kind = kind
        self._names = names
        self._clocks = Clocks(forms, kind)
        mine = [slot for slot in slots if kind in clocks_in(slot[1])]
        # Those that stand alone are asked first: in most states one of them is 0 already.
        mine.sort(key=lambda slot: slot[1] != kind)
        grouped = groupby(mine, lambda slot: slot[:2])
        groups = [_Slots(name, domain, [place for *_, place in group]) for (name, domain), group in grouped]
        functions = [self._functions(group) for group in groups]
        clocks = "stamps" if isinstance(kind, Stamp) else f"vectors of {kind.process}"
        self.function = self._name(f"lower {clocks}")
        block = self._block()
        with block.braces(f"static void {self.function}(word *state)"):
            block.put(f"{self._clocks.ctype} least = {low_bits(forms.coding(kind).bits)};")
            for group, (finds, _) in zip(groups, functions, strict=True):
                self._find_in(group, finds, block)
            for group, (_, lowers) in zip(groups, functions, strict=True):
                self._lower_in(group, lowers, block)
        self.lines += [*block.lines, ""]

    def _name(self, text: str) -> str:
        """A name for a function; like those of values.h it ends in a way that the rest of the code leaves free."""
        return f"{self._names.fresh(text)}_{self._clocks.ctype}"

    def _block(self) -> Block:
        return Block(_NO_EXITS, depth=0)

    # --- the slots of a variable ------------------------------------------------------------------------

    def _find_in(self, slots: _Slots, finds: str, block: Block) -> None:
        with self._each(slots, block) as places:
            for _, _, code in places:
                block.put(f"least = {finds}({bare(code)}, least);")
                block.put("if (!least) return;")

    def _lower_in(self, slots: _Slots, lowers: str, block: Block) -> None:
        with self._each(slots, block) as places:
            for number, shift, code in places:
                lowering = f"{lowers}({bare(code)}, least)"
                if self._forms.coding(slots.domain).bits <= WORD:
                    block.put(f"state[{number}] -= {lowering}{'' if shift == '0' else f' << {shift}'};")
                    continue
                whole = block.keep("wide", "lowered", f"{_both_words(number)} - {lowering}")
                block.put(f"state[{number}] = (word){whole};")
                block.put(f"state[{number} + 1] = (word)({whole} >> {WORD});")

    @contextmanager
    def _each(self, slots: _Slots, block: Block) -> Iterator[list[tuple[str, str, str]]]:
        """Number of the word, lowest bit in it and code of each slot; where they are many, of any in a loop."""
        bits, places = self._forms.coding(slots.domain).bits, slots.places
        if len(places) <= _UNROLLED:
            yield [_placed(str(place.word), str(place.shift), bits) for place in places]
            return
        words = block.fresh(f"words of {slots.name}")
        block.put(f"static const uint16_t {words}[] = {{{', '.join(str(place.word) for place in places)}}};")
        shifts = ""
        if bits <= WORD:
            shifts = block.fresh(f"shifts of {slots.name}")
            block.put(f"static const uint8_t {shifts}[] = {{{', '.join(str(place.shift) for place in places)}}};")
        slot = block.fresh("slot")
        with block.braces(f"for (unsigned {slot} = 0; {slot} < {len(places)}; {slot}++)"):
            yield [_placed(f"{words}[{slot}]", f"{shifts}[{slot}]", bits)]

    def _functions(self, slots: _Slots) -> tuple[str, str]:
        """Write what finds the least stamp in a code, and what there is to subtract from it; their names."""
        domain = slots.domain
        clocks = "" if isinstance(self.kind, Stamp) else f" of {self.kind.process}"
        finds, lowers = self._name(f"least{clocks} in {slots.name}"), self._name(f"lowering{clocks} of {slots.name}")

        def find(block: Block) -> str:
            self._clocks.find(domain, "code", block)
            return "least"

        self._function(domain, self._clocks.ctype, finds, find)
        self._function(
            domain,
            code_type(self._forms.coding(domain).bits),
            lowers,
            lambda block: self._clocks.lowering(domain, "code", block),
        )
        self.lines.append("")
        return finds, lowers

    def _function(self, domain: Domain, result: str, name: str, write: Callable[[Block], str]) -> None:
        """Write a function of a code of `domain` and the least stamp, which returns what `write` does."""
        head = "INLINE" if domain in {self.kind, Optional(self.kind)} else "static"
        block = self._block()
        ctype = code_type(self._forms.coding(domain).bits)
        with block.braces(f"{head} {result} {name}({ctype} code, {self._clocks.ctype} least)"):
            with block.captured() as lines:
                text = write(block)
            body = "\n".join((*lines, text))
            for parameter in ("code", "least"):  # an empty list has no stamp, and a lone stamp needs no code
                if not re.search(rf"\b{parameter}\b", body):
                    block.put(f"(void){parameter};")
            block.lines.extend(lines)
            block.put(f"return {bare(text)};")
        self.lines += block.lines


def _both_words(number: str) -> str:
    return f"((wide)state[{number} + 1] << {WORD} | state[{number}])"


def _placed(number: str, shift: str, bits: int) -> tuple[str, str, str]:
    if bits > WORD:
        return number, shift, bits_at(_both_words(number), 2 * WORD, 0, bits)
    shifted = f"state[{number}]" if shift == "0" else f"(state[{number}] >> {shift})"
    return number, shift, shifted if bits == WORD else f"({shifted} & {low_bits(bits)})"
