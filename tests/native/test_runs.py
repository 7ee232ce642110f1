"""Do the rounds in C answer as the Python ones do? Random graphs, grown level by level, go through both."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dscheck.explore.bounds import Graph, Rounds
from dscheck.explore.questions import RunQuestion
from dscheck.semantics.evaluate import StepFailed

RUNTIME = Path(__file__).resolve().parents[2] / "dscheck" / "engines" / "native" / "runtime"
DRIVER = Path(__file__).with_name("runs_driver.c")
FAILS, OVERFLOWS = 1 << 60, 1 << 59
OPEN, FOUND, ABSENT, UNDECIDABLE, WITHOUT_VALUE = range(5)

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")


@dataclass(frozen=True)
class Question:
    condition: int
    limit: int
    tight: bool
    coefficients: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """A graph by levels.

    Attributes:
        questions: what is asked.
        increments: by number of weight.
        levels: per level, the answers to the formulas in its states.
        steps: per state, in order of positions without gaps: targets and numbers of weights.
        positions: of each state as the C side sees them: several workers leave some out, and take them out of order.
    """

    questions: tuple[Question, ...]
    increments: tuple[tuple[int, ...], ...]
    levels: tuple[tuple[tuple[int, ...], ...], ...]
    steps: tuple[tuple[tuple[int, int], ...], ...]
    positions: tuple[int, ...]


Outcome = tuple[list[list[int]], list[Any]]


# --- the Python rounds ---------------------------------------------------------------------------


def by_definition(case: Case) -> Outcome:
    """States of the questions after every round, then the answers."""
    store = SimpleNamespace(states=[])
    graph = Graph()
    positions = case.positions
    for counts in case.increments:  # as in the C side, numbers are given whether used or not
        graph._weights.setdefault(counts, len(graph._weights))
    where: list[Any] = []

    def answer(number: int, state: tuple[int, ...]) -> int:
        if state[number + 1] >= FAILS:
            where[:] = ["failed", state[number + 1] - FAILS, state[0], number]
            raise StepFailed(SimpleNamespace(message=""), "")
        return state[number + 1]

    stepper = SimpleNamespace(answer=answer)
    going: dict[int, Rounds] = {}
    states = [OPEN] * len(case.questions)
    answers: list[Any] = [["none"] for _ in states]
    history: list[list[int]] = []

    def note(k: int, proceed) -> None:
        try:
            rounds = proceed()
        except StepFailed:
            states[k], answers[k] = WITHOUT_VALUE, list(where)
            going.pop(k, None)
            return
        found = rounds.answer
        going[k] = rounds
        if found is not None:
            del going[k]
            states[k] = FOUND if found.schedule else ABSENT if found.settled else UNDECIDABLE
            if found.schedule:
                numbers = list(graph._weights)
                answers[k] = ["run", found.schedule.initial[0]]
                for step in found.schedule.steps:
                    answers[k] += [step.successor[0], numbers.index(step.counts)]

    def store_level(level: tuple[tuple[int, ...], ...]) -> None:
        for values in level:
            store.states.append((positions[len(store.states)], *values))

    store_level(case.levels[0])
    for k, asked in enumerate(case.questions):
        property_ = SimpleNamespace(kind="tight" if asked.tight else "bound", limit=None, condition=None)
        question = RunQuestion(property_, asked.condition, asked.limit, asked.coefficients)  # type: ignore[arg-type]
        note(k, lambda question=question: Rounds(question, graph, store, stepper))  # type: ignore[arg-type]
    history.append(list(states))
    begin = 0
    for number in range(len(case.levels)):
        end = begin + len(case.levels[number])
        for position in range(begin, end):
            graph.open(position)
            for target, weight in case.steps[position]:
                graph.add(0, target, case.increments[weight])
        begin = end
        if number + 1 < len(case.levels):
            store_level(case.levels[number + 1])
        for k, rounds in list(going.items()):
            note(k, lambda rounds=rounds: (rounds.advance(), rounds)[1])
        history.append(list(states))
    for k, rounds in list(going.items()):
        note(k, lambda rounds=rounds: (rounds.finish(lambda: None), rounds)[1])
    history.append(list(states))
    return history, answers


# --- the rounds in C -----------------------------------------------------------------------------


def written(case: Case, rounds: int = -1) -> str:
    """The case for the driver."""
    counters, asked = len(case.increments[0]), len(case.levels[0][0])
    asks = [(each.condition, each.limit, int(each.tight), *each.coefficients) for each in case.questions]
    lines = [f"{counters} {asked} {len(asks)}", *(" ".join(map(str, each)) for each in asks)]
    positions, known, begin = case.positions, 0, 0
    told = 0
    for number, level in enumerate(case.levels):
        for values in level:
            lines.append("s " + " ".join(map(str, (positions[known], *values))))
            known += 1
        lines.append("a" if number else "b")
        # Weights are told when they are first needed.
        needed = [weight for position in range(begin, known) for _, weight in case.steps[position]]
        for counts in case.increments[told : max(needed, default=-1) + 1]:
            lines.append("i " + " ".join(map(str, counts)))
            told += 1
        for position in range(begin, known):
            steps = [f"{positions[target]} {weight}" for target, weight in case.steps[position]]
            lines.append(f"x {positions[position]} {len(steps)} {' '.join(steps)}")
        begin = known
    return "\n".join([*lines, "a", f"f {rounds}"])


def by_driver(driver: Path, case: Case, *arguments: int, rounds: int = -1) -> tuple[Outcome, str]:
    """The same of the C side, and why it ended."""
    ran = subprocess.run(
        [driver, *map(str, arguments)],
        input=written(case, rounds),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line[0].isalpha())
    history = [[int(part) for part in line.split()] for line in lines[:at]]
    answers = [[word if word.isalpha() else int(word) for word in line.split()] for line in lines[at + 1 :]]
    return (history, answers), lines[at]


def _compiled(folder: Path, *flags: str) -> Path:
    driver = folder / "driver"
    sources = [DRIVER, RUNTIME / "runs.c", RUNTIME / "rounds.c"]
    wrapped = "-Wl,--wrap=realloc,--wrap=calloc"
    # Links are dropped as soon as there are eight, so that small graphs come to it.
    options = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-DWORDS=1", "-DRUNS_LINKS_KEPT=8", f"-I{RUNTIME}"]
    subprocess.run(["gcc", *options, *flags, *sources, wrapped, "-o", driver], check=True, timeout=120)
    return driver


@pytest.fixture(scope="module")
def driver(tmp_path_factory) -> Path:
    return _compiled(tmp_path_factory.mktemp("runs"), "-O1")


@pytest.fixture(scope="module")
def careful(tmp_path_factory) -> Path:
    flags = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    return _compiled(tmp_path_factory.mktemp("careful"), *flags)


# --- cases ---------------------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn, fails: bool = True) -> Case:
    counters = draw(st.integers(1, 2))
    small = st.integers(-1, 2)
    increments = draw(
        st.lists(st.tuples(*[small] * counters), min_size=1, max_size=4, unique=True).map(tuple), label="increments"
    )
    # Formulas: two conditions, two limits of which the second most often is the same everywhere.
    usual = draw(st.integers(-1, 12))
    limit = st.integers(-1, 12)
    truth = st.integers(0, 1) if draw(st.booleans()) else st.just(1)
    values = st.tuples(truth, st.sampled_from((0, 0, 0, 1)), limit, st.sampled_from((usual, usual, usual, 3)))
    if draw(st.booleans()):
        values = st.tuples(truth, st.just(0), limit, st.just(usual))
    if fails and draw(st.integers(0, 3)) == 0:
        odd = st.sampled_from((0, 1, 1, 2, FAILS, FAILS + 3))
        values = st.one_of(values, values, st.tuples(odd, odd, odd, odd))
    question = st.builds(
        Question,
        condition=st.integers(0, 1),
        limit=st.integers(2, 3),
        tight=st.booleans(),
        coefficients=st.tuples(*[st.sampled_from((1, 1, 2, 0, -1))] * counters),
    )
    questions = draw(st.lists(question, min_size=1, max_size=3).map(tuple))
    levels = [tuple(draw(st.lists(values, min_size=1, max_size=3)))]
    steps: list[tuple[tuple[int, int], ...]] = []
    known = len(levels[0])
    while len(levels) <= 8:
        begin = sum(map(len, levels[:-1]))
        size = draw(st.integers(0, 3)) if len(levels) < 8 else 0
        level_steps = [
            draw(st.lists(st.tuples(st.integers(0, known + size - 1), st.integers(0, len(increments) - 1)), max_size=4))
            for _ in range(begin, known)
        ]
        for new in range(known, known + size):  # whoever is new was reached from the level before
            source = draw(st.integers(0, known - begin - 1))
            level_steps[source].append((new, draw(st.integers(0, len(increments) - 1))))
        steps += map(tuple, level_steps)
        if not size:
            break
        levels.append(tuple(draw(st.lists(values, min_size=size, max_size=size))))
        known += size
    initial = range(len(levels[0]))
    later = draw(st.permutations(range(len(initial), 2 * known)))[: known - len(initial)]
    if draw(st.booleans()):
        later.sort()
    return Case(questions, increments, tuple(levels), tuple(steps), (*initial, *later))


def line(length: int, limit: int, tight: bool = False, back: bool = False) -> Case:
    """A run that counts one with each step; `back`: its last state has a step to the first."""
    steps = [((position + 1, 0),) for position in range(length)]
    return Case(
        questions=(Question(0, 1, tight, (1,)),),
        increments=((1,),),
        levels=tuple(((1, limit),) for _ in range(length + 1)),
        steps=(*steps, ((0, 0),) if back else ()),
        positions=tuple(range(length + 1)),
    )


def weight_of(case: Case, question: Question, run: list[Any]) -> int:
    """The weight of a run as the driver prints it, which must be one."""
    positions = case.positions
    at, weight = positions.index(run[1]), 0
    assert at < len(case.levels[0])
    for target, number in zip(run[2::2], run[3::2], strict=True):
        assert (positions.index(target), number) in case.steps[at]
        at = positions.index(target)
        weight += sum(a * b for a, b in zip(question.coefficients, case.increments[number], strict=True))
    return weight


def assert_same(driver: Path, case: Case) -> Outcome:
    """Same states after each round, same reasons, runs of the same length that show what they should."""
    expected, (found, end) = by_definition(case), by_driver(driver, case)
    assert end == "end"
    assert found[0] == expected[0]
    values = [value for level in case.levels for value in level]
    for question, right, answer in zip(case.questions, expected[1], found[1], strict=True):
        assert answer[0] == right[0]
        if answer[0] != "run":
            assert answer == right
            continue
        assert len(answer) == len(right)
        last = values[case.positions.index(answer[-2] if len(answer) > 2 else answer[1])]
        weight, limit = weight_of(case, question, answer), last[question.limit]
        assert last[question.condition]
        assert weight == limit if question.tight else weight > limit
        if question.tight:
            mentioned = [
                factor and count > 0
                for number in answer[3::2]
                for factor, count in zip(question.coefficients, case.increments[number], strict=True)
            ]
            assert any(mentioned)
    return found


@given(cases())
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
def test_rounds_are_those_of_the_definition(driver: Path, case: Case) -> None:
    assert_same(driver, case)


@given(cases())
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_rounds_stay_within_their_memory(careful: Path, case: Case) -> None:
    assert_same(careful, case)


@given(cases(fails=False))
@settings(deadline=None, max_examples=3, suppress_health_check=list(HealthCheck))
def test_refused_memory_is_told(careful: Path, case: Case) -> None:
    expected = by_driver(careful, case)
    for allocations in range(200):
        outcome, end = by_driver(careful, case, allocations)
        assert end in {"memory", "end"}
        if end == "end":
            assert outcome == expected[0]
            if allocations > 50:
                break


# The second state gains for ever, but only the first is judged, to which nothing leads back.
HARMLESS = Case(
    questions=(Question(0, 1, False, (1,)),),
    increments=((1,),),
    levels=(((1, 5),), ((0, 5),)),
    steps=(((1, 0),), ((1, 0),)),
    positions=(0, 3),
)
# Of two steps between the same states the heavier one counts, also when the lighter one would meet the limit.
PARALLEL = Case(
    questions=(Question(0, 1, True, (1,)),),
    increments=((1,), (2,)),
    levels=(((1, 1),), ((1, 1),)),
    steps=(((1, 0), (1, 1)), ()),
    positions=(0, 1),
)
# The first limit that differs is that of a state before one that is known already.
BETWEEN = Case(
    questions=(Question(0, 1, False, (1,)),),
    increments=((1,),),
    levels=(((1, 5),), ((1, 5),), ((1, 100),)),
    steps=(((1, 0),), ((1, 0), (2, 0)), ()),
    positions=(0, 900, 1),
)
SHAPES = [
    # case, state of the question in the end, length of the run
    (line(3, limit=2), FOUND, 3),
    (line(3, limit=3), ABSENT, None),
    (line(3, limit=3, tight=True), FOUND, 3),
    (line(3, limit=4, tight=True), ABSENT, None),
    (line(3, limit=-1), FOUND, 0),
    (line(3, limit=100, back=True), FOUND, 101),
    (line(3, limit=100, back=True, tight=True), FOUND, 100),
    (line(300, limit=200), FOUND, 201),
    (HARMLESS, ABSENT, None),
    (PARALLEL, UNDECIDABLE, None),
    (BETWEEN, FOUND, 6),
]


@pytest.mark.parametrize(("case", "state", "length"), SHAPES)
def test_shapes(careful: Path, case: Case, state: int, length: int | None) -> None:
    history, answers = assert_same(careful, case)
    assert history[-1] == [state]
    if length is not None:
        assert len(answers[0]) == 2 + 2 * length


def test_finishing_may_be_stopped(driver: Path) -> None:
    outcome, end = by_driver(driver, line(3, limit=100, back=True), rounds=10)
    assert end == "end"
    assert outcome[0][-1] == [OPEN]


def test_too_small_a_width_ends_it(driver: Path) -> None:
    case = line(3, limit=OVERFLOWS)
    assert by_driver(driver, case)[1] == "overflow"
