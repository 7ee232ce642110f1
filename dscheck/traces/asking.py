"""What may be asked about traces, by whichever front end? One definition, read by command line and API."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, field
from typing import Any, Literal, get_args

from dscheck.record import record
from dscheck.traces.formats.reading import ReadOptions

DeliveryWord = Literal["fifo", "causal", "lossless", "duplicates"]
DELIVERY_WORDS: tuple[DeliveryWord, ...] = get_args(DeliveryWord)
NOT_TOLD: Any = object()  # nil is an initial value too


@record
class TraceQuestion:
    """What to ask about traces, and what is known of them.

    Attributes:
        checks: names of checks; empty for all that find something to look at.
        format: of the files, by its reader's name; None to recognise it.
        reading: mapping file, regular expressions.
        spec: the file of a spec that the traces should be behaviours of; None for the one that a header names.
        spec_check: the check of the spec whose settings hold.
        constants: overrides of constants and settings of the spec, as on the command line.
        hidden: steps of the spec that a trace need not record.
        ignored: recorded actions that say nothing about the spec; `recv tok` means the receipts of `tok` only.
        words: actions and messages of the spec, by the trace's word.
        processes: processes as the spec writes them, by the trace's name of the node.
        model: of what the histories are, such as `cas-register`, or a spec's file; None to guess it.
        object: of what they are, made of a spec; None for the one that `model` names.
        initial: the first value of every object of a history.
        delivery: what is demanded of messages (`fifo`, `causal`, `lossless`), or allowed (`duplicates`).
        skew: how far a clock is off real time at most, in the unit of the trace.
        drift_ppm: how much a clock gains or loses at most.
        delay_min: of a message.
        delay_max: of a message.
        lease: how long a lock is held at most, in real time.
        could_precede: two events, as `:LINE`, `NODE#NUMBER` or an action: can the first have been before the second?
        timeout: seconds of each check.
    """

    _: KW_ONLY
    checks: tuple[str, ...] = ()
    format: str | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    spec: str | None = None
    spec_check: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    object: Any = None
    initial: Any = NOT_TOLD
    delivery: tuple[str, ...] = ()
    skew: int | None = None
    drift_ppm: int | None = None
    delay_min: int | None = None
    delay_max: int | None = None
    lease: int | None = None
    could_precede: tuple[str, str] | None = None
    timeout: float | None = None
