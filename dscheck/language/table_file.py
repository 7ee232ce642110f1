"""Where are the tables of the grammar kept? In a file of the user's cache directory, since making them takes a second.

The file holds what it was made from, and is made again when that has changed.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from dscheck.language.grammar_tables import GRAMMAR, Rule, Tables, cache_folder

_SOURCES = (GRAMMAR, GRAMMAR.with_name("grammar_tables.py"), GRAMMAR.with_name("lark_grammar.py"))


@cache
def tables() -> Tables:
    """The tables of `grammar.lark`."""
    sources = [path.read_text(encoding="utf-8") for path in _SOURCES]
    folder = cache_folder()
    file = folder / "grammar.json" if folder is not None else None
    if file is not None:
        with suppress(OSError, ValueError, TypeError, KeyError):  # not there yet, of another version, or spoilt
            return _loaded(json.loads(file.read_bytes()), sources)
    from dscheck.language.lark_grammar import tables_by_lark

    made = tables_by_lark()
    if file is not None:
        _save(file, {"sources": sources, **asdict(made)})
    return made


def _loaded(saved: dict[str, Any], sources: list[str]) -> Tables:
    if saved.pop("sources") != sources:
        raise ValueError
    saved["rules"] = [Rule(**{**rule, "kept": tuple(map(tuple, rule["kept"]))}) for rule in saved["rules"]]
    return Tables(**saved)


def _save(file: Path, content: dict[str, Any]) -> None:
    """Write in one step: two processes may do so at the same time."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        draft.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
        draft.replace(file)
