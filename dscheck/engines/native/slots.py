"""How does generated C read and write the slots of packed states? At known places, or through tables of places."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from dscheck.domains import Domain, Enum, Optional, Value
from dscheck.engines.native.block import identifier
from dscheck.engines.native.codec import encode
from dscheck.engines.native.coding import WORD
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.tidy import comment
from dscheck.engines.native.values import Values
from dscheck.engines.native.written import UNROLL_AT_MOST
from dscheck.engines.simplify import Simplifier
from dscheck.model.system import System

RUNTIME = Path(__file__).parent / "runtime"
HEADERS = ("model.h", "values.h", "collections.h", "steps.h")
_WORD_MASK = (1 << WORD) - 1


@cache
def header_names() -> tuple[str, ...]:
    """What the headers define for generated code: names that no local may take."""
    text = "\n".join((RUNTIME / header).read_text("utf-8") for header in HEADERS)
    found = set(re.findall(r"^(?:static inline|INLINE) [\w *]*?\b(\w+)\(", text, re.MULTILINE))
    for name in re.findall(r"\bNAMED\((\w+)\)", text):  # a function for codes of one word and one for wider ones
        found |= {f"{name}_word", f"{name}_wide"}
    found.update(re.findall(r"^#define (\w+)", text, re.MULTILINE))
    found.update(re.findall(r"\b((?:FAIL|ANSWER)_\w+|FAILURE_KINDS)\b", text))
    found.update(re.findall(r"^(?:struct|enum) (\w+)", text, re.MULTILINE))
    return tuple(sorted(found))


def hexadecimal(number: int) -> str:
    """A constant of up to 64 bits; C gives it a type that it fits into."""
    return str(number) if number < 10 else hex(number)


class Slots:
    """Reads and writes of one system's packed states.

    Attributes:
        system: whose states.
        packing: where the slots stand.
        values: how codes become values in C, and values codes.
        names: what the local that holds a slot is called, per slot.
        constants: by variable and indices, the value of each entry that never changes.
    """

    def __init__(self, system: System, packing: Packing, values: Values) -> None:
        self.system = system
        self.packing = packing
        self.layout = packing.layout
        self.values = values
        slots = self.layout.slots
        self.names = tuple(identifier("_".join((variable.name, *map(str, indices)))) for variable, indices in slots)
        self.constants: Mapping[tuple[str, tuple[int, ...]], Value] = {
            (slots[slot][0].name, slots[slot][1]): value for slot, value in packing.constants.items()
        }
        self._tables: dict[str, str] = {}  # by variable: the name of its table

    def simplifier(self, fresh: Callable[[str], str], *, unrolls: bool) -> Simplifier:
        """A simplifier that knows what never changes; arguments as for `Simplifier`."""
        return Simplifier(self.system, fresh, unrolls=unrolls, most=UNROLL_AT_MOST, constants=self.constants)

    def domain(self, slot: int) -> Domain:
        """The domain of a slot."""
        return self.layout.slots[slot][0].domain

    def read(self, slot: int, words: str) -> str:
        """The value of a slot in the state whose words the array `words` has."""
        if slot in self.packing.constants:
            return self.values.literal(self.packing.constants[slot], self.domain(slot))
        return self.values.from_code(self._code(slot, words), self.domain(slot))

    def _code(self, slot: int, words: str) -> str:
        place = self.packing.places[slot]
        if not place.bits:
            return "0"
        low = f"{words}[{place.word}]"
        if place.bits > WORD:
            high = f"{words}[{place.word + 1}]"
            mask = (1 << (place.bits - WORD)) - 1
            high = high if mask == _WORD_MASK else f"({high} & {hexadecimal(mask)})"
            return f"((wide){high} << {WORD} | {low})"
        if place.bits == WORD:
            return low
        if place.shift + place.bits == WORD:
            return f"({low} >> {place.shift})"
        low_bits = hexadecimal((1 << place.bits) - 1)
        return f"({low} >> {place.shift} & {low_bits})" if place.shift else f"({low} & {low_bits})"

    def code(self, slot: int, value: Value) -> int:
        """The code of a value that stands in a slot.

        Raises:
            TooNarrow: a width that the engine chose is too small for it.
        """
        return encode(self.packing.codings, self.domain(slot), value)

    def changing(self, slots: Iterable[int]) -> list[int]:
        """Those of the slots that some step changes.

        A loop may name others: where copies are written one by one, it shows that these are never written.
        """
        return [slot for slot in slots if slot not in self.packing.constants]

    def pieces(self, slot: int) -> list[tuple[int, int]]:
        """Number of the word and mask in it, for each word that a slot has bits in."""
        place = self.packing.places[slot]
        mask = ((1 << place.bits) - 1) << place.shift
        pieces = [(place.word, mask & _WORD_MASK), (place.word + 1, mask >> WORD)]
        return [piece for piece in pieces if piece[1]]

    def is_wide(self, slot: int) -> bool:
        """Does a code of this slot's domain need more than a word?"""
        return self.packing.codings.of(self.domain(slot)).bits > WORD

    # --- at places that are only known when the code runs ---------------------------------------------------

    def read_at(self, variable: str, position: str, words: str) -> str:
        """The value of the entry of `variable` whose slot is `position` after its first."""
        first = self.layout.base[variable]
        function = "wide_entry" if self.is_wide(first) else "entry"
        return self.values.from_code(f"{function}({words}, &{self._table(variable)}[{position}])", self.domain(first))

    def write_at(self, variable: str, position: str, words: str, code: str) -> str:
        """The statement that puts a code there."""
        function = "put_wide_entry" if self.is_wide(self.layout.base[variable]) else "put_entry"
        return f"{function}({words}, &{self._table(variable)}[{position}], {code});"

    def _table(self, variable: str) -> str:
        # Two underscores: no other identifier has them inside.
        name = f"{identifier(variable)}__places"
        while name in self._tables.values() and self._tables.get(variable) != name:
            name += "_"
        return self._tables.setdefault(variable, name)

    def tables(self, lines: Iterable[str]) -> list[str]:
        """The tables that these lines of C refer to."""
        named = {name for line in lines for name in re.findall(r"\w+__places_*", line)}
        return [
            line
            for variable in self.system.variables
            if self._tables.get(variable.name) in named
            for line in self._table_lines(variable.name, variable.size)
        ]

    def _table_lines(self, variable: str, size: int) -> list[str]:
        first = self.layout.base[variable]
        wide = self.is_wide(first)
        rows = [self._wide_row(slot) if wide else self._row(slot) for slot in range(first, first + size)]
        kind = "wide_place" if wide else "place"
        head = f"static const struct {kind} {self._tables[variable]}[{size}] = {{"
        return [head, *(f"    {{{', '.join(row)}}}," for row in rows), "};", ""]

    def _row(self, slot: int) -> list[str]:
        place, code = self.packing.places[slot], self._constant_code(slot)
        mask = (1 << place.bits) - 1
        return [*map(str, (place.word, place.shift)), hexadecimal(mask), hexadecimal(code)]

    def _wide_row(self, slot: int) -> list[str]:
        place, code = self.packing.places[slot], self._constant_code(slot)
        mask = (1 << place.bits) - 1
        low, high = mask & _WORD_MASK, mask >> WORD
        constant = f"(wide){hexadecimal(code >> WORD)} << {WORD} | {hexadecimal(code & _WORD_MASK)}"
        return [str(place.word), hexadecimal(low), hexadecimal(high), constant]

    def _constant_code(self, slot: int) -> int:
        constants = self.packing.constants
        return self.code(slot, constants[slot]) if slot in constants else 0

    def layout_lines(self) -> list[str]:
        """A comment line per slot: its name, its word and bits, and what the codes there mean."""
        lines = []
        for slot, (name, place) in enumerate(zip(self.names, self.packing.places, strict=True)):
            if slot in self.packing.constants:
                lines.append(f" * {name}: never changes")
            else:
                bits = f"bits {place.shift}..{place.shift + place.bits - 1}" if place.bits > 1 else f"bit {place.shift}"
                lines.append(f" * {name}: word {place.word}, {bits}{_meaning(self.domain(slot))}")
        return lines


def _meaning(domain: Domain) -> str:
    """The codes of a domain of literals; nobody guesses them, and comparisons in C only show the number."""
    empty, inner = (["none"], domain.inner) if isinstance(domain, Optional) else ([], domain)
    if not isinstance(inner, Enum):
        return ""
    names = [*empty, *sorted(inner.literals)]
    return ": " + ", ".join(f"{code} {comment(name)}" for code, name in enumerate(names))
