"""Which questions can be asked of any trace? One row each; whether it is a behaviour of a spec needs the spec too."""

from collections.abc import Callable
from difflib import get_close_matches

from dscheck.record import record
from dscheck.traces.asking import DELIVERY_WORDS, NOT_TOLD, TraceQuestion
from dscheck.traces.checks import (
    causality,
    clock_bounds,
    could_precede,
    delivery,
    linearizability,
    mutual_exclusion,
    sequential,
    sessions,
    single_leader,
)
from dscheck.traces.event import Trace
from dscheck.traces.finding import TraceFinding, TraceOutcome
from dscheck.traces.formats.header_fields import header_says
from dscheck.traces.linearizable.objects.catalogue import OBJECTS, object_named
from dscheck.traces.linearizable.objects.object_type import ObjectType

CONFORMANCE = "conformance"
_SECONDS = 60.0  # for a search that nobody limits


MODELS = tuple(each.name for each in OBJECTS)


class WrongQuestion(Exception):
    """What was asked makes no sense; `help` says what to do."""

    def __init__(self, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.help = help_text


@record
class TraceCheck:
    """A question that can be asked of a trace.

    Attributes:
        name: by which it is asked for.
        about: the question.
        options: those of `TraceQuestion` that it reads.
        run: answers it.
        by_name: it is only asked by name: what it asks follows from another check, which asks for more.
    """

    name: str
    about: str
    options: tuple[str, ...]
    run: Callable[[Trace, TraceQuestion], TraceFinding]
    by_name: bool = False


def _causality(trace: Trace, _: TraceQuestion) -> TraceFinding:
    return causality.check(trace)


def _delivery(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    """What the header says of the network holds besides what the person says."""
    promised = header_says(trace.header, "delivery") or ()
    words = {word for word in DELIVERY_WORDS if word in asked.delivery or word in promised}
    return delivery.check(
        trace,
        once="duplicates" not in words,
        lossless="lossless" in words,
        fifo="fifo" in words,
        causal="causal" in words,
    )


def _mutual_exclusion(trace: Trace, _: TraceQuestion) -> TraceFinding:
    return mutual_exclusion.check(trace)


def _single_leader(trace: Trace, _: TraceQuestion) -> TraceFinding:
    return single_leader.check(trace)


def names_a_spec(model: str) -> bool:
    """Whether a model is a spec's file, and not one of the objects that are known by name."""
    return model.endswith(".dsc")


def _model(trace: Trace, asked: TraceQuestion) -> str | ObjectType | None:
    """The object of a history: as the person says, else as the header does."""
    if asked.object is not None:
        made: ObjectType = asked.object
        return made
    promised = header_says(trace.header, "model")
    return asked.model if asked.model is not None or promised not in MODELS else str(promised)


def _unless_unheard_of(found: TraceFinding, trace: Trace, asked: TraceQuestion) -> TraceFinding:
    """What was found, unless the header says that the object is one that nobody knows: then a guess decides nothing."""
    promised = header_says(trace.header, "model")
    known = promised is None or promised in MODELS or names_a_spec(promised)
    if known or asked.model is not None or asked.object is not None or found.outcome is TraceOutcome.NOT_ASKED:
        return found
    near = _nearest(promised, MODELS, "there are")
    return TraceFinding(
        found.check, TraceOutcome.UNKNOWN, f"the header names the model `{promised}`: {near}", kind="model"
    )


def _linearizability(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    initial = linearizability.NOT_SAID if asked.initial is NOT_TOLD else asked.initial
    seconds = asked.timeout if asked.timeout is not None else _SECONDS
    found = linearizability.check(trace, object_name=_model(trace, asked), initial=initial, seconds=seconds)
    return _unless_unheard_of(found, trace, asked)


def _sequential(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    initial = linearizability.NOT_SAID if asked.initial is NOT_TOLD else asked.initial
    seconds = asked.timeout if asked.timeout is not None else _SECONDS
    found = sequential.check(trace, object_name=_model(trace, asked), initial=initial, seconds=seconds)
    return _unless_unheard_of(found, trace, asked)


def _sessions(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    initial = linearizability.NOT_SAID if asked.initial is NOT_TOLD else asked.initial
    return sessions.check(trace, initial=initial)


def _clock_bounds(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    try:
        return clock_bounds.check(trace, asked.skew, asked.drift_ppm, asked.delay_min, asked.delay_max, asked.lease)
    except ValueError as error:  # bounds that make no sense, from the header
        return TraceFinding(clock_bounds.CHECK, TraceOutcome.UNKNOWN, str(error), kind="bounds")


def _could_precede(trace: Trace, asked: TraceQuestion) -> TraceFinding:
    if asked.could_precede is None:
        reason = "no two events were named"
        return TraceFinding(could_precede.CHECK, TraceOutcome.NOT_ASKED, reason)
    model = clock_bounds.believed(trace, asked.skew, asked.drift_ppm, asked.delay_min, asked.delay_max)
    try:
        return could_precede.check(trace, *asked.could_precede, model)
    except ValueError as error:  # as for the clock bounds
        return TraceFinding(could_precede.CHECK, TraceOutcome.UNKNOWN, str(error), kind="bounds")


CHECKS: tuple[TraceCheck, ...] = (
    TraceCheck(causality.CHECK, "are the logical clocks right, and do causes come first?", (), _causality),
    TraceCheck(
        delivery.CHECK, "was every message received after it was sent, and only once?", ("delivery",), _delivery
    ),
    TraceCheck(mutual_exclusion.CHECK, "was each lock held by one node at a time?", (), _mutual_exclusion),
    TraceCheck(single_leader.CHECK, "was there one leader in each term?", (), _single_leader),
    TraceCheck(
        linearizability.CHECK,
        "is there an order of the operations that explains every result?",
        ("model", "initial", "timeout"),
        _linearizability,
    ),
    TraceCheck(
        sequential.CHECK,
        "is there one that need only keep the order of each process?",
        ("model", "initial", "timeout"),
        _sequential,
        by_name=True,
    ),
    TraceCheck(
        sessions.CHECK, "does each process see its own writes and nothing older?", ("initial",), _sessions, by_name=True
    ),
    TraceCheck(
        clock_bounds.CHECK,
        "are the recorded times possible, given how wrong clocks and how slow messages can be?",
        ("skew", "drift_ppm", "delay_min", "delay_max", "lease"),
        _clock_bounds,
    ),
    TraceCheck(
        could_precede.CHECK,
        "could one event have happened before another?",
        ("could_precede", "skew", "drift_ppm", "delay_min", "delay_max"),
        _could_precede,
        by_name=True,
    ),
)
NAMES = (*(each.name for each in CHECKS), CONFORMANCE)


def chosen_checks(asked: TraceQuestion) -> tuple[TraceCheck, ...]:
    """The checks to run, in the order of the table; conformance is none of them.

    Raises:
        WrongQuestion: no check, object or demand has such a name.
    """
    for name in asked.checks:
        if name not in NAMES:
            raise WrongQuestion(f"there is no check `{name}`", _nearest(name, NAMES, "the checks are"))
    for word in asked.delivery:
        if word not in DELIVERY_WORDS:
            raise WrongQuestion(f"`{word}` is no demand on messages", _nearest(word, DELIVERY_WORDS, "there are"))
    if asked.model is not None and not names_a_spec(asked.model):
        try:
            object_named(asked.model)
        except ValueError as error:
            raise WrongQuestion(str(error)) from error
    return tuple(each for each in CHECKS if (each.name in asked.checks if asked.checks else not each.by_name))


def _nearest(name: str, known: tuple[str, ...], otherwise: str) -> str:
    near = get_close_matches(name, known, 1)
    return f"did you mean `{near[0]}`?" if near else f"{otherwise} {', '.join(known)}"
