"""How does C compute with values? What the emitter of expressions and effects asks for, in one place.

A text is a C expression without side effects, in the working form of its domain (`values_form`), that needs no
parentheses from its user and is cheap enough to stand once; `Block.once` keeps one that has to stand more often.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal as OneOf

from dscheck.domains import Bag, Domain, Map, Value
from dscheck.engines.native.block import Block
from dscheck.engines.native.coding import Codings
from dscheck.engines.native.values_belong import belongs
from dscheck.engines.native.values_call import Call
from dscheck.engines.native.values_collections import Gathering, element_of, in_order, walk
from dscheck.engines.native.values_compare import Part, compare_fields, fields
from dscheck.engines.native.values_convert import convert
from dscheck.engines.native.values_form import Forms
from dscheck.engines.native.values_operators import apply_operator
from dscheck.engines.native.values_order import InOrder
from dscheck.model.expressions import Apply


class Collector:
    """A set, list or map that is being collected.

    Attributes:
        text: the collection in the working form of its domain, once everything is added.
    """

    def __init__(self, forms: Forms, kind: str, domain: Domain, block: Block) -> None:
        self._forms = forms
        self._domain = domain
        self._block = block
        self._gathering = Gathering(forms, domain, block, f"collected {kind}")
        self.text = self._gathering.text

    def add(self, text: str, domain: Domain) -> None:
        """Add an element; of a map a pair (key, image), where a later key wins."""
        if isinstance(self._domain, Map):
            key, image = fields(self._forms, (text, domain), self._block)
            self.add_pair(key, image)
        else:
            self._gathering.add(self._code((text, domain), element_of(self._domain)))

    def add_pair(self, key: Part, image: Part) -> None:
        """Bind a key in a map; both are texts with their domains."""
        assert isinstance(self._domain, Map)
        self._gathering.put(self._code(key, self._domain.key), self._code(image, self._domain.value))

    def _code(self, part: Part, target: Domain) -> str:
        text, domain = part
        return self._forms.to_code(convert(self._forms, text, domain, target, self._block), target)


class Values:
    """The values of one system as C computes with them, for some widths.

    Attributes:
        codings: of the domains.

    Every method raises `NotPackable` for a domain that has no coding, and `TooNarrow` for a known value that a chosen
    width is too small for.
    """

    def __init__(self, codings: Codings) -> None:
        self.codings = codings
        self._forms = Forms(codings)

    def ctype(self, domain: Domain) -> str:
        """The C type of the working form: `number`, `word` or `wide`."""
        return self._forms.ctype(domain)

    def literal(self, value: Value, domain: Domain) -> str:
        """The working form of a known value."""
        return self._forms.literal(value, domain)

    def from_code(self, code: str, domain: Domain) -> str:
        """The working form of the value that is stored as `code`."""
        return self._forms.from_code(code, domain)

    def to_code(self, text: str, domain: Domain) -> str:
        """The code to store for a value."""
        return self._forms.to_code(text, domain)

    def convert(self, text: str, source: Domain, target: Domain, block: Block) -> str:
        """The working form in `target` of a value known in `source`, which belongs to `target`."""
        return convert(self._forms, text, source, target, block)

    def belongs(self, text: str, source: Domain, target: Domain, block: Block) -> str:
        """A condition: does a value known in `source` belong to `target`? `1` when it always does."""
        return belongs(self._forms, text, source, target, block)

    def apply(self, application: Apply, texts: list[str], block: Block) -> str:
        """The working form of an application; `texts` are its arguments, each in the form of its own domain."""
        return apply_operator(Call(self._forms, application, texts, block))

    def compare_tuples(self, operator: str, left: list[Part], right: list[Part], block: Block) -> str:
        """A condition: the tuple of the texts `left` compared with that of `right`, without making either."""
        return compare_fields(self._forms, operator, left, right, block)

    @contextmanager
    def loop(
        self, over: str, domain: Domain, name: str, block: Block, *, distinct: bool = False, ordered: bool = False
    ) -> Iterator[str]:
        """A C loop over the elements of a collection as it is before the loop; yields an element's text.

        Args:
            over: the collection.
            domain: of it.
            name: what the element's name should read like.
            block: where the loop stands; `continue` and `break` written inside are of this loop.
            distinct: equal elements of a list are visited once (those of a bag always are).
            ordered: the order of `elements_of` shows. Without it the order is that of the codes.
        """
        once = distinct or isinstance(domain, Bag)
        with walk(self._forms, over, domain, name, block, distinct=once, ordered=ordered) as element:
            yield element

    def in_order(self, over: str, domain: Domain, name: str, block: Block) -> InOrder:
        """The elements of a set, map or bag, each once, in the order of `elements_of`, and zeros after the last."""
        return in_order(self._forms, over, domain, name, block, distinct=True, zeroed=True)

    def collector(self, kind: OneOf["set", "list", "map"], domain: Domain, block: Block) -> Collector:
        """A variable in which a collection of `domain` is gathered; declared where it is asked for."""
        return Collector(self._forms, kind, domain, block)
