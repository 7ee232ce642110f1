"""What is a map from names to counts, where a name that is missing counts 0? What all vectors are made of."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


class Counters(Mapping[Name, int]):
    """An immutable, hashable map from names to natural numbers; zeros are not kept, so equal maps look equal."""

    __slots__ = ("_counts", "_hash")

    def __init__(self, counts: Mapping[Name, int] | None = None) -> None:
        """Keep the counts.

        Args:
            counts: natural numbers by name.

        Raises:
            ValueError: a count is negative or no integer.
        """
        for name, count in (counts or {}).items():
            if type(count) is not int or count < 0:  # not `isinstance`, by which True would be a count
                raise ValueError(f"{name!r} counts {count!r}, which is no natural number")
        self._counts = {name: count for name, count in (counts or {}).items() if count}
        self._hash = hash(frozenset(self._counts.items()))

    def __getitem__(self, name: Name) -> int:
        return self._counts.get(name, 0)

    def __iter__(self) -> Iterator[Name]:
        return iter(self._counts)

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, name: object) -> bool:
        return name in self._counts

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self._counts == other._counts if isinstance(other, Counters) else NotImplemented

    def __repr__(self) -> str:
        return f"Counters({{{', '.join(f'{name!r}: {count}' for name, count in self._sorted())}}})"

    def __str__(self) -> str:
        return f"{{{', '.join(f'{name}: {count}' for name, count in self._sorted())}}}"

    def _sorted(self) -> list[tuple[Name, int]]:
        return sorted(self._counts.items(), key=lambda item: str(item[0]))

    def at_most(self, other: "Counters[Name]") -> bool:
        """Is every count at most that of `other`?"""
        return all(count <= other[name] for name, count in self._counts.items())

    def plus_one(self, name: Name) -> "Counters[Name]":
        """With one more for `name`."""
        return Counters({**self._counts, name: self[name] + 1})

    def join(self, other: "Counters[Name]") -> "Counters[Name]":
        """The greater count for each name: the least upper bound."""
        return Counters({name: max(self[name], other[name]) for name in (*self._counts, *other._counts)})

    def meet(self, other: "Counters[Name]") -> "Counters[Name]":
        """The smaller count for each name: the greatest lower bound."""
        return Counters({name: min(self[name], other[name]) for name in self._counts})
