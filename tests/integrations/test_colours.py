"""Do Pygments and editors colour the words that the language has, each one, and nothing else?"""

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pygments import lex, token
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename

from dscheck.integrations.pygments_lexer import SpecLexer
from dscheck.integrations.textmate import grammar, grammar_text
from dscheck.integrations.word_colours import COLOURS, NAMING_TYPES, NAMING_VALUES, OPTIONS
from dscheck.language.parser import is_spec
from dscheck.language.words import BY_PLACE, RESERVED

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "specs").glob("*.dsc"))
GRAMMAR = re.sub(r"//.*", "", (ROOT / "dscheck" / "language" / "grammar.lark").read_text("utf-8"))
WORDS_OF_GRAMMAR = set(re.findall(r'"([a-z]+)"', GRAMMAR))
TEXTMATE = ROOT / "editors" / "dscheck.tmLanguage.json"


def kinds(text: str) -> dict[str, object]:
    """The kind of the last place of each word of a text."""
    return {value: kind for kind, value in lex(text, SpecLexer())}


def test_the_table_has_every_word_of_the_grammar_and_no_other():
    by_place = {word for words in BY_PLACE.values() for word in words}
    assert RESERVED | by_place >= WORDS_OF_GRAMMAR
    options_only = {"up", "to", "of"}
    assert by_place - RESERVED <= WORDS_OF_GRAMMAR | options_only
    assert BY_PLACE.keys() <= RESERVED


def test_every_reserved_word_has_one_colour():
    coloured = [word for each in COLOURS for word in each.words]
    assert sorted(coloured) == sorted(RESERVED)
    assert NAMING_TYPES | NAMING_VALUES <= RESERVED


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_spec_is_coloured_whole(path):
    text = path.read_text("utf-8")
    found = list(lex(text, SpecLexer(stripnl=False, ensurenl=False)))
    assert "".join(value for _, value in found) == text
    assert not [value for kind, value in found if kind in token.Error or kind in token.Generic.Error]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_is_no_word_of_the_language_is_a_name(path):
    coloured = (token.Keyword, token.Operator.Word, token.Name.Builtin)
    by_place = {word for words in BY_PLACE.values() for word in words}
    options = {word for words in OPTIONS.values() for word in words}
    for kind, value in lex(path.read_text("utf-8"), SpecLexer()):
        if any(kind in each for each in coloured):
            assert value in RESERVED | by_place | options | {"fifo", "unordered"}, value


def test_words_mean_something_at_their_place_only():
    text = "process Node[3] ordered:\n    var steps: 0..1 = 0\n    var holds: bool = true\n"
    text += "check a: expect holds within 3 steps\n"
    found = list(lex(text, SpecLexer()))
    assert [kind for kind, value in found if value == "steps"] == [token.Name.Variable, token.Keyword]
    assert [kind for kind, value in found if value == "holds"] == [token.Name.Variable, token.Keyword]
    assert [kind for kind, value in found if value == "ordered"] == [token.Keyword]


def test_events_of_a_schedule_may_be_called_like_statements():
    found = kinds("schedule sheet:\n    P: start, stop sends m\nprocess A:\n    on start:\n        send M to B\n")
    assert found["stop"] is token.Name
    assert found["sends"] is token.Keyword
    assert found["start"] is token.Keyword  # the one of the hook, behind the block
    assert found["send"] is token.Keyword
    assert found["A"] is token.Name.Class


def test_what_is_no_sign_of_the_language_is_shown_as_wrong():
    assert kinds("invariant small: N ≤ 3")["≤"] is token.Generic.Error


def test_options_and_comments():
    found = kinds("network:\n    order fifo # loss\n    loss up to 1\n")
    assert (found["order"], found["fifo"], found["up"]) == (token.Name.Attribute, token.Keyword.Constant, token.Keyword)
    assert found["# loss"] is token.Comment.Single


def test_pygments_finds_it_where_dscheck_is_installed():
    if not [each for each in entry_points(group="pygments.lexers") if each.value.startswith("dscheck.")]:
        pytest.skip("dscheck is not installed, only imported")
    assert isinstance(get_lexer_by_name("dscheck"), SpecLexer)
    assert isinstance(get_lexer_for_filename("mutex.dsc", "protocol Mutex\n"), SpecLexer)


def test_a_source_package_is_no_spec():
    assert SpecLexer.analyse_text("protocol Mutex\n") == 1.0
    assert SpecLexer.analyse_text("Format: 3.0 (quilt)\n") == 0.0
    assert is_spec("# a comment\nprotocol Mutex\n")


def test_the_textmate_grammar_is_current():
    assert TEXTMATE.read_text("utf-8") == grammar_text(), (
        "run python -m dscheck.integrations.textmate > editors/dscheck.tmLanguage.json"
    )


def test_the_textmate_grammar_has_patterns_that_can_be_read_and_names_that_exist():
    made = grammar()
    assert json.loads(grammar_text()) == made

    def patterns(of):
        for each in of:
            yield each
            yield from patterns(each.get("patterns", []))

    every = [*patterns(made["patterns"]), *patterns(made["repository"].values())]
    for each in every:
        for key in ("match", "begin", "end"):
            re.compile(each.get(key, ""))
        assert each.get("include", "#signs").removeprefix("#") in made["repository"]
    words = "|".join(each["match"] for each in every if "match" in each)
    assert all(re.search(words, word) for word in RESERVED)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_both_colour_the_same_words_in_expressions(path):
    """Where no place matters, the patterns of TextMate, tried in turn, say of each word what Pygments says."""
    scopes = {each.scope: each.token for each in COLOURS}
    expression = grammar()["repository"]["expression"]["patterns"]
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("invariant"):
            continue
        told = dict(lex(line.partition(":")[2], SpecLexer()))
        words = {value: str(kind).removeprefix("Token.") for kind, value in told.items()}
        for word, kind in words.items():
            matching = [each["name"] for each in expression if "match" in each and re.fullmatch(each["match"], word)]
            if matching and matching[0] in scopes:
                assert scopes[matching[0]] == kind, word
