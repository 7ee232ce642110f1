"""How is a value with named fields declared, so that two hundred kinds of them cost a run almost nothing?

`@record` gives a class what `@dataclass(frozen=True, slots=True)` gives it. The standard decorator writes six methods
for each class as text and compiles them: a millisecond for each class, a quarter of a second for the package, in every
run of the command. Here all records share their methods but one. That one is `__init__`, which a large spec runs a
million times; it is compiled as well, but only when the first object of its class is made, and most classes have none
in most runs.
"""

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, NoReturn, TypeVar, dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(declared: type[_Class]) -> type[_Class]:
    """Make an immutable value class of `declared`, whose annotations are its fields.

    It works with `field`, `KW_ONLY`, `__post_init__`, `fields`, `replace` and `is_dataclass` of `dataclasses`, and with
    `match`. A class that has a `cached_property`, for which slots leave no place, is a dataclass.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(declared)  # finds the fields, writes no method
    compared = _getter([each.name for each in fields(made) if each.compare])

    def equal(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def hashed(self: object) -> int:
        return hash(compared(self))

    made.__init__ = _initialise_first
    made.__eq__ = equal
    made.__hash__ = hashed
    if "__repr__" not in vars(declared):
        made.__repr__ = _repr
    made.__reduce__ = _reduce
    made.__setattr__ = _refuse_to_assign
    made.__delattr__ = _refuse_to_delete
    return made  # type: ignore[no-any-return]


def _getter(names: list[str]) -> Callable[[object], object]:
    """What two records of a class must have equal: the values of the fields `names`."""
    return attrgetter(*names) if names else lambda _: ()


def _initialise_first(self: object, *arguments: object, **named: object) -> None:
    """The `__init__` of a class until its first object is made: puts the compiled one in its own place."""
    made: Any = type(self)
    made.__init__ = _initialiser(made)
    made.__init__(self, *arguments, **named)


def _initialiser(made: Any) -> Callable[..., None]:
    """The `__init__` of a class, compiled: `def __init__(self, name, span=default_span): set_name(self, name) …`."""
    namespace: dict[str, Any] = {"MISSING": MISSING}
    parameters, lines = ["self"], []
    for each in sorted(fields(made), key=attrgetter("kw_only")):  # those that are given by name only come last
        if each.kw_only and "*" not in parameters:
            parameters.append("*")
        name = value = each.name
        namespace[f"set_{name}"] = getattr(made, name).__set__  # by the slot, since `self.name = …` is refused
        if each.default_factory is not MISSING:
            namespace[f"default_{name}"] = each.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"default_{name}() if {name} is MISSING else {name}"
        elif each.default is not MISSING:
            namespace[f"default_{name}"] = each.default
            parameters.append(f"{name}=default_{name}")
        else:
            parameters.append(name)
        lines.append(f" set_{name}(self, {value})\n")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()\n")
    text = f"def __init__({', '.join(parameters)}):\n{''.join(lines) or ' pass'}"
    exec(text, namespace)  # noqa: S102  (our own text)
    initialise: Callable[..., None] = namespace["__init__"]
    initialise.__qualname__ = f"{made.__qualname__}.__init__"  # for the message when an argument is missing
    return initialise


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _reduce(self: Any) -> tuple[Any, ...]:
    """For `copy` and `pickle`, which would assign to the fields of an empty object."""
    return _made_again, (self.__class__, {each.name: getattr(self, each.name) for each in fields(self)})


def _made_again(made: Callable[..., object], values: dict[str, object]) -> object:
    return made(**values)


def _refuse_to_assign(_: object, name: str, __: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field '{name}'")


def _refuse_to_delete(_: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field '{name}'")
