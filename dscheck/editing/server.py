"""What does an editor ask about specs, and what does it get? A language server on standard input and output.

Diagnostics, hover, go to definition, outline, format and quick fixes; `dscheck lsp` starts it. It needs the extra
`dscheck[lsp]`.
"""

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.editing.document import Document, read_document
from dscheck.editing.hover import hover_text
from dscheck.editing.lsp_values import offset_of, problem_of, range_of, symbols_as_lsp
from dscheck.editing.names import name_at
from dscheck.language.formatter import format_spec
from dscheck.language.parser import is_spec
from dscheck.source import SourceFile, Span
from dscheck.version import version


class SpecServer(LanguageServer):
    """The server, with what it knows about each open text."""

    def __init__(self) -> None:
        super().__init__("dscheck", version())
        self.documents: dict[str, Document] = {}

    def codec(self, uri: str) -> PositionCodec:
        """How the client counts characters."""
        return self.workspace.get_text_document(uri).position_codec

    def read(self, uri: str) -> Document:
        """What is known about a text, as it is now."""
        text = self.workspace.get_text_document(uri).source
        source = SourceFile.of_bytes(uri, text.encode("utf-8", "replace"))
        known = self.documents.get(uri)
        if known is None or known.source.text != source.text:
            known = read_document(source, known) if _is_ours(source.text) else Document(source)
            self.documents[uri] = known
        return known

    def tell(self, uri: str) -> None:
        """Send the problems of a text to the client."""
        document = self.read(uri)
        codec = self.codec(uri)
        problems = [problem_of(document.source, each, uri, codec) for each in document.problems]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, problems))


def _is_ours(text: str) -> bool:
    """The source packages of Debian end in `.dsc` too; a new file is empty."""
    return not text.strip() or is_spec(text) or not text.lstrip().startswith(("Format:", "-----BEGIN"))


def make_server() -> SpecServer:
    """A server that answers; `start_io` runs it."""
    server = SpecServer()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.tell(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.tell(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.documents.pop(uri, None)
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        document, codec = server.read(uri), server.codec(uri)
        offset = document.then(offset_of(document.source, params.position, codec))
        named = name_at(document.readable, offset) if document.readable is not None and offset is not None else None
        if named is None or document.readable is None:
            return None
        text = hover_text(document.readable, named)
        span = document.now(named.span)
        content = types.MarkupContent(types.MarkupKind.Markdown, text)
        return types.Hover(content, None if span is None else range_of(document.source, span, codec))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        uri = params.text_document.uri
        document, codec = server.read(uri), server.codec(uri)
        offset = document.then(offset_of(document.source, params.position, codec))
        named = name_at(document.readable, offset) if document.readable is not None and offset is not None else None
        span = None if named is None or named.declared is None else document.now(named.declared)
        return None if span is None else types.Location(uri, range_of(document.source, span, codec))

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        uri = params.text_document.uri
        readable = server.read(uri).readable
        if readable is None:
            return []
        return symbols_as_lsp(readable.source, readable.outline, server.codec(uri))

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        uri = params.text_document.uri
        source = server.read(uri).source
        try:
            text = format_spec(source)
        except SpecError:  # the client has its problems already
            return []
        whole = range_of(source, Span(0, len(source.text)), server.codec(uri))
        return [types.TextEdit(whole, text)] if text != source.text else []

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )
    def fixes(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        document, codec = server.read(uri), server.codec(uri)
        start = offset_of(document.source, params.range.start, codec)
        end = offset_of(document.source, params.range.end, codec)
        return [
            _fix(document.source, each, uri, codec)
            for each in document.problems
            if each.fix is not None and each.span is not None and each.span.start <= end and start <= each.span.end
        ]

    return server


def _fix(source: SourceFile, problem: Diagnostic, uri: str, codec: PositionCodec) -> types.CodeAction:
    assert problem.fix is not None
    edit = types.TextEdit(range_of(source, problem.fix.span, codec), problem.fix.replacement)
    return types.CodeAction(
        title=problem.fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[problem_of(source, problem, uri, codec)],
        is_preferred=True,
        edit=types.WorkspaceEdit(changes={uri: [edit]}),
    )


def serve() -> None:
    """Answer a client on standard input and output until it says `exit`, or goes."""
    make_server().start_io()
