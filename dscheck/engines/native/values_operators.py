"""How does C compute each operator of `model.expressions.OPERATORS`? Here those that are not about collections."""

from collections.abc import Callable

from dscheck.domains import Domain, Enum, Id, Int, Message, includes
from dscheck.engines.native.codes import Fields, Stamps, Tagged, Vectors
from dscheck.engines.native.values_call import Call
from dscheck.engines.native.values_compare import as_number, compare, greatest
from dscheck.engines.native.values_convert import fields_of, kind_number, packed_fields
from dscheck.engines.native.values_form import (
    bits_at,
    code_type,
    is_number,
    low_bits,
    negated,
    number_in,
    placed,
    together,
)
from dscheck.engines.native.values_guard import when
from dscheck.engines.native.values_lists import (
    emit_concatenate,
    emit_front,
    emit_insert,
    emit_item,
    emit_list,
    emit_positions,
    emit_replace,
    emit_rest,
    emit_without,
)
from dscheck.engines.native.values_messages import emit_forget
from dscheck.engines.native.values_sets import (
    emit_add,
    emit_difference,
    emit_in,
    emit_length,
    emit_lookup,
    emit_map,
    emit_put,
    emit_remove_keys,
    emit_set,
    emit_take,
    emit_union,
)
from dscheck.model.expressions import Literal


def apply_operator(call: Call) -> str:
    """The working form of an application."""
    emit = _OPERATORS.get(call.application.operator)
    if emit is None:
        raise ValueError(f"no C is known for the operator {call.application.operator}")
    return emit(call)


# --- truth and order ---------------------------------------------------------------------------------


def _not(call: Call) -> str:
    return negated(call.texts[0])


def _compare(call: Call) -> str:
    operator = "==" if call.application.operator == "iff" else call.application.operator
    left, right = call.parts
    if operator not in {"==", "!="}:
        return compare(call.forms, operator, left, right, call.block)
    # A literal takes the domain of what it is compared with, or else is never equal to it.
    first, second = call.literal(0), call.literal(1)
    if second is not None and first is None and not isinstance(left[1], Message):
        known = call.literal_in(second, left[1])
        right = (known, left[1]) if known is not None else right
    elif first is not None and second is None and not isinstance(right[1], Message):
        known = call.literal_in(first, right[1])
        left = (known, right[1]) if known is not None else left
    else:
        return compare(call.forms, operator, left, right, call.block)
    never = "0" if operator == "==" else "1"
    return never if known is None else compare(call.forms, operator, left, right, call.block)


def _extreme(call: Call) -> str:
    return greatest(call.forms, call.application.operator, call.parts, call.domain, call.block)


# --- integers ----------------------------------------------------------------------------------------


def _integer(call: Call, text: str) -> str:
    """An integer as the working form of a result, which may be an id."""
    call.forms.coding(call.domain)  # says when the result may be too large for C
    return text if isinstance(call.domain, Int) else f"((word){text})"


def _arithmetic(call: Call) -> str:
    left, right = (as_number(text, domain) for text, domain in call.parts)
    if is_number(left):
        left = f"(number){left}"  # two literals would be computed as C's `int`
    return _integer(call, f"({left} {call.application.operator} {right})")


def _division(call: Call) -> str:
    (left_text, left_domain), (right_text, right_domain) = call.parts
    left, right = as_number(left_text, left_domain), as_number(right_text, right_domain)
    if right == "0":
        call.block.fail_if("1", call.application.failure)
        return _integer(call, "0")
    if not isinstance(right_domain, Int) or right_domain.low <= 0 <= right_domain.high:
        right = call.block.once("number", "divisor", right)
        call.block.fail_if(f"{right} == 0", call.application.failure)
    positive = (isinstance(left_domain, Id) or (isinstance(left_domain, Int) and left_domain.low >= 0)) and (
        isinstance(right_domain, Id) or (isinstance(right_domain, Int) and right_domain.low >= 0)
    )
    if positive:
        return _integer(call, f"({left} {call.application.operator} {right})")
    function = "quotient_number" if call.application.operator == "/" else "remainder_number"
    return _integer(call, f"{function}({left}, {right})")


def _negate(call: Call) -> str:
    return _integer(call, f"(-{as_number(call.texts[0], call.domains[0])})")


# --- records and messages ------------------------------------------------------------------------------


def _tuple(call: Call) -> str:
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Fields)
    codes = [call.code(number, field) for number, field in enumerate(fields_of(call.domain))]
    return packed_fields(codes, coding, code_type(coding.bits))


def _field(call: Call) -> str:
    record, position = call.domains[0], call.position(1)
    coding = call.forms.coding(record)
    assert isinstance(coding, Fields)
    part, offset = coding.parts[position]
    domain = fields_of(record)[position]
    code = bits_at(call.texts[0], coding.bits, offset, part.bits)
    return call.result(call.forms.from_code(code, domain), domain)


def _message(call: Call) -> str:
    kind = call.application.arguments[0]
    assert isinstance(kind, Literal)
    assert isinstance(call.domain, Message)
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Tagged)
    number, ctype = coding.names.index(kind.value), code_type(coding.bits)
    fields = fields_of(call.domain.kind(kind.value))
    codes = [call.code(argument, field) for argument, field in enumerate(fields, start=1)]
    return together(
        [placed(str(number), coding.payload_bits, ctype), packed_fields(codes, coding.kinds[number], ctype)]
    )


def _kind(call: Call) -> str:
    coding = call.forms.coding(call.domains[0])
    assert isinstance(coding, Tagged)
    return call.result(kind_number(call.texts[0], coding), Enum(coding.names))


def _payload(call: Call) -> str:
    """The field of whichever kind the message is of: where it stands depends on the kind.

    Kinds whose field there does not fit the domain of the result are not asked for.
    """
    message, position = call.domains[0], call.position(1)
    assert isinstance(message, Message)
    coding = call.forms.coding(message)
    assert isinstance(coding, Tagged)
    places: dict[tuple[Domain, int], list[int]] = {}
    for number, name in enumerate(coding.names):
        fields = fields_of(message.kind(name))
        if position < len(fields) and includes(call.domain, fields[position]):
            places.setdefault((fields[position], coding.kinds[number].parts[position][1]), []).append(number)
    # Last, and so asked without a condition, comes the domain that the result has.
    order = sorted(places.items(), key=lambda place: place[0][0] != call.domain)
    text = call.once(0, "message") if len(order) > 1 else call.texts[0]
    result = ""
    for (domain, offset), numbers in order:

        def found(domain: Domain = domain, offset: int = offset) -> str:
            code = bits_at(text, coding.bits, offset, call.forms.coding(domain).bits)
            return call.result(call.forms.from_code(code, domain), domain)

        kinds = " || ".join(f"{kind_number(text, coding)} == {number}" for number in numbers)
        result = (
            when(call.block, call.forms.ctype(call.domain), "payload", f"({kinds})", found, result)
            if result
            else found()
        )
    return result


# --- clocks ----------------------------------------------------------------------------------------


def _tick(call: Call) -> str:
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Stamps)
    ticked = call.block.keep("word", "ticked", f"{call.texts[0]} + 1")
    call.block.overflow_if(f"{ticked} > {low_bits(coding.bits)}", coding.key)
    return ticked


def _tick_vector(call: Call) -> str:
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Vectors)
    ctype = code_type(coding.bits)
    vector = call.block.once(ctype, "vector", call.texts[0])
    process = call.texts[1]
    offset = f"{coding.component} * ({coding.size - 1} - {process})"
    if is_number(process):
        offset = str(coding.offset(number_in(process)))
    offset = call.block.once("unsigned", "offset", offset)
    full = low_bits(coding.component)
    call.block.overflow_if(f"({vector} >> {offset} & {full}) == {full}", coding.key)
    return f"({vector} + (({ctype})1 << {offset}))"


_OPERATORS: dict[str, Callable[[Call], str]] = {
    "not": _not,
    "iff": _compare,
    "==": _compare,
    "!=": _compare,
    "<": _compare,
    "<=": _compare,
    ">": _compare,
    ">=": _compare,
    "+": _arithmetic,
    "-": _arithmetic,
    "*": _arithmetic,
    "/": _division,
    "%": _division,
    "negate": _negate,
    "min": _extreme,
    "max": _extreme,
    "in": emit_in,
    "union": emit_union,
    "difference": emit_difference,
    "set": emit_set,
    "list": emit_list,
    "tuple": _tuple,
    "map": emit_map,
    "length": emit_length,
    "item": emit_item,
    "lookup": emit_lookup,
    "put": emit_put,
    "remove_keys": emit_remove_keys,
    "concatenate": emit_concatenate,
    "replace": emit_replace,
    "field": _field,
    "message": _message,
    "kind": _kind,
    "payload": _payload,
    "front": emit_front,
    "rest": emit_rest,
    "without": emit_without,
    "insert": emit_insert,
    "add": emit_add,
    "take": emit_take,
    "forget": emit_forget,
    "tick": _tick,
    "tick_vector": _tick_vector,
    "positions": emit_positions,
}
