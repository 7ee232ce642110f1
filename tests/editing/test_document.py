"""Are the sizes of domains those that counting finds, and are places found again after an edit?"""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dscheck import domains
from dscheck.domains import members
from dscheck.editing.document import Document, read_document
from dscheck.editing.domain_sizes import domain_size, size_as_text
from dscheck.editing.names import name_at
from dscheck.language import syntax
from dscheck.language.traversal import walk
from dscheck.language.words import RESERVED
from dscheck.source import SourceFile, Span

SMALL = st.one_of(
    st.just(domains.Bool()),
    st.builds(lambda low, size: domains.Int(low, low + size), st.integers(-3, 3), st.integers(0, 2)),
    st.builds(domains.Enum, st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")])),
    st.builds(domains.Id, st.just("Node"), st.integers(1, 3)),
)
DOMAINS = st.recursive(
    SMALL,
    lambda inner: st.one_of(
        st.builds(domains.Optional, inner),
        st.builds(domains.Set, SMALL),
        st.builds(domains.Map, SMALL, SMALL),
        st.builds(domains.List, SMALL, st.integers(0, 3)),
        st.builds(lambda *items: domains.Tuple(items), inner, SMALL),
        st.builds(lambda a, b: domains.Record("R", (("a", a), ("b", b))), inner, SMALL),
    ),
    max_leaves=3,
)


@settings(max_examples=200, deadline=None)
@given(DOMAINS)
def test_the_size_is_what_counting_gives(domain):
    assert domain_size(domain) == sum(1 for _ in members(domain))


def test_sizes_without_a_bound_and_beyond_reading():
    assert domain_size(domains.Set(domains.Stamp())) is None
    assert domain_size(domains.Map(domains.Id("Node", 2), domains.Vector("Node", 2))) is None
    assert domain_size(domains.List(domains.Bool(), None)) is None
    assert size_as_text(None) == "no bound"
    assert size_as_text(1) == "1 value"
    assert size_as_text(1234) == "1,234 values"
    assert size_as_text(domain_size(domains.Set(domains.Int(0, 199)))) == "about 10^60 values"


TEXT = """\
protocol P

process A:
    var first: bool = false
    var second: bool = false

final: A.first and A.second
"""


@settings(deadline=None)
@given(start=st.integers(0, len(TEXT)), length=st.integers(0, 12), new=st.text("ab (\n", max_size=8))
def test_a_place_outside_one_edit_is_found_again(start, length, new):
    changed = TEXT[:start] + new + TEXT[start + length :]
    readable = read_document(SourceFile("spec", TEXT)).readable
    assert readable is not None
    document = Document(SourceFile("spec", changed), (), readable)
    for offset in range(len(changed) + 1):
        place = document.then(offset)
        if offset <= start or offset >= start + len(new):
            assert place is not None
        if place is not None:
            assert TEXT[:place] == changed[:offset] or TEXT[place:] == changed[offset:]
    kept = document.now(Span(0, start))
    assert kept == Span(0, start)


def test_no_name_in_a_comment_a_text_or_a_number():
    text = 'protocol P "first"\n\nprocess A:\n    var first: 0..3 = 3 # first\n\nfinal: A.first == 3\n'
    readable = read_document(SourceFile("spec", text)).readable
    assert readable is not None
    assert name_at(readable, text.index('first"')) is None
    assert name_at(readable, text.index("# first") + 3) is None
    assert name_at(readable, text.index("= 3") + 2) is None
    assert name_at(readable, text.index("A.first") + 3).declared == Span(text.index("first:"), text.index(": 0"))


def test_every_name_of_every_example_is_declared_somewhere():
    unknown = []
    for path in sorted((Path(__file__).resolve().parents[2] / "specs").glob("*.dsc")):
        source = SourceFile.read(path)
        readable = read_document(source).readable
        assert readable is not None
        seen = set()
        for node in walk(readable.spec):
            if isinstance(node, syntax.Check | syntax.Member | syntax.Declaration):
                seen = set()  # a name is asked once in each, to be done in seconds
            if isinstance(node, syntax.Name) and node.name not in RESERVED | seen:
                seen.add(node.name)
                named = name_at(readable, node.span.start)
                if named is None or (named.declared is None and named.kind != "built-in"):
                    if node.name in {"inf", "fifo", "unordered"}:  # of the language, at their place
                        continue
                    line, column = source.position(node.span.start)
                    unknown.append(f"{path.name}:{line}:{column} {node.name}")
                elif named.declared is not None:
                    assert source.slice(named.declared) == node.name
    assert not unknown
