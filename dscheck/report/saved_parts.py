"""How is a JSON document read whose every part must be as it should? With the place of what is not."""

from collections.abc import Mapping
from typing import Any


class SavedError(Exception):
    """A saved answer that cannot be read.

    Attributes:
        help: what to do.
    """

    def __init__(self, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.help = help_text


_MISSING = object()


class Part:
    """A JSON value in a document, that knows where it stands."""

    def __init__(self, value: Any, file: str, place: str) -> None:
        self._value = value
        self._file = file
        self._place = place

    def wrong(self, what: str) -> SavedError:
        """The error that this part `what`: `is no text`."""
        return SavedError(f"{self._file}: {self._place or 'the document'} {what}", "write it again with --format json")

    def _child(self, key: str) -> "Part":
        return Part(self.anything(key), self._file, f"{self._place}.{key}" if self._place else key)

    def mapping_itself(self) -> Mapping[str, Any]:
        """This part, an object."""
        if not isinstance(self._value, dict):
            raise self.wrong("is no object")
        return self._value

    def text_mapping(self) -> dict[str, str]:
        """This part, an object with texts."""
        return {key: self.text(key) for key in self.mapping_itself()}

    def anything(self, key: str) -> Any:
        """What stands at `key`; None if nothing does."""
        return self.mapping_itself().get(key)

    def has(self, key: str) -> bool:
        """Does something that is not null stand there?"""
        return self.anything(key) is not None

    def _at(self, key: str, default: Any, kinds: type | tuple[type, ...], noun: str) -> Any:
        value = self.mapping_itself().get(key, default)
        if value is _MISSING:
            raise self.wrong(f"has no `{key}`")
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self._child(key).wrong(f"is no {noun}")
        return value

    def text(self, key: str, *, default: Any = _MISSING) -> str:
        """The text at `key`."""
        return str(self._at(key, default, str, "text"))

    def optional_text(self, key: str) -> str | None:
        """The text at `key`, if there is one."""
        return self.text(key) if self.has(key) else None

    def whole(self, key: str, *, default: Any = _MISSING) -> int:
        """The whole number at `key`."""
        return int(self._at(key, default, int, "whole number"))

    def optional_whole(self, key: str) -> int | None:
        """The whole number at `key`, if there is one."""
        return self.whole(key) if self.has(key) else None

    def number(self, key: str) -> float:
        """The number at `key`."""
        return float(self._at(key, _MISSING, (int, float), "number"))

    def flag(self, key: str, *, default: bool = False) -> bool:
        """The flag at `key`."""
        return bool(self._at(key, default, bool, "true or false"))

    def word(self, key: str, words: tuple[str, ...], *, default: Any = _MISSING) -> str:
        """The text at `key`, one of `words`."""
        text = self.text(key, default=default)
        if text not in words:
            raise self._child(key).wrong(f"is {text[:40]!r}, not one of {', '.join(filter(None, words))}")
        return text

    def mapping(self, key: str) -> Mapping[str, Any]:
        """The object at `key`; empty if there is none."""
        return self._child(key).mapping_itself() if self.has(key) else {}

    def texts_by_name(self, key: str) -> dict[str, str]:
        """The object with texts at `key`; empty if there is none."""
        return self._child(key).text_mapping() if self.has(key) else {}

    def part(self, key: str) -> "Part":
        """What stands at `key`."""
        if not self.has(key):
            raise self.wrong(f"has no `{key}`")
        return self._child(key)

    def parts(self, key: str) -> list["Part"]:
        """The elements of the array at `key`; none if there is none."""
        if not self.has(key):
            return []
        items = self._at(key, _MISSING, list, "array")
        place = f"{self._place}.{key}" if self._place else key
        return [Part(item, self._file, f"{place}[{number}]") for number, item in enumerate(items)]

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of the array at `key`."""
        return tuple(str(each.itself(str, "text")) for each in self.parts(key))

    def wholes(self, key: str) -> tuple[int, ...]:
        """The whole numbers of the array at `key`."""
        return tuple(int(each.itself(int, "whole number")) for each in self.parts(key))

    def itself(self, kind: type, noun: str) -> Any:
        """This part, if it is of a kind."""
        if not isinstance(self._value, kind) or isinstance(self._value, bool):
            raise self.wrong(f"is no {noun}")
        return self._value
