"""How does C take something out of a field of every message of a list or bag?"""

from dscheck.domains import Message
from dscheck.engines.native.codes import Mask, Queue, Sorted, Tagged
from dscheck.engines.native.values_call import Call
from dscheck.engines.native.values_collections import Gathering, element_of, walk
from dscheck.engines.native.values_convert import fields_of, kind_number
from dscheck.engines.native.values_form import code_type, is_number, number_in


def emit_forget(call: Call) -> str:
    """Operator `forget`: the messages go over one by one, since those of a bag may change their places."""
    coding = call.forms.coding(call.domain)
    assert isinstance(coding, Queue | Sorted)
    if not coding.capacity:
        return "0"
    block, message = call.block, element_of(call.domain)
    assert isinstance(message, Message)
    member = block.once("word", "member", _member(call, message))
    # There is room: it has as many messages as before.
    left = Gathering(call.forms, call.domain, block, "left", checked=False)
    with walk(call.forms, call.argument(0, call.domain), call.domain, "message", block) as text:
        left.add(f"({text} & ~((word)1 << ({_offset(call, message, text)} + {member})))")
    return left.text


def _member(call: Call, message: Message) -> str:
    """The code of what is taken out: how far its bit stands from the first of the field."""
    place = call.position(1)
    field = fields_of(message.kinds[0])[-place]
    code = call.code(2, element_of(field))
    return str(number_in(code)) if is_number(code) else code


def _offset(call: Call, message: Message, text: str) -> str:
    """The lowest bit of the field in a message, which depends on its kind."""
    coding = call.forms.coding(message)
    assert isinstance(coding, Tagged)
    assert code_type(coding.bits) == "word"
    offsets = []
    for kind in coding.kinds:
        part, offset = kind.parts[-call.position(1)]
        assert isinstance(part, Mask)
        offsets.append(offset)
    chosen = str(offsets[-1])
    for number, offset in reversed(list(enumerate(offsets[:-1]))):
        chosen = f"({kind_number(text, coding)} == {number} ? {offset} : {chosen})"
    return chosen
