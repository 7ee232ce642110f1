"""Which texts are almost specs? Seeded mutations of specs that exist: the likeliest way to a crash."""

import re
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
SPECS = [*sorted((ROOT / "specs").glob("*.dsc")), *sorted((ROOT / "tests" / "cases" / "semantics").glob("*.dsc"))]
_PIECE = re.compile(r"\n[ ]*|[A-Za-z_]\w*|\d+|==|<=|>=|!=|->|\.\.|\+=|-=|[ ]+|.", re.DOTALL)
_SOME_WORDS = """0 1 2 none self others {} [] ( ) { } [ ] : , . .. = == < + - * / in not and forall if else for when
    true now old len max set map stamp ? quiet x A Node " # é"""
_WORDS = (*_SOME_WORDS.split(), "\n", "\n    ", "\t")


def pieces(text: str) -> list[str]:
    """Tokens, blanks and line ends; joined they give the text."""
    return _PIECE.findall(text)


def mutated(text: str, random: Random, others: list[str]) -> str:
    """`text` with one to three small changes.

    Args:
        text: of a spec.
        random: makes every choice.
        others: texts to take pieces from.
    """
    for _ in range(random.choice([1, 1, 2, 3])):
        if random.random() < 0.5:
            text = _with_another_word(pieces(text), random)
        elif random.random() < 0.35:
            text = _with_other_lines(text.split("\n"), random, others)
        else:
            text = _with_other_pieces(pieces(text), random, others)
    return text


def _with_another_word(found: list[str], random: Random) -> str:
    """One word, number or sign replaced by another of the same sort in the same text: often still a spec."""
    at = random.randrange(len(found)) if found else 0
    like = [piece for piece in found if found[at].strip() and _sort(piece) == _sort(found[at])]
    if like:
        found[at] = random.choice(like)
    return "".join(found)


def _sort(piece: str) -> str:
    return "word" if piece.isidentifier() else "number" if piece.isdecimal() else "blank" if piece.isspace() else "sign"


def _with_other_lines(lines: list[str], random: Random, others: list[str]) -> str:
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at] = (" " * random.randrange(9)) + lines[at].lstrip()
        case _:
            lines.insert(at, random.choice(random.choice(others).split("\n")))
    return "\n".join(lines)


def _with_other_pieces(found: list[str], random: Random, others: list[str]) -> str:
    if not found:
        return random.choice(_WORDS)
    at, to = random.randrange(len(found)), random.randrange(len(found))
    words = [number for number, piece in enumerate(found) if piece.strip()]
    if words and random.random() < 0.8:
        at, to = random.choice(words), random.choice(words)
    match random.randrange(6):
        case 0:
            del found[at]
        case 1:
            found.insert(at, found[at])
        case 2:
            found[at], found[to] = found[to], found[at]
        case 3:
            found[at] = random.choice(_WORDS)
        case 4:
            found.insert(at, random.choice(_WORDS))
        case _:
            found[at] = random.choice(pieces(random.choice(others)) or [""])
    return "".join(found)
