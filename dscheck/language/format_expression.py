"""How is an expression or a type written, with no more parentheses than it needs?"""

from typing import assert_never

from dscheck.language import syntax

# How tightly an expression holds together; an operand that is looser than its place allows gets parentheses.
QUANTIFIER, IFF, IMPLIES, IF_ELSE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, ATOM = range(12)

BINARY = {
    # operator: its own tightness, the least of its left and of its right operand
    "iff": (IFF, IMPLIES, IMPLIES),
    "implies": (IMPLIES, IF_ELSE, IMPLIES),
    "or": (OR, OR, AND),
    "and": (AND, AND, NOT),
    "in": (COMPARISON, SUM, SUM),
    "not in": (COMPARISON, SUM, SUM),
    "+": (SUM, SUM, PRODUCT),
    "-": (SUM, SUM, PRODUCT),
    "*": (PRODUCT, PRODUCT, SIGN),
    "/": (PRODUCT, PRODUCT, SIGN),
    "%": (PRODUCT, PRODUCT, SIGN),
}


def format_expression(expression: syntax.Expression) -> str:
    """How `expression` is written in a spec."""
    return write(expression, QUANTIFIER)


def format_type(declared: syntax.Type) -> str:
    """How `declared` is written in a spec."""
    match declared:
        case syntax.NamedType(name):
            return name
        case syntax.RangeType(low, high):
            return f"{write(low, SUM)}..{write(high, SUM)}"
        case syntax.InlineEnum(literals):
            return " | ".join(literal.name for literal in literals)
        case syntax.OptionalType(inner):
            return f"{format_type(inner)}?"
        case syntax.SetType(element):
            return f"set[{format_type(element)}]"
        case syntax.MapType(key, value):
            return f"map[{format_type(key)}, {format_type(value)}]"
        case syntax.ListType(element, capacity):
            limit = f", {format_expression(capacity)}" if capacity is not None else ""
            return f"list[{format_type(element)}{limit}]"
        case syntax.VectorType(process):
            return f"vector[{process.name}]"
        case _:
            assert_never(declared)


def format_binder(binder: syntax.Binder) -> str:
    """`q in Node`"""
    return f"{binder.name.name} in {write(binder.over, OR)}"


def format_arguments(arguments: tuple[syntax.Expression, ...]) -> str:
    """`a, b`"""
    return ", ".join(format_expression(argument) for argument in arguments)


def write(expression: syntax.Expression, least: int) -> str:
    """How `expression` is written where an operand must hold together as tightly as `least`."""
    text, own = _written(expression)
    return f"({text})" if own < least else text


def _written(expression: syntax.Expression) -> tuple[str, int]:
    """How `expression` is written by itself, and how tightly that holds together."""
    match expression:
        case syntax.Number(value):
            return str(value), ATOM
        case syntax.Decimal(text):
            return text, ATOM
        case syntax.Asked():
            return "?", ATOM
        case syntax.Text(value):
            return f'"{value}"', ATOM
        case syntax.Name(name):
            return name, ATOM
        case syntax.Attribute(base, name):
            return f"{write(base, ATOM)}.{name.name}", ATOM
        case syntax.Index(base, index):
            return f"{write(base, ATOM)}[{format_expression(index)}]", ATOM
        case syntax.Call(function, arguments):
            return f"{function.name}({format_arguments(arguments)})", ATOM
        case syntax.TupleOf(items):
            return f"({format_arguments(items)})", ATOM
        case syntax.SetOf(items):
            return f"{{{format_arguments(items)}}}", ATOM
        case syntax.ListOf(items):
            return f"[{format_arguments(items)}]", ATOM
        case syntax.MapOf(pairs):
            return f"{{{', '.join(_pair(key, value) for key, value in pairs)}}}", ATOM
        case syntax.Comprehension(kind, element, binder, condition):
            inside = f"{format_expression(element)} {_clause(binder, condition)}"
            return (f"{{{inside}}}" if kind == "set" else f"[{inside}]"), ATOM
        case syntax.MapComprehension(key, value, binder, condition):
            return f"{{{_pair(key, value)} {_clause(binder, condition)}}}", ATOM
        case syntax.Count(binder, condition):
            return f"count({format_binder(binder)}{_condition(condition)})", ATOM
        case syntax.Aggregate(kind, element, generators):
            clauses = " ".join(_clause(clause.binder, clause.condition) for clause in generators)
            return f"{kind}({format_expression(element)} {clauses})", ATOM
        case syntax.Quantifier(kind, binders, body):
            bound = ", ".join(format_binder(binder) for binder in binders)
            return f"{kind} {bound}: {format_expression(body)}", QUANTIFIER
        case syntax.EventQuantifier(kind, names, body):
            return f"{kind} {', '.join(name.name for name in names)}: {format_expression(body)}", QUANTIFIER
        case syntax.EventOrder(order, left, right):
            return f"{write(left, SUM)} {order} {write(right, SUM)}", COMPARISON
        case syntax.Binary(operator, left, right):
            own, least_left, least_right = BINARY[operator]
            return f"{write(left, least_left)} {operator} {write(right, least_right)}", own
        case syntax.Comparison(operands, operators):
            text = write(operands[0], SUM)
            for sign, operand in zip(operators, operands[1:], strict=True):
                text += f" {sign} {write(operand, SUM)}"
            return text, COMPARISON
        case syntax.Unary("not", syntax.EventOrder() as order):
            # Who knows `||` from other languages would read `not a || b` as `(not a) || b`.
            return f"not ({format_expression(order)})", NOT
        case syntax.Unary("not", operand):
            return f"not {write(operand, NOT)}", NOT
        case syntax.Unary(_, operand):
            return f"-{write(operand, SIGN)}", SIGN
        case syntax.IfElse(then, condition, otherwise):
            return f"{write(then, OR)} if {write(condition, OR)} else {write(otherwise, IF_ELSE)}", IF_ELSE
        case _:
            assert_never(expression)


def _pair(key: syntax.Expression, value: syntax.Expression) -> str:
    # A quantifier has a colon of its own: as a key it gets parentheses, although it would parse without.
    return f"{write(key, IFF)}: {format_expression(value)}"


def _clause(binder: syntax.Binder, condition: syntax.Expression | None) -> str:
    return f"for {format_binder(binder)}{_condition(condition)}"


def _condition(condition: syntax.Expression | None) -> str:
    return f" if {write(condition, OR)}" if condition is not None else ""
