"""What does an editor show about the word under the mouse? Its declaration, type, and number of values."""

from collections.abc import Iterator

from dscheck import domains
from dscheck.editing.document import Readable
from dscheck.editing.domain_sizes import domain_size, size_as_text
from dscheck.editing.names import Named
from dscheck.language import syntax
from dscheck.language.builtins import BUILTINS
from dscheck.language.traversal import walk
from dscheck.language.types import describe

MOST_LINES = 12


def hover_text(readable: Readable, named: Named) -> str:
    """What to say about a name, in Markdown.

    Args:
        readable: the text.
        named: a name in it, as `name_at` gives it.
    """
    lines = [line for line in _about(readable, named) if line]
    shown = _code(_declaration(readable, named))
    return "\n\n".join([*([shown] if shown else []), *lines])


def _code(text: str) -> str:
    return f"```dsc\n{text}\n```" if text else ""


def _declaration(readable: Readable, named: Named) -> str:
    if named.kind == "built-in":
        return BUILTINS[named.word].signature
    if named.kind == "local" or named.whole is None:
        return _with_type(named.word, _types(readable, named))
    source = readable.source
    text = source.slice(named.whole)
    if named.kind == "process":  # its members are in the outline
        text = text.partition("\n")[0].partition("#")[0].rstrip()
    indent = source.position(named.whole.start)[1] - 1
    lines = [line[indent:] if line[:indent].isspace() else line for line in text.splitlines()]
    return "\n".join([*lines[:MOST_LINES], *(["…"] if len(lines) > MOST_LINES else [])])


def _with_type(word: str, types: list[str]) -> str:
    return f"{word}: {' or '.join(types)}" if types else word


def _types(readable: Readable, named: Named) -> list[str]:
    """The types of a local name; a function may be called with several."""
    found: dict[str, None] = {}
    for node in walk(named.scope):
        if isinstance(node, syntax.Name) and node.name == named.word:
            for tables in readable.tables:
                if id(node) in tables.type_of:
                    found[describe(tables.type_of[id(node)])] = None
    return list(found)


def _about(readable: Readable, named: Named) -> Iterator[str]:
    match named.kind:
        case "variable":
            owner = f"variable of `{named.process}`" if named.process else "shared variable"
            domain = readable.domain(named.process, named.word)
            size = "" if domain is None else f", {size_as_text(domain_size(domain))}{_if_bounded(readable, domain)}"
            yield f"{owner}{size}"
        case "constant":
            value = "" if readable.system is None else readable.system.settings.get(named.word, "")
            yield f"constant; {value}{_in_check(readable)}" if value else "constant"
        case "process":
            count = None if readable.system is None else readable.system.processes.get(named.word)
            if count is not None:
                yield f"{count} process{'' if count == 1 else 'es'}{_in_check(readable)}"
        case "message":
            yield from _message(readable, named.word)
        case "field":
            yield f"field of `{named.process}`"
        case "literal" | "event":
            yield "a literal" if named.kind == "literal" else "labels a step, for `->` and `||` in properties"
        case "timer" | "action" | "function":
            yield f"{named.kind} of `{named.process}`" if named.process else named.kind
        case "built-in":
            yield BUILTINS[named.word].sentence


def _message(readable: Readable, word: str) -> Iterator[str]:
    if readable.checked is None:
        return
    pairs = sorted(readable.checked.senders.get(word, ()))
    yield f"sent {', '.join(f'{sender} → {receiver}' for sender, receiver in pairs)}" if pairs else "never sent"
    for variable in () if readable.system is None else readable.system.variables:
        match variable.domain:
            case domains.List(domains.Message() as message, _) | domains.Bag(domains.Message() as message):
                kinds = [each for each in message.kinds if each.name == word]
                if kinds and kinds[0].fields:
                    size = domain_size(kinds[0])
                    yield f"{size_as_text(size)}{_in_check(readable) if size is not None else ''}"
                if kinds:
                    return


def _if_bounded(readable: Readable, domain: domains.Domain) -> str:
    return _in_check(readable) if domain_size(domain) is not None else ""


def _in_check(readable: Readable) -> str:
    """Constants differ from check to check: sizes are those of the first."""
    checks = () if readable.checked is None else readable.checked.checks
    return f" in check `{checks[0].name.name}`" if checks else ""
