"""In which form does C compute with a value? Numbers for integers, codes for everything else; and how codes read as C.

A text is a C expression without side effects that needs no parentheses from its user.
"""

from functools import reduce
from operator import or_

from dscheck.domains import Domain, Int, Value
from dscheck.engines.native.block import bare, is_atom
from dscheck.engines.native.codec import encode
from dscheck.engines.native.codes import Coding
from dscheck.engines.native.coding import WORD, Codings

_PLAIN = 1 << 16  # codes below it are written in decimal
_WORD_MASK = (1 << WORD) - 1


class Forms:
    """The working forms of the values of one system, for some widths.

    Attributes:
        codings: of the domains.
    """

    def __init__(self, codings: Codings) -> None:
        self.codings = codings

    def coding(self, domain: Domain) -> Coding:
        """The coding of `domain`.

        Raises:
            NotPackable: it has none.
        """
        return self.codings.of(domain)

    def ctype(self, domain: Domain) -> str:
        """The C type of the working form: `number`, `word` or `wide`."""
        coding = self.coding(domain)
        return "number" if isinstance(domain, Int) else code_type(coding.bits)

    def literal(self, value: Value, domain: Domain) -> str:
        """The working form of a known value.

        Raises:
            TooNarrow: a chosen width is too small for it.
        """
        if isinstance(domain, Int):
            return str(value) if value >= 0 else f"({value})"
        return code_literal(encode(self.codings, domain, value))

    def from_code(self, code: str, domain: Domain) -> str:
        """The working form of the value with this code."""
        if not isinstance(domain, Int):
            return code
        if is_number(code):
            return self.literal(number_in(code) + domain.low, domain)
        return _moved("number", code, domain.low)

    def to_code(self, text: str, domain: Domain) -> str:
        """The code of the value with this working form."""
        if not isinstance(domain, Int):
            return text
        if is_number(text):
            return code_literal(number_in(text) - domain.low)
        return _moved("word", text, -domain.low)


def _moved(ctype: str, text: str, by: int) -> str:
    if not by:
        return f"(({ctype}){text})"
    moved = f"{text} {'+' if by > 0 else '-'} {abs(by)}"
    return f"(({ctype}){moved})" if ctype == "number" else f"((word)({moved}))"


# --- codes as C -------------------------------------------------------------------------------------


def code_type(bits: int) -> str:
    """The C type of a code of so many bits."""
    return "word" if bits <= WORD else "wide"


def code_literal(code: int) -> str:
    """A known code."""
    if code < _PLAIN:
        return str(code)
    if code <= _WORD_MASK:
        return hex(code)
    return f"((wide){hex(code >> WORD)} << {WORD} | {hex(code & _WORD_MASK)})"


def is_number(text: str) -> bool:
    """Is the text a known number or a known code of one word?"""
    return is_atom(text) and bare(text).lstrip("-")[0].isdigit()


def number_in(text: str) -> int:
    """What a known number is."""
    return int(bare(text), 0)


def low_bits(count: int) -> str:
    """The code with the lowest `count` bits set."""
    return code_literal((1 << count) - 1)


def bits_at(code: str, bits: int, offset: int, width: int) -> str:
    """`width` bits of a code.

    Args:
        code: the text.
        bits: width of the whole code.
        offset: of the lowest of the bits.
        width: how many; they are a wide code only when these are more than a word.
    """
    if not width:
        return "0"
    if is_number(code):
        return code_literal(number_in(code) >> offset & ((1 << width) - 1))
    text = f"({code} >> {offset})" if offset else code
    if code_type(bits) != code_type(width):
        text = f"(word){text}"
    if offset + width < bits:
        return f"({text} & {low_bits(width)})"
    return text if text.startswith("(") or is_atom(text) else f"({text})"


def placed(code: str, offset: int, ctype: str) -> str:
    """A code moved to a higher place in one of type `ctype`."""
    if not offset:
        return code
    if is_number(code) and number_in(code) << offset <= _WORD_MASK:
        return code_literal(number_in(code) << offset)
    return f"(({ctype}){code} << {offset})"


def together(parts: list[str]) -> str:
    """The codes put into one; their bits do not overlap, or are the same."""
    known = reduce(or_, (number_in(part) for part in parts if is_number(part)), 0)
    texts = [part for part in parts if not is_number(part)]
    if known or not texts:
        texts.append(code_literal(known))
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def raised(code: str, by: int, ctype: str) -> str:
    """A code plus a known number, as type `ctype`; the sum is a code."""
    if is_number(code):
        return code_literal(number_in(code) + by)
    if not by:
        return code
    text = f"(wide){code}" if ctype == "wide" else code
    return f"({text} {'+' if by > 0 else '-'} {abs(by)})"


def cast(code: str, source: str, target: str) -> str:
    """A code of the type `source` as one of the type `target`."""
    return code if source == target or is_number(code) else f"(({target}){code})"


# --- conditions -------------------------------------------------------------------------------------


def is_zero(code: str) -> str:
    """A condition: is the code 0, as that of `none` is?"""
    return str(int(number_in(code) == 0)) if is_number(code) else f"({code} == 0)"


def negated(condition: str) -> str:
    """The opposite of a condition."""
    if condition in {"0", "1"}:
        return "1" if condition == "0" else "0"
    if condition.endswith(" == 0)") and is_atom(condition[1:-6]):
        return f"({condition[1:-6]} != 0)"
    return f"(!{condition})"
