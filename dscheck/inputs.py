"""Which text is to be checked? Paths, directories and standard input become source files, or a reason why not."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from dscheck.diagnostics import Diagnostic, SpecError
from dscheck.language import syntax
from dscheck.language.parser import is_spec
from dscheck.source import SourceFile

STDIN = "-"
SUFFIX = ".dsc"


def sources(paths: Sequence[Path | str]) -> Iterator[SourceFile | tuple[str, Diagnostic]]:
    """The source files that `paths` name, in order; for one that cannot be read its name and the reason.

    Args:
        paths: files, directories (searched for specs, in the order of their names), or `-` for standard input.
    """
    for path in paths:
        if str(path) == STDIN:
            yield _decode("<stdin>", sys.stdin.buffer.read())
        elif Path(path).is_dir():
            found = [file for file in sorted(Path(path).rglob(f"*{SUFFIX}")) if _looks_like_a_spec(file)]
            if not found:
                yield str(path), Diagnostic("", f"there is no spec (*{SUFFIX}) in {path}")
            yield from map(_read, found)
        else:
            yield _read(Path(path))


def _looks_like_a_spec(path: Path) -> bool:
    # Other tools use the same suffix (Debian's source packages): a spec begins with the word `protocol`.
    try:
        return is_spec(path.read_text("utf-8", errors="replace"))
    except OSError:
        return True  # an unreadable file is told of, not passed over


def _read(path: Path) -> SourceFile | tuple[str, Diagnostic]:
    try:
        return _decode(str(path), path.read_bytes())
    except FileNotFoundError:
        near = _nearest(path)
        return str(path), Diagnostic("", f"there is no file {path}", help=f"did you mean {near}?" if near else "")
    except OSError as error:
        return str(path), Diagnostic("", f"{path} cannot be read: {error.strerror}")


def _nearest(path: Path) -> str:
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return ""
    near = get_close_matches(path.name, names, 1, 0.5)
    return str(path.with_name(near[0])) if near else ""


def _decode(name: str, data: bytes) -> SourceFile | tuple[str, Diagnostic]:
    try:
        return SourceFile.of_bytes(name, data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{name} is not UTF-8 text: byte {data[error.start]:#04x} in line {line}"
        return name, Diagnostic("", message, help="save the file as UTF-8")


def overrides_of(constants: Mapping[str, str]) -> dict[str, syntax.Expression]:
    """Settings from the command line as expressions.

    Args:
        constants: key to text: a number, `true`, a word, or `{a, b}`.

    Raises:
        SpecError: a value is none of these.
    """
    return {key: _value(key, text.strip()) for key, text in constants.items()}


def _name(text: str) -> syntax.Expression:
    """`lease`, or `Lock.lease` where a setting names something of a process."""
    first, dot, rest = text.partition(".")
    return syntax.Attribute(syntax.Name(first), syntax.Identifier(rest)) if dot else syntax.Name(text)


def _value(key: str, text: str) -> syntax.Expression:
    if text.removeprefix("-").isdecimal():
        return syntax.Number(int(text))
    if text == "{}":
        return syntax.SetOf(())
    items = [item.strip() for item in text.removeprefix("{").removesuffix("}").split(",")]
    if all(part.isidentifier() for item in items for part in item.split(".", 1)):
        names = tuple(map(_name, items))
        return names[0] if len(names) == 1 and not text.startswith("{") else syntax.SetOf(names)
    message = f"--set {key}={text}: a value is a number, true or false, a word, or a set such as {{a, b}}"
    raise SpecError(SourceFile("--set", ""), (Diagnostic("DS0502", message),))
