"""Where in a state does each variable stand? A state is one flat tuple: variables in order, arrays row by row."""

from itertools import product

from dscheck.domains import Value
from dscheck.model.system import System, Variable
from dscheck.record import record

State = tuple[Value, ...]


@record
class Layout:
    """The slots of a system's states.

    Attributes:
        base: slot of a variable's first entry.
        strides: per variable, how far apart neighbouring entries stand in each of its indices.
        slots: per slot, its variable and its indices.
    """

    base: dict[str, int]
    strides: dict[str, tuple[int, ...]]
    slots: tuple[tuple[Variable, tuple[int, ...]], ...]

    def slot(self, variable: str, indices: tuple[int, ...]) -> int:
        """The slot of `variable` at `indices`."""
        return self.base[variable] + sum(
            stride * index for stride, index in zip(self.strides[variable], indices, strict=True)
        )


def layout_of(system: System) -> Layout:
    """Lay out the variables of `system` in their order."""
    base: dict[str, int] = {}
    strides: dict[str, tuple[int, ...]] = {}
    slots: list[tuple[Variable, tuple[int, ...]]] = []
    for variable in system.variables:
        base[variable.name] = len(slots)
        sizes = [index.size for index in variable.indices]
        steps, step = [], 1
        for size in reversed(sizes):
            steps.append(step)
            step *= size
        strides[variable.name] = tuple(reversed(steps))
        slots.extend((variable, indices) for indices in product(*map(range, sizes)))
    return Layout(base, strides, tuple(slots))
