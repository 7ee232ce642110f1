"""What can be said of effects before they are written? Whether there are several ways through them, or none."""

from collections.abc import Iterator

from dscheck.model.expressions import Conditional, Expression, Literal
from dscheck.model.system import Choose, Effect, Effects, ForEach, If, LetIn, Require
from dscheck.semantics.evaluate import elements_of


def splits(effects: Effects) -> bool:
    """Can there be several ways through the effects, or none?"""
    return any(isinstance(effect, Choose | Require) for effect in _all(effects))


def requires(effects: Effects) -> bool:
    """Can it turn out on the way that there is no step?"""
    return any(isinstance(effect, Require) for effect in _all(effects))


def _all(effects: Effects) -> Iterator[Effect]:
    for effect in effects:
        yield effect
        match effect:
            case If(_, then, otherwise):
                yield from _all(then)
                yield from _all(otherwise)
            case ForEach(_, _, body) | Choose(_, _, body) | LetIn(_, _, body):
                yield from _all(body)


def choice_if(effect: If, test: Expression) -> Choose | None:
    """An `if` that only makes a choice, as a choice that is made in any case, of one element when the test is false.

    So what follows need not be written for both branches; after several such `if`s that would be a great many times.
    """
    match effect:
        case If(_, (Choose(name, Literal(value) as over, body, failure),), (), None) if value:
            one = Literal(type(value)([next(iter(elements_of(value, over.domain)))]), over.domain)
            return Choose(name, Conditional(test, over, one, over.domain), (If(test, body, ()),), failure)
        case _:
            return None


def has_elements(over: Expression) -> bool:
    """Is the collection surely not empty?"""
    match over:
        case Conditional(_, then, otherwise):
            return has_elements(then) and has_elements(otherwise)
        case _:
            return isinstance(over, Literal) and bool(over.value)
