"""How far may a check go, and which checks are asked? One definition, read by command line, pytest and API."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, field
from pathlib import Path
from typing import Literal, get_args

from dscheck.record import record

StoreKind = Literal["plain", "tree", "fingerprint"]
STORES: tuple[StoreKind, ...] = get_args(StoreKind)


@record
class Limits:
    """When to stop early; a run that one of these cut never gives `holds`.

    Attributes:
        max_states: distinct states to store; None for no limit.
        max_depth: steps from an initial state; None for no limit.
        timeout: seconds of wall-clock time for one check; None for no limit.
        max_memory: bytes of resident memory of the process; None for three quarters of the machine's.
    """

    _: KW_ONLY
    max_states: int | None = None
    max_depth: int | None = None
    timeout: float | None = None
    max_memory: int | None = None

    def __post_init__(self) -> None:
        for name in ("max_states", "max_depth", "timeout", "max_memory"):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"{name} is a number from 0, or None; not {value!r}")


@record
class NativeOptions:
    """How the native engine works; no other engine reads it.

    Attributes:
        workers: threads; None for one per core that the process may use.
        store: how states are kept: as they are, compressed, or (inexact) as fingerprints.
        checkpoint: the folder that a check is saved in after every level, and goes on from; None for none.
    """

    _: KW_ONLY
    workers: int | None = None
    store: StoreKind = "plain"
    checkpoint: Path | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers is a number from 1, or None; not {self.workers!r}")
        if self.store not in STORES:
            raise ValueError(f"store is one of {', '.join(STORES)}; not {self.store!r}")

    @property
    def needed(self) -> bool:
        """Does it ask for something that only the native engine can do?"""
        return self.store != "plain" or self.checkpoint is not None


@record
class CheckOptions:
    """What to check and how.

    Attributes:
        checks: names of the checks to run; empty for all.
        constants: overrides as on the command line (`{"N": "3", "network.loss": "1"}`), for every check that does not
            set the key itself.
        engine: a name of `dscheck.engines.engine.ENGINES`, or `auto`.
        limits: when to stop early.
        native: how the native engine works. Its `checkpoint` is a folder for all checks of one command: each gets a
            folder of its own in it.
        graph: keep the graph of all states with each answer.
    """

    _: KW_ONLY
    checks: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    engine: str = "auto"
    limits: Limits = field(default_factory=Limits)
    native: NativeOptions = field(default_factory=NativeOptions)
    graph: bool = False

    def __post_init__(self) -> None:
        if self.native.needed and self.engine not in {"auto", "native"}:
            raise ValueError(f"stores and checkpoints are those of the native engine, not of `{self.engine}`")
