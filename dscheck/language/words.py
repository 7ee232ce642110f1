"""Which words belong to the language, so that a spec cannot use them as names?

Words that the parser recognises by their place alone (`up to`, `steps`, `ordered`, the options of the network)
are not among them: a spec may call a variable `steps`.
"""

from collections.abc import Iterator
from dataclasses import is_dataclass

from dscheck.language import syntax
from dscheck.source import Span

DECLARATIONS = frozenset(
    "protocol const enum record message def process shared network faults "
    "invariant step reachable bound tight final check".split()
)
MEMBERS = frozenset("clock timer var durable ghost fair strong action on def".split())
STATEMENTS = frozenset("send start stop assert require defer pass return if for choose".split())

LATER = frozenset("schedule schedules timing assume progress eventually event".split())
"""Words of constructs that this version does not have."""

KEYWORDS = (
    DECLARATIONS
    | MEMBERS
    | STATEMENTS
    | frozenset("when from to timeout elif else in and or not implies iff forall exists count expect".split())
)
"""Each is a terminal of the grammar under its name in capitals, and never a name."""

VALUES = frozenset("true false none self others now quiet silence".split())
FUNCTIONS = frozenset(
    "len min max sum all any old up crashed running linked next previous sent delivered fired".split()
)
TYPES = frozenset("bool int stamp set map list vector".split())

RESERVED = KEYWORDS | VALUES | FUNCTIONS | TYPES
"""The words that cannot be declared as names."""

HOOKS = frozenset({"start", "recover", "crash"})
"""`on recover:` is a hook, so that a message of this name could never be received."""


def reserved_names(declaration: syntax.Declaration) -> tuple[syntax.Identifier, ...]:
    """The names which `declaration` introduces although the language has a meaning for them, in source order.

    The names of properties and checks are never mixed up with others, so that these may be any word but a keyword
    (which the grammar sees to).
    """
    found = [name for name in _declared(declaration) if name.name in RESERVED]
    if isinstance(declaration, syntax.Messages):
        found += [item.name for item in declaration.items if item.name.name in HOOKS - RESERVED]
    return tuple(sorted(found, key=lambda name: name.span))


def _declared(declaration: syntax.Declaration) -> Iterator[syntax.Identifier]:
    """Every name that `declaration` or a node in it introduces, in no particular order."""
    pending: list[object] = [declaration]
    while pending:
        node = pending.pop()
        match node:
            case (
                syntax.Constant() | syntax.EnumType() | syntax.RecordType() | syntax.Message() | syntax.Function()
                | syntax.Process() | syntax.Variable() | syntax.Timer() | syntax.Action() | syntax.Helper()
                | syntax.Parameter() | syntax.Binder()
            ):  # fmt: skip
                yield node.name
            case syntax.Handler():
                yield from node.parameters
                if node.sender:
                    yield node.sender
        match node:
            case syntax.EnumType() | syntax.InlineEnum():
                yield from node.literals
            case tuple():
                pending.extend(node)
            case Span() | syntax.Identifier() | syntax.Name() | syntax.Number():
                pass
            case _ if is_dataclass(node):
                pending.extend(vars(node).values())
