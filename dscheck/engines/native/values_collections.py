"""How does C go through a collection, and how does it gather one? On elements in the domain of the collection."""

from collections.abc import Iterator
from contextlib import contextmanager

from dscheck.domains import Bag, Domain, List, Map, Set
from dscheck.engines.native.block import Block, is_atom
from dscheck.engines.native.codes import Mask, Queue, Sorted, Table
from dscheck.engines.native.values_form import Forms, bits_at, code_literal, code_type, is_number, low_bits, number_in
from dscheck.engines.native.values_order import InOrder


def element_of(domain: Domain) -> Domain:
    """The domain of the elements of a collection, of the keys of a map."""
    match domain:
        case Set(element) | Bag(element) | List(element) | Map(element):
            return element
        case _:
            raise TypeError(f"{domain} is no collection")


def length_of(forms: Forms, text: str, domain: Domain) -> str:
    """How many elements the collection `text` has, as a word."""
    coding = forms.coding(domain)
    ctype = code_type(coding.bits)
    match coding:
        case Mask():
            return f"mask_length_{ctype}({text})"
        case Queue() | Sorted():
            return bits_at(text, coding.bits, 0, coding.length_bits)
        case Table(key):
            return f"table_length_{ctype}({text}, {coding.entry_bits}, {key.codes})"
        case _:
            raise TypeError(f"{domain} is no collection")


@contextmanager
def walk(
    forms: Forms, text: str, domain: Domain, name: str, block: Block, *, distinct: bool = False, ordered: bool = False
) -> Iterator[str]:
    """A C loop over the elements of a collection as it is before the loop; yields an element's working form.

    Args:
        forms: of the values.
        text: the collection.
        domain: of the collection.
        name: what the element's name should read like.
        block: where the loop is written.
        distinct: visit equal elements of a list or bag once.
        ordered: visit in the order of `semantics.evaluate.elements_of`; a list's always are.
    """
    element = element_of(domain)
    if ordered and not isinstance(domain, List) and not forms.coding(element).ordered:
        found = in_order(forms, text, domain, name, block, distinct=distinct)
        place = block.fresh("place")
        with block.braces(f"for (word {place} = 0; {place} < {found.count}; {place}++)"):
            yield block.once(forms.ctype(element), name, forms.from_code(found.code(place), element))
        return
    with _codes(forms, text, domain, name, block, distinct=distinct) as code:
        yield block.once(forms.ctype(element), name, forms.from_code(code, element))


def in_order(
    forms: Forms, text: str, domain: Domain, name: str, block: Block, *, distinct: bool, zeroed: bool = False
) -> InOrder:
    """The elements of a set, map or bag in the order of `semantics.evaluate.elements_of`; written where it is asked.

    Args:
        forms: of the values.
        text: the collection.
        domain: of the collection.
        name: what the elements' name should read like.
        block: where it is written.
        distinct: take equal elements of a bag once.
        zeroed: as `InOrder` has it.
    """
    coding = forms.coding(domain)
    match coding:
        case Mask(element) | Table(element):
            most = element.codes
        case Sorted(element, capacity):
            most = capacity
        case _:
            raise TypeError(f"{domain} has an order of its own")
    found = InOrder(element, most, name, block, zeroed=zeroed)
    with _codes(forms, text, domain, name, block, distinct=distinct) as code:
        found.add(code)
    return found


@contextmanager
def _codes(forms: Forms, text: str, domain: Domain, name: str, block: Block, *, distinct: bool) -> Iterator[str]:
    """A C loop over the codes of the elements of a collection, in their order."""
    coding = forms.coding(domain)
    match coding:
        case Mask():
            loop = _walk_mask(text, coding, name, block)
        case Queue(_, 1, _):
            loop = _walk_single(text, coding, block)
        case Queue() | Sorted():
            loop = _walk_queue(text, coding, name, block, distinct=distinct)
        case Table():
            loop = _walk_table(text, coding, name, block)
        case _:
            raise TypeError(f"{domain} is no collection")
    with loop as code:
        yield code


@contextmanager
def _walk_mask(text: str, coding: Mask, name: str, block: Block) -> Iterator[str]:
    if text == "0":
        with block.braces("while (0)"):
            yield "0"
        return
    if is_number(text) and number_in(text) & (number_in(text) + 1) == 0:
        code = block.fresh(name)
        with block.braces(f"for (word {code} = 0; {code} < {number_in(text).bit_length()}; {code}++)"):
            yield code
        return
    ctype = code_type(coding.bits)
    left = block.fresh(f"{name} left")
    with block.braces(f"for ({ctype} {left} = {text}; {left}; {left} &= {left} - 1)"):
        yield f"mask_least_{ctype}({left})"


@contextmanager
def _walk_single(text: str, coding: Queue, block: Block) -> Iterator[str]:
    """A list of at most one item: a loop only so that `continue` and `break` mean what they do in any other."""
    items = block.once(code_type(coding.bits), "items", text)
    once = block.fresh("once")
    with block.braces(f"for (int {once} = {bits_at(items, coding.bits, 0, 1)} != 0; {once}; {once} = 0)"):
        yield bits_at(items, coding.bits, 1, coding.element.bits)


@contextmanager
def _walk_queue(text: str, coding: Queue | Sorted, name: str, block: Block, *, distinct: bool) -> Iterator[str]:
    ctype, base, width = code_type(coding.bits), coding.length_bits, coding.element.bits
    if not coding.capacity:
        with block.braces("while (0)"):
            yield "0"
        return
    items = block.once(ctype, f"{name} over", text)
    left, after = block.fresh(f"{name} left"), block.fresh(f"{name} rest")
    begin = f"{ctype} {left} = {items} & {low_bits(base)}, {after} = {items} >> {base}"
    with block.braces(f"for ({begin}; {left}; {left}--, {after} >>= {width})"):
        code = bits_at(after, coding.bits, 0, width)
        if not distinct:
            yield code
            return
        item = block.keep("word", f"{name} code", code)
        if isinstance(coding, Sorted):
            # Equal items are neighbours: the last of them is visited.
            block.put(f"if ({left} > 1 && (word)({after} >> {width} & {low_bits(width)}) == {item}) continue;")
        else:
            before = f"{bits_at(items, coding.bits, 0, base)} - (word){left}"
            block.put(f"if (queue_holds_among_{ctype}({items}, {base}, {width}, {before}, {item})) continue;")
        yield item


@contextmanager
def _walk_table(text: str, coding: Table, name: str, block: Block) -> Iterator[str]:
    with walk_entries(text, coding, name, block) as (key, _):
        yield key


@contextmanager
def walk_entries(text: str, coding: Table, name: str, block: Block) -> Iterator[tuple[str, str]]:
    """A C loop over the present keys of a map; yields the codes of key and image."""
    ctype = code_type(coding.bits)
    table = block.once(ctype, f"{name} over", text)
    key = block.fresh(f"{name} code")
    with block.braces(f"for (word {key} = 0; {key} < {coding.key.codes}; {key}++)"):
        entry = block.keep(ctype, f"{name} entry", f"table_entry_{ctype}({table}, {coding.entry_bits}, {key})")
        block.put(f"if (!{entry}) continue;")
        yield key, f"({code_type(coding.image.bits)})({entry} - 1)"


class Gathering:
    """A collection that grows in a C variable.

    Attributes:
        text: the variable; its value is the working form of the collection.
    """

    def __init__(
        self, forms: Forms, domain: Domain, block: Block, name: str, start: str = "0", *, checked: bool = True
    ) -> None:
        """Declare the variable.

        Args:
            forms: of the values.
            domain: of the collection.
            block: where all of it is written.
            name: what the variable's name should read like.
            start: the collection at first, empty by default.
            checked: report an overflow when a capacity that the engine chose is too small.
        """
        self._domain = domain
        self._coding = forms.coding(domain)
        self._ctype = code_type(self._coding.bits)
        self._block = block
        self._checked = checked
        self.text = block.fresh(name)
        block.put(f"{self._ctype} {self.text} = {start};")

    def add(self, code: str) -> None:
        """Add the element with this code, at the end of a list."""
        ctype, block = self._ctype, self._block
        match self._coding:
            case Mask():
                block.put(f"{self.text} |= ({ctype})1 << {code};")
            case Queue(capacity=0, key=None):
                return  # a list that is always empty: nothing ever comes here
            case Queue():
                self._room(self._coding)
                block.put(f"{self.text} = queue_append_{ctype}({self._with(self._coding, code)});")
            case Sorted(distinct=False):
                self._room(self._coding)
                block.put(f"{self.text} = sorted_add_{ctype}({self._with(self._coding, code)});")
            case Sorted():
                code = block.once("word", "member", code)
                with block.braces(f"if (!queue_holds_{ctype}({self._with(self._coding, code)}))"):
                    self._room(self._coding)
                    block.put(f"{self.text} = sorted_add_{ctype}({self._with(self._coding, code)});")
            case _:
                raise TypeError(f"{self._domain} does not grow by elements")

    def put(self, key: str, image: str) -> None:
        """Bind the key with this code to the image with that code, in a map."""
        assert isinstance(self._coding, Table)
        width = self._coding.entry_bits
        self._block.put(
            f"{self.text} = table_put_{self._ctype}({self.text}, {width}, {key}, {entry_of(self._coding, image)});"
        )

    def _with(self, coding: Queue | Sorted, code: str) -> str:
        return f"{self.text}, {coding.length_bits}, {coding.element.bits}, {code}"

    def _room(self, coding: Queue | Sorted) -> None:
        if self._checked:
            check_room(self.text, coding, 1, self._block)


def entry_of(coding: Table, image: str) -> str:
    """The entry of a key whose image has this code."""
    if is_number(image):
        return code_literal(number_in(image) + 1)
    return f"(({code_type(coding.entry_bits)}){image} + 1)"


def check_room(text: str, coding: Queue | Sorted, more: int, block: Block) -> None:
    """Report an overflow when `text` has no room for `more` elements and the engine chose its capacity.

    A capacity that the domain has of its own cannot be exceeded: whoever made the expression saw to that.
    """
    if coding.key is None:
        return
    assert is_atom(text)
    if more > coding.capacity:
        block.overflow_if("1", coding.key)
    elif more:
        length = bits_at(text, coding.bits, 0, coding.length_bits)
        block.overflow_if(
            f"{length} > {coding.capacity - more}" if more > 1 else f"{length} == {coding.capacity}", coding.key
        )
