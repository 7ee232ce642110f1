"""Where in the packed words of a state does each slot stand?

A code of up to 64 bits never straddles two words, so reading it is one shift and one mask. A wider one begins at the
lowest bit of a word and goes on in the next; others may share what is left of that. A slot that no step ever writes
(a channel between processes that never talk) takes no bits.
"""

from collections.abc import Mapping

from dscheck.domains import Value, holds_stamps
from dscheck.engines.native.codec import decode, encode
from dscheck.engines.native.coding import WORD, Codings, NotPackable, Widths
from dscheck.engines.native.splitting import Split
from dscheck.model.layout import Layout, State, layout_of
from dscheck.model.system import System
from dscheck.record import record

_WORD_MASK = (1 << WORD) - 1


@record
class Place:
    """Where a slot stands.

    Attributes:
        word: number of the word, of the low one for more than 64 bits.
        shift: its lowest bit there.
        bits: its width.
    """

    word: int
    shift: int
    bits: int


class Packing:
    """How the states of one system are packed, for some widths.

    Attributes:
        system: whose slots are packed.
        split: what makes `system` of the one that is explored; None when it is the same.
        layout: the slots.
        codings: of their domains.
        constants: value of each slot that never changes.
        places: per slot; of no bits for a constant.
        words: of a state, at least 1.
    """

    def __init__(
        self, system: System, codings: Codings, constants: Mapping[int, Value], split: Split | None = None
    ) -> None:
        """Lay out the words.

        Args:
            system: whose slots are packed.
            codings: of the domains.
            constants: by slot, the value of those that no step writes; where stamps may be, only the empty ones count,
                for normalisation moves stamps that no step writes.
            split: what makes `system` of the one that is explored; None when it is the same.

        Raises:
            NotPackable: a variable cannot be packed; the message names it.
        """
        self.system = system
        self.split = split
        self.layout: Layout = layout_of(system)
        self.codings = codings
        self.constants: Mapping[int, Value] = {
            slot: value
            for slot, value in constants.items()
            if not holds_stamps(self.layout.slots[slot][0].domain) or value in (None, (), frozenset())
        }
        free: list[int] = []  # per word: its lowest free bit
        places: list[Place] = []
        for slot, (variable, _) in enumerate(self.layout.slots):
            try:
                bits = 0 if slot in self.constants else codings.of(variable.domain).bits
            except NotPackable as reason:
                raise NotPackable(f"`{variable.name}` cannot be packed: {reason}") from None
            places.append(_place(bits, free))
        self.places: tuple[Place, ...] = tuple(places)
        self.words = max(1, len(free))

    def with_widths(self, widths: Widths) -> "Packing":
        """The same with other widths.

        Raises:
            NotPackable: a variable cannot be packed with them; the message names it.
        """
        return Packing(self.system, Codings(widths), self.constants, self.split)

    def pack(self, state: State) -> tuple[int, ...]:
        """The words of a state of the system that is explored.

        Raises:
            TooNarrow: a chosen width is too small for one of its values.
        """
        if self.split is not None:
            state = self.split.split(state)
        words = [0] * (self.words + 1)
        for slot, ((variable, _), place, value) in enumerate(zip(self.layout.slots, self.places, state, strict=True)):
            if slot in self.constants:
                continue
            code = encode(self.codings, variable.domain, value) << place.shift
            words[place.word] |= code & _WORD_MASK
            words[place.word + 1] |= code >> WORD
        return tuple(words[: self.words])

    def unpack(self, words: tuple[int, ...]) -> State:
        """The state, of the system that is explored, that has these words."""
        padded = (*words, 0)
        state = tuple(
            self.constants[slot]
            if slot in self.constants
            else decode(
                self.codings,
                variable.domain,
                (padded[place.word] | padded[place.word + 1] << WORD) >> place.shift & ((1 << place.bits) - 1),
            )
            for slot, ((variable, _), place) in enumerate(zip(self.layout.slots, self.places, strict=True))
        )
        return state if self.split is None else self.split.join(state)


def _place(bits: int, free: list[int]) -> Place:
    """Take `bits` bits from the first word with room."""
    if not bits:
        return Place(0, 0, 0)
    if bits > WORD:
        free.extend((WORD, bits - WORD))
        return Place(len(free) - 2, 0, bits)
    for word, begin in enumerate(free):
        if begin + bits <= WORD:
            free[word] += bits
            return Place(word, begin, bits)
    free.append(bits)
    return Place(len(free) - 1, 0, bits)
