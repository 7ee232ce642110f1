"""Do the package and the oracle say the same of a protocol? Both answers in one form, to compare."""

from dataclasses import dataclass

from dscheck.engines.engine import answer
from dscheck.explore.finding import SearchEnd
from dscheck.language.analysis import read_spec
from dscheck.model.lower import lower
from dscheck.model.plans import plans_of
from dscheck.options import Limits
from dscheck.source import SourceFile
from tests.laws.oracle import TooLarge, ask
from tests.laws.protocol_model import Protocol, text_of

ENGINES = ("definition", "reference")


@dataclass(frozen=True)
class Answers:
    """States, transitions, depth; the length of a shortest run per violated and per reached property."""

    states: int
    transitions: int
    depth: int
    violated: dict[str, int]
    reached: dict[str, int]


def answers_of(text: str, engine: str, most: int) -> Answers:
    """What the package says of a spec whose first check is asked.

    Args:
        text: the spec.
        engine: name of an engine.
        most: more states than this are too many.
    """
    checked = read_spec(SourceFile.of_bytes("generated", text.encode()))
    system = lower(checked, plans_of(checked, {})[0].configuration)
    found = answer(system, engine, Limits(max_states=most + 1))
    assert found.end is SearchEnd.EXHAUSTED, f"{found.end} after {found.statistics.states} states"
    return Answers(
        found.statistics.states,
        found.statistics.transitions,
        found.statistics.depth,
        {name: violation.length for name, violation in found.violations.items()},
        {name: len(run.steps) for name, run in found.witnesses.items()},
    )


def agree(protocol: Protocol, most: int) -> bool:
    """Compare the package with the oracle; False when the protocol has too many states to ask.

    Raises:
        AssertionError: they differ.
    """
    try:
        ours = ask(protocol, most)
    except TooLarge:
        return False
    text = text_of(protocol)
    expected = Answers(ours.states, ours.transitions, ours.depth, ours.violated, ours.reached)
    for engine in ENGINES:
        found = answers_of(text, engine, most)
        # The oracle looks at runs up to some length only; a bound may break in a longer one.
        late = {name for name, length in found.violated.items() if name in ours.unlimited and length > ours.rounds}
        for name in late - ours.violated.keys():
            del found.violated[name]
        assert found == expected, f"{engine}: {found}\noracle: {expected}\n{text}"
    return True
