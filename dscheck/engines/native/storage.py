"""Where does generated C keep the variables of a step? In one local per entry, or in a copy of the packed words.

Locals need every index to be known or spelled out. They are in single-assignment style: a write makes a new local, so a
choice can try one alternative after the other without undoing anything. Where the branches of an `if` or the rounds of
a loop write different entries, these get one common local beforehand (they are *pinned*).

Packed words take any index, and are what remains when copies of the rules would make the code too long.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Protocol

from dscheck.engines.native.block import Block, bare
from dscheck.engines.native.codec import TooNarrow
from dscheck.engines.native.coding import WORD
from dscheck.engines.native.emit_expressions import Expressions, Index
from dscheck.engines.native.slots import Slots, hexadecimal
from dscheck.engines.native.values_form import is_number, number_in
from dscheck.engines.native.written import Place, slots_of
from dscheck.engines.simplify import TooLong
from dscheck.model.expressions import Expression, Literal
from dscheck.model.layout import Layout
from dscheck.record import record

_MOST_PLACES = 16  # for an entry whose index is not known, when all of them have to be spelled out
_WORD_MASK = (1 << WORD) - 1


@record
class Held:
    """The value that a slot has now.

    Attributes:
        text: in working form.
        code: when it is known.
    """

    text: str
    code: int | None = None


class Storage(Protocol):
    """Where everything is at one point of the emitted code; never changed, every method gives a new one."""

    def read(self, variable: str, indices: tuple[Index, ...], block: Block, *, old: bool) -> str:
        """Text for an entry of a variable, now or before the step."""

    def count(self, counter: str, amount: str) -> "Storage":
        """Add to a counter."""

    def counted(self, counter: str) -> str:
        """Text for what a counter has counted."""

    def write(self, variable: str, indices: tuple[Index, ...], value: Expression) -> "Storage":
        """Write an entry of a variable; the value is simplified and known to belong to its domain."""

    def pin(self, places: Iterable[Place]) -> "Storage":
        """The storage inside blocks that may or may not run, and that write to `places`."""

    def unpin(self, outside: "Storage") -> "Storage":
        """The storage after such blocks; `outside` was the storage before they were pinned."""

    def alternative(self) -> "Storage":
        """The storage at the start of one alternative of several, each of which starts from here."""

    def successor(self) -> str:
        """Write the words of the state after the step where successors go; the name of the pointer to them."""


def position_of(layout: Layout, variable: str, indices: tuple[Index, ...]) -> str:
    """Text for the distance of an entry from the first of its variable."""
    known, texts = 0, list[str]()
    for stride, at in zip(layout.strides[variable], indices, strict=True):
        if isinstance(at, int):
            known += stride * at
        else:
            texts.append(at if stride == 1 else f"{at} * {stride}")
    return " + ".join([*texts, str(known)] if known or not texts else texts)


# --- one local per entry -------------------------------------------------------------------------------


@record
class Locals:
    """One local per entry that was written; the others are still in the words of `state`.

    Attributes:
        slots: of the system.
        expressions: write into the function.
        current: what each place holds that no longer has its first value.
        pinned: places whose writes must go to the local they have.
    """

    slots: Slots
    expressions: Expressions
    current: Mapping[Place, Held] = field(default_factory=dict)
    pinned: frozenset[Place] = frozenset()

    def read(self, variable: str, indices: tuple[Index, ...], block: Block, *, old: bool) -> str:
        """See `Storage`."""
        layout = self.slots.layout
        places = slots_of(self.slots.system, layout, variable, indices)
        if len(places) == 1 and all(isinstance(at, int) for at in indices):
            return self._text(places[0], old=old)
        position = position_of(layout, variable, indices)
        written = [] if old else [slot for slot in places if slot in self.current]
        if len(written) > _MOST_PLACES:
            raise TooLong
        if written:
            position = self._position(position, block)
        first = layout.base[variable]
        text = self.slots.read_at(variable, position, "state")
        for slot in reversed(written):
            text = f"({position} == {slot - first} ? {self._text(slot, old=False)} : {text})"
        return text

    def _text(self, place: Place, *, old: bool) -> str:
        if not old and place in self.current:
            return self.current[place].text
        return "0" if isinstance(place, str) else self.slots.read(place, "state")

    def _position(self, text: str, block: Block) -> str:
        return text if text.isidentifier() else block.keep("word", "at", f"(word)({text})")

    def count(self, counter: str, amount: str) -> "Locals":
        """See `Storage`."""
        before = self._text(counter, old=False)
        known = before.isdigit() and amount.isdigit()
        text = str(int(before) + int(amount)) if known else f"{before} + {amount}"
        if counter in self.pinned:
            self.expressions.block.put(f"{before} = {text};")
            return self
        if not known:
            text = self.expressions.block.keep("number", f"counted {counter}", text)
        return self._with(counter, Held(text))

    def counted(self, counter: str) -> str:
        """See `Storage`."""
        return self._text(counter, old=False)

    def _with(self, place: Place, held: Held) -> "Locals":
        return replace(self, current={**self.current, place: held})

    def write(self, variable: str, indices: tuple[Index, ...], value: Expression) -> "Locals":
        """See `Storage`."""
        layout, block = self.slots.layout, self.expressions.block
        places = self.slots.changing(slots_of(self.slots.system, layout, variable, indices))
        if not places:
            return self
        domain = self.slots.domain(places[0])
        if all(isinstance(at, int) for at in indices):
            return self._assign(places[0], value)
        if len(places) > _MOST_PLACES:
            raise TooLong
        first = layout.base[variable]
        at = self._position(position_of(layout, variable, indices), block)
        text = self.expressions.kept("value", self.expressions.converted(value, domain, self), domain)
        inside = self.pin(places)
        for number, slot in enumerate(places):
            head = f"{'else if' if number else 'if'} ({at} == {slot - first})"
            block.put(f"{head} {inside.current[slot].text} = {text};")
        return inside.unpin(self)

    def _assign(self, slot: int, value: Expression) -> "Locals":
        expressions, domain = self.expressions, self.slots.domain(slot)
        code = None
        if isinstance(value, Literal):
            try:
                code = self.slots.code(slot, value.value)
            except TooNarrow:
                code = None  # the text below says so where it is written
            else:
                value = replace(value, domain=domain)
        text = expressions.converted(value, domain, self)
        if slot in self.pinned:
            expressions.block.put(f"{self.current[slot].text} = {text};")
            return self
        return self._with(slot, Held(expressions.kept(self.slots.names[slot], text, domain), code))

    def pin(self, places: Iterable[Place]) -> "Locals":
        """See `Storage`."""
        current = dict(self.current)
        constants = self.slots.packing.constants
        fresh = [place for place in places if place not in self.pinned and place not in constants]
        for place in fresh:
            before = self._text(place, old=False)
            if isinstance(place, str):
                local = self.expressions.block.fresh(f"counted {place}")
                self.expressions.mutable.add(local)
                self.expressions.block.put(f"number {local} = {before};")
            else:
                local = self.expressions.variable(self.slots.names[place], self.slots.domain(place), before)
            current[place] = Held(local)
        return replace(self, current=current, pinned=self.pinned | frozenset(fresh))

    def unpin(self, outside: Storage) -> "Locals":
        """See `Storage`."""
        assert isinstance(outside, Locals)
        return replace(self, pinned=outside.pinned)

    def alternative(self) -> "Locals":
        """See `Storage`: nothing to do, since no local is ever overwritten here."""
        return self

    def successor(self) -> str:
        """See `Storage`."""
        block = self.expressions.block
        after = block.fresh("after")
        block.put(f"word *const {after} = new_successor(labels);")
        written = [
            slot
            for slot in self.current
            if isinstance(slot, int) and self.current[slot].text != self._text(slot, old=True)
        ]
        codes = {slot: self._code(slot) for slot in sorted(written)}
        for word in range(self.slots.packing.words):
            block.put(f"{after}[{word}] = {bare(self._word(word, codes))};")
        return after

    def _code(self, slot: int) -> str | int:
        """The code of what the slot holds: a number when it is known; an atom if it has to stand twice."""
        held = self.current[slot]
        if held.code is not None:
            return held.code
        text = self.slots.values.to_code(held.text, self.slots.domain(slot))
        if self.slots.packing.places[slot].bits > WORD and not text.isidentifier():
            return self.expressions.block.keep("wide", f"code of {self.slots.names[slot]}", text)
        return text

    def _word(self, word: int, codes: Mapping[int, str | int]) -> str:
        """Text for one word of the successor."""
        replaced = constant = 0
        parts: list[str] = []
        for slot, code in codes.items():
            place = self.slots.packing.places[slot]
            for number, mask in self.slots.pieces(slot):
                if number != word:
                    continue
                replaced |= mask
                part = number - place.word
                if isinstance(code, int):
                    constant |= (code << place.shift) >> (WORD * part) & _WORD_MASK
                elif part:
                    parts.append(f"(word)({code} >> {WORD})")
                elif place.bits > WORD:
                    parts.append(f"(word){code}")
                else:
                    parts.append(_placed(code, place.shift))
        if not replaced:
            return f"state[{word}]"
        if kept := self._in_use(word) & ~replaced:
            parts.insert(0, f"(state[{word}] & {hexadecimal(kept)})")
        if constant or not parts:
            parts.append(hexadecimal(constant))
        return " | ".join(parts)

    def _in_use(self, word: int) -> int:
        """The bits of a word that belong to slots; the others are 0."""
        slots = self.slots
        return sum(mask for slot in range(len(slots.names)) for number, mask in slots.pieces(slot) if number == word)


def _placed(code: str, shift: int) -> str:
    """A code of one word, moved to its place; whatever its text is, it is moved as a word."""
    if is_number(code):
        return hexadecimal(number_in(code) << shift)
    text = code if not shift or code.isidentifier() or code.startswith("((word)") else f"(word){code}"
    return f"{text} << {shift}" if shift else text


# --- a copy of the packed words --------------------------------------------------------------------------


@record
class Packed:
    """The words of the state after the step, as an array.

    Attributes:
        slots: of the system.
        expressions: write into the function.
        counters: where counters are; they are locals here too.
        words: the array's name; empty before the first write, when everything is still in `state`.
    """

    slots: Slots
    expressions: Expressions
    counters: Locals
    words: str = ""

    def read(self, variable: str, indices: tuple[Index, ...], block: Block, *, old: bool) -> str:  # noqa: ARG002
        """See `Storage`."""
        words = "state" if old or not self.words else self.words
        if all(isinstance(at, int) for at in indices):
            (slot,) = slots_of(self.slots.system, self.slots.layout, variable, indices)
            return self.slots.read(slot, words)
        return self.slots.read_at(variable, position_of(self.slots.layout, variable, indices), words)

    def count(self, counter: str, amount: str) -> "Packed":
        """See `Storage`."""
        return replace(self, counters=self.counters.count(counter, amount))

    def counted(self, counter: str) -> str:
        """See `Storage`."""
        return self.counters.counted(counter)

    def write(self, variable: str, indices: tuple[Index, ...], value: Expression) -> "Packed":
        """See `Storage`."""
        layout, block = self.slots.layout, self.expressions.block
        places = self.slots.changing(slots_of(self.slots.system, layout, variable, indices))
        if not places:
            return self
        domain = self.slots.domain(places[0])
        code = self.slots.values.to_code(self.expressions.converted(value, domain, self), domain)
        after = self if self.words else self._copied()
        if not all(isinstance(at, int) for at in indices):
            block.put(self.slots.write_at(variable, position_of(layout, variable, indices), after.words, code))
            return after
        after._put(places[0], code)
        return after

    def _put(self, slot: int, code: str) -> None:
        block, place = self.expressions.block, self.slots.packing.places[slot]
        pieces = self.slots.pieces(slot)
        if len(pieces) > 1:
            code = self.expressions.kept("code", code, self.slots.domain(slot))
        for number, (word, mask) in enumerate(pieces):
            at = f"{self.words}[{word}]"
            wide = f"(word)({code} >> {WORD})" if number else f"(word){code}"
            part = wide if len(pieces) > 1 else _placed(code, place.shift)
            block.put(f"{at} = {part};" if mask == _WORD_MASK else f"{at} = ({at} & ~(word){hex(mask)}) | {part};")

    def _copied(self) -> "Packed":
        block = self.expressions.block
        name = block.fresh("next")
        block.put(f"word {name}[WORDS];")
        block.put(f"copy_words({name}, {self.words or 'state'});")
        return replace(self, words=name)

    def pin(self, places: Iterable[Place]) -> "Packed":
        """See `Storage`."""
        all_places = list(places)
        copies = not self.words and any(isinstance(each, int) for each in all_places)
        after = self._copied() if copies else self
        counters = [place for place in all_places if isinstance(place, str)]
        return replace(after, counters=self.counters.pin(counters))

    def unpin(self, outside: Storage) -> "Packed":
        """See `Storage`."""
        assert isinstance(outside, Packed)
        return replace(self, counters=self.counters.unpin(outside.counters))

    def alternative(self) -> "Packed":
        """See `Storage`."""
        return self._copied() if self.words else self

    def successor(self) -> str:
        """See `Storage`."""
        block = self.expressions.block
        after = block.fresh("after")
        block.put(f"word *const {after} = new_successor(labels);")
        block.put(f"copy_words({after}, {self.words or 'state'});")
        return after
