"""Every spec there is, by chance: trees that parse, whether or not they make sense."""

from hypothesis import strategies as st

from dscheck.language import syntax
from dscheck.language.layout import comments
from dscheck.language.words import RESERVED
from dscheck.source import SourceFile

names = st.sampled_from(["p", "q", "mode", "Node", "idle", "x1", "_y", "steps", "up_to", "holds", "order"])
assert not RESERVED & {"steps", "holds", "order"}
identifiers = st.builds(syntax.Identifier, names)
words = st.builds(syntax.Name, names | st.sampled_from(["true", "none", "self", "others", "now", "quiet"]))
numbers = st.builds(syntax.Number, st.integers(0, 10**17))
texts = st.text(st.characters(exclude_characters='"\n\r', codec="utf-8"), max_size=6)


def tuples(items: st.SearchStrategy, least: int = 0, most: int = 3) -> st.SearchStrategy:
    return st.lists(items, min_size=least, max_size=most).map(tuple)


def larger(inner: st.SearchStrategy) -> st.SearchStrategy:
    """One more node around some expressions."""
    maybe = st.none() | inner
    binder = st.builds(syntax.Binder, identifiers, inner)
    functions = st.builds(syntax.Identifier, names | st.sampled_from(["len", "min", "max", "all", "old", "sent"]))
    comparison = st.integers(2, 4).flatmap(
        lambda size: st.builds(
            syntax.Comparison,
            tuples(inner, size, size),
            tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), size - 1, size - 1),
        )
    )
    operator = st.sampled_from(["and", "or", "implies", "iff", "+", "-", "*", "/", "%", "in", "not in"])
    generator = st.builds(syntax.Generator, binder, maybe)
    return st.one_of(
        st.builds(syntax.Attribute, inner, identifiers),
        st.builds(syntax.Index, inner, inner),
        st.builds(syntax.Call, functions, tuples(inner)),
        st.builds(syntax.TupleOf, tuples(inner, 2)),
        st.builds(syntax.SetOf, tuples(inner)),
        st.builds(syntax.ListOf, tuples(inner)),
        st.builds(syntax.MapOf, tuples(st.tuples(inner, inner), 1)),
        st.builds(syntax.Comprehension, st.sampled_from(["set", "list"]), inner, binder, maybe),
        st.builds(syntax.MapComprehension, inner, inner, binder, maybe),
        st.builds(syntax.Quantifier, st.sampled_from(["forall", "exists"]), tuples(binder, 1, 2), inner),
        st.builds(syntax.Count, binder, maybe),
        st.builds(
            syntax.Aggregate, st.sampled_from(["sum", "min", "max", "all", "any"]), inner, tuples(generator, 1, 2)
        ),
        st.builds(syntax.Binary, operator, inner, inner),
        comparison,
        st.builds(syntax.Unary, st.sampled_from(["not", "-"]), inner),
        st.builds(syntax.IfElse, inner, inner, inner),
    )


expressions = st.recursive(words | numbers | st.builds(syntax.Text, texts), larger, max_leaves=6)
small = st.recursive(words | numbers, larger, max_leaves=2)
maybe_small = st.none() | small
binders = st.builds(syntax.Binder, identifiers, small)
plain_types = st.builds(syntax.NamedType, names | st.sampled_from(["bool", "int", "stamp"])) | st.builds(
    syntax.RangeType, small, small
)
types = st.recursive(
    plain_types | st.builds(syntax.InlineEnum, tuples(identifiers, 2)),
    lambda inner: st.one_of(
        st.builds(syntax.SetType, inner),
        st.builds(syntax.MapType, inner, inner),
        st.builds(syntax.ListType, inner, maybe_small),
        st.builds(syntax.VectorType, identifiers),
        st.builds(syntax.OptionalType, plain_types | st.builds(syntax.SetType, inner)),
    ),
    max_leaves=3,
)
fields = st.builds(syntax.Parameter, identifiers, types)
parameters = st.builds(syntax.Parameter, identifiers, st.none() | types)
targets = st.recursive(
    st.builds(syntax.Name, names),
    lambda inner: st.builds(syntax.Index, inner, small) | st.builds(syntax.Attribute, inner, identifiers),
    max_leaves=2,
)
assigns = st.builds(syntax.Assign, targets, st.sampled_from(["=", "+=", "-="]), small)
simple_statements = st.one_of(
    st.builds(syntax.Assignments, tuples(assigns, 1)),
    st.builds(syntax.Send, identifiers, tuples(small), small),
    st.builds(syntax.StartTimer, identifiers),
    st.builds(syntax.StopTimer, identifiers),
    st.builds(syntax.Assert, small, st.none() | texts),
    st.builds(syntax.Require, small),
    st.builds(syntax.Defer),
    st.builds(syntax.CallHelper, identifiers, tuples(small)),
    st.builds(syntax.Pass),
    st.builds(syntax.Return),
)


def blocks_of(statements: st.SearchStrategy) -> st.SearchStrategy:
    return tuples(statements, 1)


statements = st.recursive(
    simple_statements,
    lambda inner: st.one_of(
        st.builds(syntax.If, tuples(st.tuples(small, blocks_of(inner)), 1), st.none() | blocks_of(inner)),
        st.builds(syntax.For, binders, blocks_of(inner)),
        st.builds(syntax.Choose, binders, blocks_of(inner)),
    ),
    max_leaves=5,
)
blocks = blocks_of(statements)
fairness = st.sampled_from(["", "fair", "strong fair"])
variables = st.builds(
    syntax.Variable, st.sampled_from(["", "durable", "ghost"]), identifiers, types, small, st.booleans()
)
handlers = st.one_of(
    st.builds(
        syntax.Handler, fairness, identifiers, tuples(identifiers), identifiers, st.none() | identifiers, maybe_small,
        blocks,
    ),
    st.builds(
        syntax.Handler, fairness, identifiers, tuples(identifiers), st.none(), st.none(), maybe_small, blocks
    ),
)  # fmt: skip
members = st.one_of(
    st.builds(syntax.Clock, st.sampled_from(["lamport", "vector"])),
    st.builds(syntax.Timer, identifiers, st.none() | st.just(syntax.Identifier("silence")) | identifiers),
    variables,
    st.builds(syntax.Action, fairness, identifiers, tuples(binders), maybe_small, blocks),
    handlers,
    st.builds(syntax.Hook, st.sampled_from(["start", "recover", "crash"]), blocks),
    st.builds(syntax.Timeout, identifiers, maybe_small, blocks),
    st.builds(syntax.Helper, identifiers, tuples(parameters), blocks),
)
option_names = st.sampled_from(["order", "loss", "cut", "heal", "torn", "crash"]).map(syntax.Identifier)
options = st.one_of(
    st.builds(syntax.Option, option_names, st.none() | identifiers, st.none(), st.none() | identifiers),
    st.builds(syntax.Option, option_names, st.none(), small, st.none() | identifiers),
    st.builds(syntax.Option, st.just(syntax.Identifier("capacity")), st.none(), small, st.none()),
)
settings_of_checks = st.builds(
    syntax.Setting,
    tuples(st.builds(syntax.Identifier, st.sampled_from(["network", "faults"])), 1, 1).flatmap(
        lambda head: tuples(identifiers, 0, 2).map(lambda rest: head + rest)
    )
    | tuples(identifiers, 1),
    small | st.builds(syntax.RangeType, small, small),
)
steps = st.none() | st.integers(0, 50)
expectations = st.one_of(
    st.builds(syntax.ExpectHolds, steps),
    st.builds(syntax.ExpectViolates, identifiers, st.booleans(), steps),
    st.builds(syntax.ExpectDeadlock, steps),
)
declarations = st.one_of(
    st.builds(syntax.Constant, identifiers, small, st.none() | st.builds(syntax.RangeType, small, small)),
    st.builds(syntax.EnumType, identifiers, tuples(identifiers, 1)),
    st.builds(syntax.RecordType, identifiers, tuples(fields, 1)),
    st.builds(syntax.Messages, tuples(st.builds(syntax.Message, identifiers, tuples(fields)), 1)),
    st.builds(syntax.Function, identifiers, tuples(parameters), expressions),
    st.builds(
        syntax.Process, identifiers, maybe_small, tuples(st.sampled_from(["ordered", "ring"])), tuples(members, 1)
    ),
    st.builds(syntax.SharedVariable, variables.filter(lambda one: one.kind == "")),
    st.builds(syntax.Network, tuples(options, 1)),
    st.builds(syntax.Faults, tuples(options, 1)),
    st.builds(syntax.Invariant, identifiers, expressions),
    st.builds(syntax.StepProperty, identifiers, expressions),
    st.builds(syntax.Reachable, identifiers, expressions),
    st.builds(syntax.Bound, identifiers, expressions),
    st.builds(syntax.Tight, identifiers),
    st.builds(syntax.Final, expressions),
    st.builds(syntax.Check, identifiers, tuples(settings_of_checks), expectations),
)
protocols = st.builds(syntax.Protocol, identifiers, st.none() | texts)
specs = st.builds(lambda first, rest: syntax.Spec((first, *rest)), protocols, tuples(declarations, 0, 4))


def remarks(source: SourceFile) -> list[str]:
    """The comments of a spec, in order."""
    return [source.slice(one).rstrip() for one in comments(source.text)]
