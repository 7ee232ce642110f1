"""How does C compute the operators on sets, maps and bags, and those that all collections have?"""

from dscheck.domains import Domain, Map, Set, contains
from dscheck.engines.native.codes import Mask, Queue, Sorted, Table
from dscheck.engines.native.values_belong import belongs, restricted
from dscheck.engines.native.values_call import Call
from dscheck.engines.native.values_collections import Gathering, check_room, element_of, length_of, walk
from dscheck.engines.native.values_convert import convert
from dscheck.engines.native.values_form import bits_at, cast, code_type, is_number, number_in, placed, raised, together
from dscheck.engines.native.values_guard import both, when


def emit_in(call: Call) -> str:
    """Operator `in`."""
    source, domain = call.domains
    element = element_of(domain)
    coding = call.forms.coding(domain)
    ctype = code_type(coding.bits)
    literal = call.literal(0)
    known = None if literal is None else call.literal_in(literal, element)
    if literal is not None and known is None:
        return "0"
    # The element is asked whether it belongs before it is converted, the collection only then.
    if known is not None:
        item, source = known, element
    else:
        item = call.texts[0] if source == element else call.once(0, "item")
    collection = call.once(1, "collection") if isinstance(coding, Queue) and coding.capacity == 1 else call.texts[1]

    def among() -> str:
        code = call.forms.to_code(convert(call.forms, item, source, element, call.block), element)
        match coding:
            case Mask():
                return _bit(collection, code, coding)
            case Queue(capacity=0):
                return "0"
            case Queue(capacity=1):
                held = bits_at(collection, coding.bits, 1, coding.element.bits)
                return f"({bits_at(collection, coding.bits, 0, 1)} && {held} == {code})"
            case Queue() | Sorted():
                return f"queue_holds_{ctype}({collection}, {coding.length_bits}, {coding.element.bits}, {code})"
            case Table():
                return f"({entry_at(collection, code, coding)} != 0)"
            case _:
                raise TypeError(f"{domain} is no collection")

    return both(call.block, belongs(call.forms, item, source, element, call.block), among)


def _bit(members: str, code: str, coding: Mask) -> str:
    if is_number(code):
        return bits_at(members, coding.bits, number_in(code), 1)
    if code_type(coding.bits) == "wide":
        return f"(word)((wide){members} >> {code} & 1)"
    # A literal is C's `int`, which may be too short to be shifted.
    return f"({f'(word){members}' if is_number(members) else members} >> {code} & 1)"


def entry_at(table: str, key: str, coding: Table) -> str:
    """The entry of the key with this code."""
    if is_number(key):
        return bits_at(table, coding.bits, number_in(key) * coding.entry_bits, coding.entry_bits)
    return f"table_entry_{code_type(coding.bits)}({table}, {coding.entry_bits}, {key})"


def emit_length(call: Call) -> str:
    """Operator `length`."""
    return cast(length_of(call.forms, call.texts[0], call.domains[0]), "word", "number")


# --- sets --------------------------------------------------------------------------------------------------


def emit_set(call: Call) -> str:
    """Operator `set`."""
    coding, element = call.forms.coding(call.domain), element_of(call.domain)
    codes = [call.code(number, element) for number in range(len(call.texts))]
    ctype = code_type(coding.bits)
    if isinstance(coding, Mask):
        return together([_member(code, ctype) for code in codes])
    assert isinstance(coding, Sorted)
    if not codes:
        return "0"
    if len(codes) == 1:
        return together(["1", placed(codes[0], coding.length_bits, ctype)])
    gathered = Gathering(call.forms, call.domain, call.block, "members")
    for code in codes:
        gathered.add(code)
    return gathered.text


def _member(code: str, ctype: str) -> str:
    return placed("1", number_in(code), ctype) if is_number(code) else f"(({ctype})1 << {code})"


def emit_union(call: Call) -> str:
    """Operator `union`."""
    left, right = call.argument(0, call.domain), call.argument(1, call.domain)
    if isinstance(call.forms.coding(call.domain), Mask):
        return f"({left} | {right})"
    gathered = Gathering(call.forms, call.domain, call.block, "members", left)
    element = element_of(call.domain)
    with walk(call.forms, right, call.domain, "member", call.block) as member:
        gathered.add(call.forms.to_code(member, element))
    return gathered.text


def emit_difference(call: Call) -> str:
    """Operator `difference`."""
    one, other = call.domains
    assert isinstance(one, Set)
    assert isinstance(other, Set)
    literal = call.literal(1)
    if literal is None:
        right = restricted(call.forms, call.texts[1], other, one, call.block)
    else:
        right = call.forms.literal(frozenset(item for item in literal.value if contains(one.element, item)), one)
    coding = call.forms.coding(one)
    ctype = code_type(coding.bits)
    if isinstance(coding, Sorted):
        layout = f"{coding.length_bits}, {coding.element.bits}"
        return call.result(f"sorted_difference_{ctype}({call.texts[0]}, {right}, {layout})", one)
    return call.result(f"({call.texts[0]} & ~({ctype}){right})", one)


# --- maps --------------------------------------------------------------------------------------------------


def emit_map(call: Call) -> str:
    """Operator `map`."""
    return _with_pairs(call, "0", 0)


def emit_put(call: Call) -> str:
    """Operator `put`."""
    return _with_pairs(call, call.argument(0, call.domain), 1)


def _with_pairs(call: Call, start: str, first: int) -> str:
    """A map, and bound in it the keys to the images that the arguments from `first` alternate between."""
    assert isinstance(call.domain, Map)
    gathered = Gathering(call.forms, call.domain, call.block, "entries", start)
    for number in range(first, len(call.texts), 2):
        gathered.put(call.code(number, call.domain.key), call.code(number + 1, call.domain.value))
    return gathered.text


def emit_lookup(call: Call) -> str:
    """Operator `lookup`."""
    mapping, source = call.domains
    assert isinstance(mapping, Map)
    coding = call.forms.coding(mapping)
    assert isinstance(coding, Table)
    ctype, block = code_type(coding.entry_bits), call.block
    literal = call.literal(1)
    known = None if literal is None else call.literal_in(literal, mapping.key)
    if literal is not None and known is None:
        block.fail_if("1", call.application.failure)
        return "0"
    if known is not None:
        key, source = known, mapping.key
    else:
        key = call.texts[1] if source == mapping.key else call.once(1, "key")

    def entry() -> str:
        code = call.forms.to_code(convert(call.forms, key, source, mapping.key, block), mapping.key)
        return entry_at(call.texts[0], code, coding)

    present = belongs(call.forms, key, source, mapping.key, block)
    found = block.once(ctype, "entry", when(block, ctype, "entry", present, entry, "0"))
    block.fail_if(f"!{found}", call.application.failure)
    image = cast(raised(found, -1, ctype), ctype, code_type(coding.image.bits))
    return call.result(call.forms.from_code(image, mapping.value), mapping.value)


def emit_remove_keys(call: Call) -> str:
    """Operator `remove_keys`."""
    mapping, keys = call.domains
    assert isinstance(mapping, Map)
    assert isinstance(keys, Set)
    coding = call.forms.coding(mapping)
    assert isinstance(coding, Table)
    ctype, wanted = code_type(coding.bits), Set(mapping.key)
    removed = restricted(call.forms, call.texts[1], keys, wanted, call.block)
    left = call.block.fresh("entries")
    call.block.put(f"{ctype} {left} = {call.texts[0]};")
    with walk(call.forms, removed, wanted, "key", call.block) as key:
        code = call.forms.to_code(key, mapping.key)
        call.block.put(f"{left} = table_put_{ctype}({left}, {coding.entry_bits}, {code}, 0);")
    return call.result(left, mapping)


# --- bags --------------------------------------------------------------------------------------------------


def emit_add(call: Call) -> str:
    """Operator `add`."""
    coding, bag = _bag(call)
    check_room(bag, coding, 1, call.block)
    return _bag_operator(call, "sorted_add", bag, coding)


def emit_take(call: Call) -> str:
    """Operator `take`."""
    coding, bag = _bag(call)
    return _bag_operator(call, "sorted_take", bag, coding)


def _bag(call: Call) -> tuple[Sorted, str]:
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Sorted)
    return coding, call.block.once(code_type(coding.bits), "bag", call.argument(0, call.domain))


def _bag_operator(call: Call, function: str, bag: str, coding: Sorted) -> str:
    item: Domain = element_of(call.domain)
    layout = f"{coding.length_bits}, {coding.element.bits}"
    return f"{function}_{code_type(coding.bits)}({bag}, {layout}, {call.code(1, item)})"
