"""How far may a check go, and which checks are asked? One definition, read by command line, pytest and API."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop early; a run that one of these cut never gives `holds`.

    Attributes:
        max_states: distinct states to store; None for no limit.
        max_depth: steps from an initial state; None for no limit.
        timeout: seconds of wall-clock time for one check; None for no limit.
        max_memory: bytes of resident memory of the process; None for three quarters of the machine's.
    """

    max_states: int | None = None
    max_depth: int | None = None
    timeout: float | None = None
    max_memory: int | None = None

    def __post_init__(self) -> None:
        for name in ("max_states", "max_depth", "timeout", "max_memory"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"{name} is a number from 0, or None; not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What to check and how.

    Attributes:
        checks: names of the checks to run; empty for all.
        constants: overrides as on the command line (`{"N": "3", "network.loss": "1"}`), for every check that does not
            set the key itself.
        engine: a name of `dscheck.engines.engine.ENGINES`, or `auto`.
        limits: when to stop early.
    """

    checks: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    engine: str = "auto"
    limits: Limits = field(default_factory=Limits)
