"""What does an operator get to work with? An application, the texts of its arguments and the place for lines."""

from dscheck.domains import Domain, Message, Optional, contains
from dscheck.engines.native.block import Block
from dscheck.engines.native.values_compare import Part
from dscheck.engines.native.values_convert import convert
from dscheck.engines.native.values_form import Forms
from dscheck.model.expressions import Apply, Literal
from dscheck.record import record


@record
class Call:
    """An operator, applied.

    Attributes:
        forms: of the values.
        application: which operator, on what.
        texts: the arguments, each in the working form of its own domain.
        block: where lines go.
    """

    forms: Forms
    application: Apply
    texts: list[str]
    block: Block

    @property
    def domain(self) -> Domain:
        """Of the result."""
        return self.application.domain

    @property
    def domains(self) -> list[Domain]:
        """Of the arguments."""
        return [argument.domain for argument in self.application.arguments]

    @property
    def parts(self) -> list[Part]:
        """The arguments: texts and domains."""
        return list(zip(self.texts, self.domains, strict=True))

    def position(self, argument: int) -> int:
        """The number that a literal argument is."""
        literal = self.application.arguments[argument]
        assert isinstance(literal, Literal)
        return int(literal.value)

    def once(self, argument: int, name: str) -> str:
        """An argument as a text that may stand any number of times."""
        return self.block.once(self.forms.ctype(self.domains[argument]), name, self.texts[argument])

    def literal(self, argument: int) -> Literal | None:
        """An argument that is a literal; a message never is taken for one."""
        found = self.application.arguments[argument]
        return found if isinstance(found, Literal) and not isinstance(found.domain, Message) else None

    def literal_in(self, literal: Literal, domain: Domain) -> str | None:
        """A literal in the working form of `domain`, None when it is none of its values."""
        if literal.value is None and not isinstance(domain, Optional):
            return None
        return self.forms.literal(literal.value, domain) if contains(domain, literal.value) else None

    def argument(self, argument: int, target: Domain) -> str:
        """An argument in the working form of a domain that it belongs to."""
        literal = self.literal(argument)
        known = self.literal_in(literal, target) if literal else None
        if known is not None:
            return known
        return convert(self.forms, self.texts[argument], self.domains[argument], target, self.block)

    def code(self, argument: int, target: Domain) -> str:
        """An argument's code in a domain that it belongs to."""
        return self.forms.to_code(self.argument(argument, target), target)

    def result(self, text: str, domain: Domain) -> str:
        """What is known in `domain` as the result."""
        return convert(self.forms, text, domain, self.domain, self.block)
