"""Which colours does a spec have in VS Code, Sublime Text, or wherever else a TextMate grammar is read?

python -m dscheck.integrations.textmate > editors/dscheck.tmLanguage.json
"""

import json
import sys
from typing import Any

from dscheck.integrations.word_colours import (
    BLOCK_WORDS,
    COLOURS,
    COLOURS_IN_BLOCKS,
    COMMENT,
    LINE_WORDS,
    NAME,
    NAMING_TYPES,
    NAMING_VALUES,
    NUMBER,
    OPTION_WORDS,
    OPTIONS,
    SIGN,
    STRING,
    WordColour,
    one_of,
)
from dscheck.language.words import BY_PLACE

_DECLARING = "storage.type.dscheck"
_KEYWORD = "keyword.control.dscheck"
_TYPE = "entity.name.type.dscheck"
_VALUE = "entity.name.function.dscheck"
_AT_MARGIN = r"^(?=[^\s#])"


def grammar() -> dict[str, Any]:
    """The grammar, as the JSON of a `.tmLanguage.json` file says it."""
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "dscheck",
        "scopeName": "source.dscheck",
        "fileTypes": ["dsc"],
        "patterns": [
            *(_block(head) for head in BLOCK_WORDS),
            *(_options(head) for head in OPTIONS),
            _line("process", rf"\b(process)\s+({NAME})", _TYPE),
            _line("timer", rf"\b(timer)\s+({NAME})", _VALUE),
            *(_line(head, rf"(?<![\w.])({head})\b") for head in LINE_WORDS),
            {"include": "#declarations"},
            {"include": "#expression"},
        ],
        "repository": {
            "declarations": {
                "patterns": [
                    _named(one_of(NAMING_TYPES | {"message"}), _DECLARING, _TYPE),
                    _named(one_of(NAMING_VALUES), _DECLARING, _VALUE),
                    _named(r"\bsend", _KEYWORD, _TYPE),
                    {
                        "match": rf"(network|faults)\.({NAME})",
                        "captures": {"1": {"name": _DECLARING}, "2": {"name": "entity.other.attribute-name.dscheck"}},
                    },
                ]
            },
            "expression": {"patterns": [{"include": "#signs"}, *_words(COLOURS)]},
            "signs": {
                "patterns": [
                    {"match": COMMENT, "name": "comment.line.number-sign.dscheck"},
                    {"match": STRING, "name": "string.quoted.double.dscheck"},
                    {"match": rf"\b{NUMBER}", "name": "constant.numeric.dscheck"},
                    {"match": SIGN, "name": "keyword.operator.dscheck"},
                ]
            },
        },
    }


def _words(colours: tuple[WordColour, ...]) -> list[dict[str, Any]]:
    return [{"match": one_of(each.words), "name": each.scope} for each in colours if each.words]


def _named(words: str, word: str, kind: str) -> dict[str, Any]:
    return {"match": rf"({words})\s+({NAME})", "captures": {"1": {"name": word}, "2": {"name": kind}}}


def _by_place(head: str) -> dict[str, Any]:
    return {"match": one_of(BY_PLACE[head]), "name": _KEYWORD}


def _block(head: str) -> dict[str, Any]:
    return {
        "begin": rf"^({head})\s+({NAME})",
        "beginCaptures": {"1": {"name": _DECLARING}, "2": {"name": "entity.name.section.dscheck"}},
        "end": _AT_MARGIN,
        "patterns": [_by_place(head), {"include": "#signs"}, *_words(COLOURS_IN_BLOCKS)],
    }


def _options(head: str) -> dict[str, Any]:
    return {
        "begin": rf"^({head})(?=\s*:)",
        "beginCaptures": {"1": {"name": _DECLARING}},
        "end": _AT_MARGIN,
        "patterns": [
            _by_place(head),
            {"match": one_of(OPTIONS[head]), "name": "entity.other.attribute-name.dscheck"},
            {"match": one_of(OPTION_WORDS), "name": "constant.language.dscheck"},
            {"include": "#expression"},
        ],
    }


def _line(head: str, begin: str, kind: str | None = None) -> dict[str, Any]:
    named = {} if kind is None else {"2": {"name": kind}}
    return {
        "begin": begin,
        "beginCaptures": {"1": {"name": _DECLARING}, **named},
        "end": "$",
        "patterns": [_by_place(head), {"include": "#expression"}],
    }


def grammar_text() -> str:
    """The grammar as text, as it stands in `editors/dscheck.tmLanguage.json`."""
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(grammar_text())
