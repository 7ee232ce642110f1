"""Which of two values is less, and are they equal? The values may be known in different domains."""

from dscheck.domains import Bag, Domain, Id, Int, Optional, Record, Tuple, Vector, includes
from dscheck.engines.native.block import Block
from dscheck.engines.native.codes import Fields, Vectors
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.values_convert import NOTHING, convert, fields_of, same_code, unwrapped
from dscheck.engines.native.values_form import Forms, bits_at, cast, code_type, is_number, is_zero, negated, number_in
from dscheck.engines.native.values_guard import both, conjunction, disjunction
from dscheck.model import intervals

Part = tuple[str, Domain]  # a working form and the domain it is of

_DECIDED = {"==": int.__eq__, "<": int.__lt__, "<=": int.__le__}
MIRRORED = {">": "<", ">=": "<="}


def compare(forms: Forms, operator: str, left: Part, right: Part, block: Block) -> str:
    """A condition: `left operator right`, for the six comparisons of one value with another.

    Raises:
        NotPackable: values of such a domain are not in the order of their codes.
    """
    if operator in MIRRORED:
        return compare(forms, MIRRORED[operator], right, left, block)
    match operator:
        case "==":
            return equal(forms, left, right, block)
        case "!=":
            return negated(equal(forms, left, right, block))
        case _ if isinstance(left[1], Vector):
            return _vectors(forms, operator, left, right, block)
        case _:
            return _less(forms, operator, left, right, block)


def compare_fields(forms: Forms, operator: str, left: list[Part], right: list[Part], block: Block) -> str:
    """A condition: the tuple of `left` `operator` the tuple of `right`; the first difference decides."""
    if operator in MIRRORED:
        return compare_fields(forms, MIRRORED[operator], right, left, block)
    if operator in {"==", "!="}:
        same = "1"
        for one, other in zip(left, right, strict=True):
            same = conjunction(same, equal(forms, one, other, block))
        return same if operator == "==" else negated(same)
    left, right = _kept(forms, left, block), _kept(forms, right, block)
    pairs = list(zip(left, right, strict=True))
    if not pairs:
        return "1" if operator == "<=" else "0"
    result = _less(forms, operator, *pairs[-1], block)
    for one, other in reversed(pairs[:-1]):
        less = _less(forms, "<", one, other, block)
        result = disjunction(less, conjunction(equal(forms, one, other, block), result))
    return result


def equal(forms: Forms, left: Part, right: Part, block: Block) -> str:
    """A condition: are the two values equal?"""
    (one, source), (other, domain) = left, right
    match source, domain:
        case (Int() | Id(), Int() | Id()):
            return _related("==", as_number(one, source, domain), as_number(other, domain, source))
        case Optional(inner), _ if inner == NOTHING:
            return is_zero(other) if isinstance(domain, Optional) else "0"
        case _, Optional(inner) if inner == NOTHING:
            return is_zero(one) if isinstance(source, Optional) else "0"
        case _ if same_code(forms, source, domain):
            return _related("==", one, other)
        case Optional(inner), _ if not isinstance(domain, Optional):
            one = block.once(forms.ctype(source), "optional", one)

            def same() -> str:
                return equal(forms, (unwrapped(forms, one, source), inner), right, block)

            return both(block, negated(is_zero(one)), same)
        case _, Optional() if not isinstance(source, Optional):
            return equal(forms, right, left, block)
        case (Record() | Tuple(), Record() | Tuple()) if source != NOTHING != domain:
            return compare_fields(forms, "==", fields(forms, left, block), fields(forms, right, block), block)
        case _:
            whole = _join(source, domain)
            one, other = convert(forms, one, source, whole, block), convert(forms, other, domain, whole, block)
            return _related("==", one, other)


def _less(forms: Forms, operator: str, left: Part, right: Part, block: Block) -> str:
    (one, source), (other, domain) = left, right
    match source, domain:
        case (Int() | Id(), Int() | Id()):
            signed = isinstance(source, Int) or isinstance(domain, Int)
            one, other = as_number(one, source, domain), as_number(other, domain, source)
            return _related(operator, one, other, signed=signed)
        case _ if same_code(forms, source, domain) and forms.coding(source).ordered:
            return _related(operator, one, other)
        case (Record() | Tuple(), Record() | Tuple()):
            return compare_fields(forms, operator, fields(forms, left, block), fields(forms, right, block), block)
        case _:
            whole = _join(source, domain)
            if not forms.coding(whole).ordered:
                raise NotPackable("the order of such values is not the order of their codes")
            one, other = convert(forms, one, source, whole, block), convert(forms, other, domain, whole, block)
            return _related(operator, one, other)


def _join(one: Domain, other: Domain) -> Domain:
    """A domain that contains every value of both."""
    match one, other:
        case Bag(a), Bag(b):
            return Bag(_join(a, b))
        case _:
            return intervals.join(one, other)


def _related(operator: str, one: str, other: str, *, signed: bool = False) -> str:
    """A comparison of numbers; those that compilers warn of are decided here."""
    if one == other:
        return "0" if operator == "<" else "1"
    if is_number(one) and is_number(other):
        return str(int(_DECIDED[operator](number_in(one), number_in(other))))
    if not signed and (operator, other) == ("<", "0"):
        return "0"
    if not signed and (operator, one) == ("<=", "0"):
        return "1"
    return f"({one} {operator} {other})"


def _vectors(forms: Forms, operator: str, left: Part, right: Part, block: Block) -> str:
    coding = forms.coding(left[1])
    assert isinstance(coding, Vectors)
    ctype = code_type(coding.bits)
    (one, _), (other, _) = _kept(forms, [left, right], block) if operator == "<" else (left, right)
    within = f"vector_within_{ctype}({one}, {other}, {coding.component}, {coding.size})"
    return f"({one} != {other} && {within})" if operator == "<" else within


def fields(forms: Forms, whole: Part, block: Block) -> list[Part]:
    """The fields of a record or tuple."""
    text, domain = whole
    coding = forms.coding(domain)
    assert isinstance(coding, Fields)
    text = block.once(code_type(coding.bits), "fields", text)
    return [
        (forms.from_code(bits_at(text, coding.bits, offset, part.bits), field), field)
        for (part, offset), field in zip(coding.parts, fields_of(domain), strict=True)
    ]


def _kept(forms: Forms, parts: list[Part], block: Block) -> list[Part]:
    return [(block.once(forms.ctype(domain), "part", text), domain) for text, domain in parts]


def as_number(text: str, domain: Domain, beside: Domain | None = None) -> str:
    """An integer or id as C computes with it: signed, except that ids beside ids stay as they are."""
    if isinstance(domain, Int) or isinstance(beside, Id):
        return text
    return cast(text, "word", "number")


def greatest(forms: Forms, operator: str, parts: list[Part], domain: Domain, block: Block) -> str:
    """The `min` or `max` (the operator) of values, in the working form of `domain`."""
    if operator == "max" and isinstance(domain, Vector):
        coding = forms.coding(domain)
        assert isinstance(coding, Vectors)
        ctype = code_type(coding.bits)
        result = parts[0][0]
        for text, _ in parts[1:]:
            result = f"vector_greatest_{ctype}({result}, {text}, {coding.component}, {coding.size})"
        return result
    whole = domain
    for _, each in parts:
        whole = whole if includes(whole, each) else _join(whole, each)
    texts = [block.once(forms.ctype(whole), "value", convert(forms, text, each, whole, block)) for text, each in parts]
    sign = "<=" if operator == "min" else ">="
    result = texts[0]
    for text in texts[1:]:
        result = block.once(forms.ctype(whole), operator, result)
        better = _less(forms, "<=", *_in_order(sign, (result, whole), (text, whole)), block)
        result = f"({better} ? {result} : {text})"
    return convert(forms, result, whole, domain, block)


def _in_order(sign: str, one: Part, other: Part) -> tuple[Part, Part]:
    return (one, other) if sign == "<=" else (other, one)
