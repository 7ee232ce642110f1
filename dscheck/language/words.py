"""Which words belong to the language, so that a spec cannot use them as names?

Words that the parser recognises by their place alone (`up to`, `steps`, `ordered`, the options of the network)
are not among them: a spec may call a variable `steps`.
"""

from collections.abc import Iterator

from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS
from dscheck.language.traversal import walk

DECLARATIONS = frozenset(
    {
        "protocol",
        "const",
        "enum",
        "record",
        "message",
        "def",
        "process",
        "shared",
        "network",
        "faults",
        "invariant",
        "step",
        "reachable",
        "bound",
        "progress",
        "eventually",
        "always",
        "tight",
        "final",
        "assume",
        "check",
        "schedule",
        "schedules",
        "timing",
    }
)
MEMBERS = frozenset({"clock", "timer", "var", "durable", "ghost", "fair", "strong", "action", "on", "def"})
STATEMENTS = frozenset(
    {"send", "start", "stop", "event", "assert", "require", "defer", "pass", "return", "if", "for", "choose"}
)

KEYWORDS = (
    DECLARATIONS
    | MEMBERS
    | STATEMENTS
    | frozenset(
        {
            "when",
            "from",
            "to",
            "timeout",
            "elif",
            "else",
            "in",
            "and",
            "or",
            "not",
            "implies",
            "iff",
            "forall",
            "exists",
            "count",
            "expect",
        }
    )
)
"""Each is a terminal of the grammar under its name in capitals, and never a name."""

BLOCKS = frozenset({"schedule", "schedules", "timing"})
STATEMENT_WORDS = (STATEMENTS | MEMBERS | {"timeout", "process", "message", "check"}) - {"if", "for", "clock", "def"}
"""The keywords that are names within `BLOCKS`, which have no statements: an event may be called `start` or `stop`."""

BY_PLACE = {
    "process": frozenset({"ordered", "ring"}),
    "clock": frozenset({"lamport", "vector"}),
    "timer": frozenset({"anytime", "after"}),
    "on": frozenset({"recover", "crash", "in"}),
    "assume": frozenset({"waits", "until", "because"}),
    "expect": frozenset({"holds", "within", "steps", "violates", "tight", "deadlock", "in"}),
    "network": frozenset({"up", "to", "of"}),
    "faults": frozenset({"up", "to", "of"}),
    "schedule": frozenset(
        {"clock", "lamport", "as", "sends", "to", "receives", "show", "given", "find", "solve", "messages"}
    ),
    "schedules": frozenset({"clock", "lamport", "as", "find"}),
    "timing": frozenset(
        {"param", "clock", "perfect", "drift", "offset", "at", "on", "after", "by", "given", "let", "query", "max",
         "min", "possible", "always", "for"}
    ),
}  # fmt: skip
"""The words that mean something because of where they stand, by the word that begins the line or block there."""

OPERATORS = frozenset({"and", "or", "not", "implies", "iff", "in"})
VALUES = frozenset({"true", "false", "none", "self", "others", "now", "quiet", "silence"})
FUNCTIONS = frozenset(BUILTINS) | {"sum", "all", "any"}
TYPES = frozenset({"bool", "int", "stamp", "set", "map", "list", "vector"})

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
    """Every name that `declaration` or a node in it introduces."""
    for node in walk(declaration):
        match node:
            case (
                syntax.Constant() | syntax.RecordType() | syntax.Message() | syntax.Function() | syntax.Process()
                | syntax.Variable() | syntax.Timer() | syntax.Action() | syntax.Helper() | syntax.Parameter()
                | syntax.Binder()
            ):  # fmt: skip
                yield node.name
            case syntax.EmitEvent():
                yield node.label
            case syntax.EnumType():
                yield node.name
                yield from node.literals
            case syntax.InlineEnum():
                yield from node.literals
            case syntax.Handler():
                yield from node.parameters
                if node.sender:
                    yield node.sender
            case _:
                pass
