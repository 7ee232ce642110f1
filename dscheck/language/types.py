"""What kinds of value are there, before any constant is known? The static types of the language.

    type = Bool | Int | Enumeration | Id | Optional | Set | Map | List | Record | Tuple | Stamp | Vector
         | Nothing | Empty | Unknown

Integer ranges are not part of a static type: `0..N` depends on a constant, so the model gives it its
bounds later and checks every store. Enumerations are structural: a type is its set of literals, so the same
word may be used in two of them.
"""

from dscheck.record import record


@record
class Bool:
    """true or false"""


@record
class Int:
    """an integer"""


@record
class Enumeration:
    """one of some literals, in the order of their declaration"""

    literals: tuple[str, ...]


@record
class Id:
    """one process of a process set (or the only one of a singleton)"""

    process: str


@record
class Optional:
    """a value or `none`"""

    inner: "Type"


@record
class Set:
    """a finite set"""

    element: "Type"


@record
class Map:
    """a partial map"""

    key: "Type"
    value: "Type"


@record
class List:
    """a bounded list"""

    element: "Type"


@record
class Record:
    """a declared record"""

    name: str


@record
class Tuple:
    """`(a, b)`, for comparison only"""

    items: tuple["Type", ...]


@record
class Stamp:
    """a value of a Lamport clock: compared, never computed with"""


@record
class Vector:
    """a value of a vector clock over a process set"""

    process: str


@record
class Nothing:
    """the type of `none`; fits every optional"""


@record
class Empty:
    """the type of `{}` and `[]` before something is expected: fits every set, map or list"""


@record
class Unknown:
    """the type of an expression that was already reported; fits everything, so one mistake gives one error"""


Type = (
    Bool | Int | Enumeration | Id | Optional | Set | Map | List | Record | Tuple | Stamp | Vector | Nothing | Empty
    | Unknown
)  # fmt: skip


def describe(a_type: Type) -> str:
    """The type in the words of the language, for messages."""
    match a_type:
        case Bool():
            return "bool"
        case Int():
            return "int"
        case Enumeration(literals):
            return " | ".join(literals)
        case Id(process):
            return process
        case Optional(inner):
            return f"{describe(inner)}?"
        case Set(element):
            return f"set[{describe(element)}]"
        case Map(key, value):
            return f"map[{describe(key)}, {describe(value)}]"
        case List(element):
            return f"list[{describe(element)}]"
        case Record(name):
            return name
        case Tuple(items):
            return f"({', '.join(describe(item) for item in items)})"
        case Stamp():
            return "stamp"
        case Vector(process):
            return f"vector[{process}]"
        case Nothing():
            return "none"
        case Empty():
            return "an empty collection"
        case Unknown():
            return "unknown"
