"""How does Hypothesis drive an implementation by its spec? One rule per step, guards as preconditions, then a look."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dscheck.integrations.driving import Drive
from dscheck.integrations.roles import Roles, class_of, method_of, roles_of
from dscheck.runs.labelled import Label, SpecRuns

try:
    from hypothesis import strategies
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
except ModuleNotFoundError:
    raise ImportError("this needs Hypothesis: pip install 'dscheck[hypothesis]'") from None

FAILURES = Path(".dscheck") / "failures"


def machine_for(
    spec: str | Path,
    adapter: Any,
    *,
    check: str | None = None,
    settings: Mapping[str, int | bool | str] | None = None,
    spontaneous: Iterable[str] | None = None,
    left_out: Iterable[str] = (),
    settled: bool = True,
    save_to: str | Path | None = None,
    **constants: int | bool | str,
) -> type[RuleBasedStateMachine]:
    """A state machine of Hypothesis that drives a real implementation by a spec.

    >>> TestLock = machine_for("lock.dsc", LockAdapter, N=3).TestCase  # doctest: +SKIP

    The adapter is a class. Each example makes an object of it, with a fresh implementation behind it:

    - a method for each step that is to be driven, called with the name of the process (`Client[1]`; it has `process`
      and `number`) and with the arguments by name: `request(client)`, `tell(client, q)`, `on_Grant(client, sender)`;
    - `observe()`, which gives the values of some variables of the spec by name: `{"Client[1].mode": "inside"}`;
    - `stop()`, if there is something to stop.

    Each step of the spec is one rule, possible where its guard is true. After each, what is observed must be a state
    of the spec. Invariants and step properties of the spec are invariants of the machine. Hypothesis shrinks a failure;
    its steps are saved as a trace, which `dscheck verify` judges as the machine did.

    Args:
        spec: the file.
        adapter: the class, or a `functools.partial` of it.
        check: of the spec, whose settings hold; without it those that the spec declares.
        settings: overrides with a dot in their name: `{"network.loss": 1}`.
        spontaneous: steps that happen by themselves: `on Grant`. None for arrivals of messages and timeouts, as far as
            the adapter has no methods for them.
        left_out: steps that never happen.
        settled: `observe()` waits until nothing more happens by itself. If not, it may see anything between.
        save_to: the file of the trace of a failure; `.dscheck/failures/PROTOCOL-ADAPTER.jsonl` when None.
        constants: of the spec.

    Raises:
        SpecError: the spec cannot be asked.
        OSError: it cannot be read.
        WrongAdapter: the adapter does not fit the spec.
    """
    given = {**constants, **(settings or {})}
    texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    runs = SpecRuns.of(str(spec), check, texts)
    kind = class_of(adapter)
    roles = roles_of(runs.system, kind, None if spontaneous is None else list(spontaneous), list(left_out))
    target = Path(save_to) if save_to is not None else FAILURES / f"{runs.system.protocol}-{kind.__name__}.jsonl"
    return _machine(runs, adapter, roles, settled=settled, save_to=target, name=f"{runs.system.protocol}Machine")


class _Machine(RuleBasedStateMachine):
    """What all machines share; `begin` makes the drive."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: Drive | None = None
        self.under_way = self.begin()

    def begin(self) -> Drive:
        """A fresh implementation, under way."""
        raise TypeError("a machine is made by machine_for")

    def teardown(self) -> None:
        if self.under_way is not None:
            self.under_way.stop()


def _machine(
    runs: SpecRuns, adapter: Any, roles: Roles, *, settled: bool, save_to: Path, name: str
) -> type[RuleBasedStateMachine]:
    def begin(_: _Machine) -> Drive:
        made = adapter()
        try:
            return Drive(runs, made, roles, settled=settled, save_to=save_to)
        except BaseException:  # Ctrl-C too: a server that nobody stops would outlive the tests; it is raised again
            stop = getattr(made, "stop", None)
            if callable(stop):
                stop()
            raise

    members: dict[str, Any] = {"begin": begin, "__doc__": f"Drives {class_of(adapter).__name__} by {runs.path}."}
    for each in roles.driven:
        members[method_of(each)] = _rule(each)
    members["look_once_more"] = _look()
    if runs.properties:
        members["keeps_its_properties"] = _invariant(runs.properties)
    return type(name, (_Machine,), members)


def _possible(machine: Any, name: str | None = None) -> list[Label]:
    found: list[Label] = machine.under_way.enabled(name)
    return found


def _rule(name: str) -> Any:
    """The rule of a step."""

    def act(self: Any, step: Label) -> None:
        self.under_way.do(step)

    act.__name__ = method_of(name)
    steps = strategies.runner().flatmap(lambda machine: strategies.sampled_from(_possible(machine, name)))
    return precondition(lambda machine: bool(_possible(machine, name)))(rule(step=steps)(act))


def _look() -> Any:
    """Where no step is left, a machine still has to have a rule."""

    def look_once_more(self: Any) -> None:
        self.under_way.look()

    return precondition(lambda machine: not _possible(machine))(rule()(look_once_more))


def _invariant(names: Sequence[str]) -> Any:
    """All properties: Hypothesis prints each invariant after each step, so one is enough to read."""

    def keeps_its_properties(self: Any) -> None:
        for name in names:
            self.under_way.holds(name)

    return invariant()(keeps_its_properties)
