"""How are places, problems and symbols of a spec written in the Language Server Protocol?"""

from collections.abc import Sequence

from lsprotocol import types
from pygls.workspace import PositionCodec

from dscheck.diagnostics import Diagnostic, Severity
from dscheck.editing.symbols import Symbol, SymbolKind
from dscheck.source import SourceFile, Span

KINDS: dict[SymbolKind, types.SymbolKind] = {
    "protocol": types.SymbolKind.Module,
    "constant": types.SymbolKind.Constant,
    "enumeration": types.SymbolKind.Enum,
    "literal": types.SymbolKind.EnumMember,
    "record": types.SymbolKind.Struct,
    "field": types.SymbolKind.Field,
    "message": types.SymbolKind.Struct,
    "function": types.SymbolKind.Function,
    "process": types.SymbolKind.Class,
    "variable": types.SymbolKind.Variable,
    "timer": types.SymbolKind.Event,
    "action": types.SymbolKind.Method,
    "handler": types.SymbolKind.Event,
    "property": types.SymbolKind.Property,
    "check": types.SymbolKind.Function,
    "block": types.SymbolKind.Namespace,
}
_NOTHING = Span(0, 0)


def range_of(source: SourceFile, span: Span, codec: PositionCodec) -> types.Range:
    """A piece of a text, as the client counts.

    Args:
        source: the text.
        span: of it.
        codec: how long the client thinks a character is.
    """
    start, end = (source.position(min(offset, len(source.text))) for offset in (span.start, span.end))
    place = types.Range(types.Position(start[0] - 1, start[1] - 1), types.Position(end[0] - 1, end[1] - 1))
    return codec.range_to_client_units(source.text.split("\n"), place)


def offset_of(source: SourceFile, position: types.Position, codec: PositionCodec) -> int:
    """Where a position of the client is in the text; the end of its line, or of the text, if it lies behind that."""
    lines = source.text.split("\n")
    if position.line >= len(lines):
        return len(source.text)
    place = codec.position_from_client_units(lines, types.Position(position.line, position.character))
    return source.line_starts[place.line] + min(place.character, len(lines[place.line]))


def problem_of(source: SourceFile, problem: Diagnostic, uri: str, codec: PositionCodec) -> types.Diagnostic:
    """A diagnostic with its code and the other places that give the reason.

    Args:
        source: the text.
        problem: what is wrong with it.
        uri: of the text.
        codec: how long the client thinks a character is.
    """
    parts = [f"{problem.message}: {problem.label}" if problem.label else problem.message]
    parts += [f"help: {problem.help}"] if problem.help else []
    parts += [f"note: {problem.note}"] if problem.note else []
    severe = problem.severity is Severity.ERROR
    return types.Diagnostic(
        range=range_of(source, problem.span or _NOTHING, codec),
        message="\n".join(parts),
        severity=types.DiagnosticSeverity.Error if severe else types.DiagnosticSeverity.Warning,
        code=problem.code or None,
        source="dscheck",
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(uri, range_of(source, label.span, codec)), label.text or "see here"
            )
            for label in problem.related
        ],
    )


def symbols_as_lsp(source: SourceFile, symbols: Sequence[Symbol], codec: PositionCodec) -> list[types.DocumentSymbol]:
    """The outline of a text.

    Args:
        source: the text.
        symbols: in it.
        codec: how long the client thinks a character is.
    """
    return [
        types.DocumentSymbol(
            name=each.name,
            kind=KINDS[each.kind],
            detail=each.detail,
            range=range_of(source, each.span, codec),
            selection_range=range_of(source, each.named, codec),
            children=symbols_as_lsp(source, each.inner, codec),
        )
        for each in symbols
    ]
