"""How does an expression read as Python? One Python expression for each, with the same value and the same failures."""

from typing import Protocol, assert_never

from dscheck.domains import Bag, Domain, Id, Int, List, Map, Optional, Set, Value, Vector, includes
from dscheck.engines.python.names import Names
from dscheck.engines.simplify import Simplifier, is_fallible
from dscheck.model.expressions import (
    Apply,
    Bound,
    Collected,
    Conditional,
    Connective,
    Expression,
    Invoke,
    Let,
    Literal,
    Narrow,
    Quantified,
    Read,
)

Index = int | str  # a known index, or the text of one

_INFIX = {
    "iff": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "+": "+", "-": "-", "*": "*",
    "union": "|", "difference": "-", "concatenate": "+",
}  # fmt: skip


class Reader(Protocol):
    """Knows where the emitted code keeps the variables."""

    def read(self, variable: str, indices: tuple[Index, ...], *, old: bool) -> str:
        """Text for the entry of `variable` at `indices`, now or before the step."""


class Expressions:
    """Writes simplified expressions.

    Attributes:
        names: of everything in the emitted code.
        simplifier: knows what can fail.
    """

    def __init__(self, names: Names, simplifier: Simplifier) -> None:
        self.names = names
        self.simplifier = simplifier
        self._in_iterable = 0  # Python forbids `:=` in what a comprehension iterates over

    def text(self, expression: Expression, reader: Reader) -> str:
        """Text for `expression`, which binds at least as tight as a call or is in parentheses."""

        def text(part: Expression) -> str:
            return self.text(part, reader)

        match expression:
            case Literal(value, domain):
                return self.names.literal(value, domain) if not _negative(value) else f"({value})"
            case Bound(name):
                return name
            case Read(variable, indices, _, old):
                return reader.read(variable, tuple(self.index(index, reader) for index in indices), old=old)
            case Apply():
                return self._apply(expression, [text(argument) for argument in expression.arguments])
            case Connective("implies", left, right):
                return f"(not {text(left)} or {text(right)})"
            case Connective(kind):
                return f"({f' {kind} '.join(text(part) for part in _chain(kind, expression))})"
            case Conditional(test, then, otherwise):
                return f"({text(then)} if {text(test)} else {text(otherwise)})"
            case Quantified(kind, name, over, body):
                function = "all" if kind == "forall" else "any"
                ordered = self.simplifier.can_fail(body)
                return f"{function}({text(body)} for {name} in {self.iterable(over, reader, ordered=ordered)})"
            case Collected():
                return self._collected(expression, reader)
            case Let(name, value, body):
                if self._in_iterable:
                    return f"(lambda {name}: {text(body)})({text(value)})"
                return f"(({name} := {text(value)}), {text(body)})[1]"
            case Narrow():
                return self._narrow(expression, text(expression.value))
            case Invoke(name):
                raise ValueError(f"{name} should have been expanded")
            case _:
                assert_never(expression)

    def index(self, expression: Expression, reader: Reader) -> Index:
        """An index of a variable."""
        return int(expression.value) if isinstance(expression, Literal) else self.text(expression, reader)

    def iterable(self, over: Expression, reader: Reader, *, ordered: bool) -> str:
        """Text for what an iteration over the collection `over` visits; in order, if that is asked."""
        match over:
            case Literal(value, Set(Id(_, size))) if len(value) == size:
                return f"range({size})"
        self._in_iterable += 1
        text = self.text(over, reader)
        self._in_iterable -= 1
        match over.domain:
            case Set(element) if ordered:
                key = self.names.key(element)
                return f"sorted({text})" if key == "None" else f"sorted({text}, key={key})"
            case Map():
                return f"dict({text})"
            case Bag():
                # Most bags are empty when asked, and this is asked of every channel in every state.
                return f"{text} and distinct({text})" if text.isidentifier() else f"distinct({text})"
            case _:
                return text

    def alternatives(self, over: Expression, reader: Reader) -> str:
        """Text for the alternatives of a parameter or choice: in order, each once."""
        text = self.iterable(over, reader, ordered=True)
        match over:
            case Apply("front"):
                return text
            case _ if isinstance(over.domain, List):
                return f"dict.fromkeys({text})"
            case _:
                return text

    def _narrow(self, expression: Narrow, text: str) -> str:
        fail = self.names.fail(expression.failure, expression.value.domain)
        if text.isidentifier():
            return f"({text} if {self._fits(text, text, expression)} else {fail}({text}))"
        name = self.names.fresh("value")
        if self._in_iterable:
            return f"(lambda {name}: {name} if {self._fits(name, name, expression)} else {fail}({name}))({text})"
        return f"({name} if {self._fits(f'({name} := {text})', name, expression)} else {fail}({name}))"

    def _fits(self, first: str, name: str, expression: Narrow) -> str:
        """Text that tells whether a value is in the domain: `first` is evaluated first, then the value is `name`."""
        outer, inner = expression.domain, expression.value.domain
        if isinstance(inner, Optional) and not isinstance(outer, Optional):
            rest = self._within(name, outer, inner.inner)
            return f"{first} is not None" + (f" and {rest}" if rest else "")
        if isinstance(outer, Optional):
            within = self._within(name, outer.inner, inner.inner if isinstance(inner, Optional) else inner)
            return f"({first} is None or {within or True})"
        return self._within(first, outer, inner) or "True"

    def _within(self, text: str, outer: Domain, inner: Domain) -> str:
        match outer, inner:
            case _ if includes(outer, inner):
                return ""
            case Int(low, high), Int():
                return f"{low} <= {text} <= {high}"
            case Int(low, high), Id():
                return f"{low} <= {text} <= {high}"
            case Id(_, size), Int():
                return f"0 <= {text} < {size}"
            case List(element, int(capacity)), List(other) if includes(element, other):
                return f"len({text}) <= {capacity}"
            case _:
                return f"contains({self.names.domain(outer)}, {text})"

    def _collected(self, expression: Collected, reader: Reader) -> str:
        condition, element = expression.condition, expression.element
        parts = [part for part in (condition, element) if part is not None]
        ordered = expression.kind in {"list", "map"} or any(map(self.simplifier.can_fail, parts))
        over = self.iterable(expression.over, reader, ordered=ordered)
        tail = f"for {expression.name} in {over}"
        if condition is not None:
            tail += f" if {self.text(condition, reader)}"
        body = "1" if element is None or expression.kind == "count" else self.text(element, reader)
        match expression.kind:
            case "set":
                return f"frozenset([{body} {tail}])"
            case "list":
                return f"tuple([{body} {tail}])"
            case "map":
                assert isinstance(expression.domain, Map)
                return f"make_map([{body} {tail}], {self.names.key(expression.domain.key)})"
            case "count" | "sum":
                return f"sum([{body} {tail}])"
            case "min" | "max":
                vectors = expression.kind == "max" and isinstance(expression.domain, Vector)
                function = "least" if expression.kind == "min" else "greatest_vector" if vectors else "greatest"
                return f"{function}([{body} {tail}], {self.names.fail(expression.failure, None)})"
            case _:
                assert_never(expression.kind)

    def _apply(self, expression: Apply, arguments: list[str]) -> str:
        domains = [argument.domain for argument in expression.arguments]
        first = arguments[0] if arguments else ""
        listed = ", ".join(arguments)

        def fail(argument: int) -> str:
            return self.names.fail(expression.failure, domains[argument])

        match expression.operator:
            case "<" | "<=" | ">" | ">=" as operator if isinstance(domains[0], Vector):
                left, right = arguments if operator in {"<", "<="} else reversed(arguments)
                return f"vector_less{'_or_equal' if operator.endswith('=') else ''}({left}, {right})"
            case operator if operator in _INFIX:
                return f"({first} {_INFIX[operator]} {arguments[1]})"
            case "not":
                return f"(not {first})"
            case "negate":
                return f"(-{first})"
            case "/" | "%" as operator if not is_fallible(expression):
                return f"({first} {'//' if operator == '/' else '%'} {arguments[1]})"
            case "/":
                return f"quotient({listed}, {fail(1)})"
            case "%":
                return f"remainder({listed}, {fail(1)})"
            case "max" if isinstance(domains[0], Vector):
                return f"join_vectors({listed})"
            case "min" | "max" as operator:
                if len(arguments) == 2 and all(map(str.isidentifier, arguments)):
                    return (
                        f"({first} if {first} {'<=' if operator == 'min' else '>='} {arguments[1]} else {arguments[1]})"
                    )
                return f"{operator}({listed})"
            case "in":
                return f"({first} in {f'dict({arguments[1]})' if isinstance(domains[1], Map) else arguments[1]})"
            case "set":
                return f"frozenset(({listed},))" if arguments else "frozenset()"
            case "list" | "tuple" | "message":
                return f"({listed},)" if arguments else "()"
            case "map":
                pairs = zip(arguments[::2], arguments[1::2], strict=True)
                return (
                    f"make_map([{', '.join(f'({key}, {image})' for key, image in pairs)}], {self._map_key(expression)})"
                )
            case "put":
                return f"make_map([*{first}, ({arguments[1]}, {arguments[2]})], {self._map_key(expression)})"
            case "length":
                return f"len({first})"
            case "item":
                return f"item({listed}, {fail(1)})"
            case "lookup":
                return f"lookup({listed}, {fail(1)})"
            case "replace":
                return f"replaced({listed}, {fail(1)})"
            case "remove_keys" | "without" | "insert" | "tick_vector" as operator:
                return f"{operator}({listed})"
            case "field":
                return f"{first}[{arguments[1]}]"
            case "kind":
                return f"{first}[0]"
            case "payload":
                return f"{first}[{_successor(arguments[1])}]"
            case "front":
                return f"{first}[:1]"
            case "rest":
                return f"{first}[1:]"
            case "add":
                assert isinstance(expression.domain, Bag)
                return f"add_to_bag({listed}, {self.names.key(expression.domain.element)})"
            case "take":
                return f"take_from_bag({listed})"
            case "forget":
                if isinstance(expression.domain, Bag):
                    return f"forget_in_bag({listed}, {self.names.key(expression.domain.element)})"
                return f"forget_in_list({listed})"
            case "tick":
                return f"({first} + 1)"
            case "positions":
                return f"tuple(range(len({first})))"
            case operator:
                raise ValueError(f"no Python is known for the operator {operator}")

    def _map_key(self, expression: Apply) -> str:
        assert isinstance(expression.domain, Map)
        return self.names.key(expression.domain.key)


def _negative(value: Value) -> bool:
    return isinstance(value, int) and value < 0


def _successor(position: str) -> str:
    return str(int(position) + 1) if position.isdigit() else f"1 + {position}"


def _chain(kind: str, expression: Expression) -> list[Expression]:
    """The operands of nested `and`s or `or`s: both are associative, also in what they skip."""
    match expression:
        case Connective(inner, left, right) if inner == kind:
            return [*_chain(kind, left), *_chain(kind, right)]
        case _:
            return [expression]
