"""Which protocols are compared, and how many states has each? The same semantics in four languages.

dscheck's specs are those of tests/peer_semantics; the models for SPIN, Rumur and TLC are read from a folder with
promela/, murphi/ and tla/ in it, which DSCHECK_PEERS names.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One protocol with its parameters.

    Attributes:
        name: for `--rows`.
        title: for the table.
        model: file name of the models, without their endings.
        settings: value per parameter, the same for all tools.
        states: distinct states on which the tools agree.
        transitions: successors computed from them.
        module: of TLA+, if it has another name.
        invariant: of the TLA+ module.
        constants: of the TLA+ module, if they are not the parameters.
        seeds: texts that seed a bug, by tool: what is replaced, and by what. Then only the verdict is compared.
    """

    name: str
    title: str
    model: str
    settings: dict[str, int]
    states: int
    transitions: int
    module: str
    invariant: str
    constants: dict[str, str] | None = None
    seeds: dict[str, tuple[str, str]] | None = None


def _members(letter: str, count: int) -> str:
    return "{" + ", ".join(f"{letter}{number}" for number in range(1, count + 1)) + "}"


_CLIENTS = {"Client": _members("c", 8), "None": "None"}

ROWS = (
    Row("ra-4-1", "Ricart-Agrawala N=4 R=1", "ra", {"N": 4, "R": 1}, 1_470_924, 7_730_343, "RA", "Mutex"),
    Row("ra-3-5", "Ricart-Agrawala N=3 R=5", "ra", {"N": 3, "R": 5}, 1_023_211, 2_900_940, "RA", "Mutex"),
    Row("cr-10", "Chang-Roberts N=10", "cr", {"N": 10}, 1_243_826, 6_340_147, "CR", "OnlyMax"),
    Row("central-8", "central lock N=8", "central", {"N": 8}, 1_190_656, 3_862_656, "Central", "Mutex", _CLIENTS),
    Row("bully-4-3", "bully N=4 F=3", "bully", {"N": 4, "F": 3}, 680_794, 5_319_058, "Bully", "OneLeader"),
    Row(
        "twophase-8",
        "two-phase commit N=8",
        "twophase",
        {"N": 8},
        1_745_408,
        18_507_777,
        "TwoPhaseN",
        "Consistent",
        {"RM": _members("r", 8)},
    ),
    Row("peterson-6", "Peterson N=6", "peterson", {"N": 6}, 1_827_936, 6_803_688, "Peterson", "Mutex"),
    # Small ones, to try the script.
    Row("ra-3-1", "Ricart-Agrawala N=3 R=1", "ra", {"N": 3, "R": 1}, 2_357, 6_282, "RA", "Mutex"),
    Row("peterson-4", "Peterson N=4", "peterson", {"N": 4}, 4_752, 13_080, "Peterson", "Mutex"),
    # A node that waits gives way to a request of the same time, whoever made it: two may enter.
    Row(
        "ra-bug",
        "Ricart-Agrawala N=3 R=1, seeded bug",
        "ra",
        {"N": 3, "R": 1},
        0,
        0,
        "RA",
        "Mutex",
        seeds={
            "dscheck": ("(mine, self) < (at, q)", "mine < at"),
            "SPIN": ("(ts == t && _pid < k)", "0"),
            "Rumur": ("(ts[i] = t & i < k)", "false"),
            "TLC": ("(ts[i] = t /\\ i < k)", "FALSE"),
        },
    ),
)

USUAL = ("ra-4-1", "ra-3-5", "cr-10", "central-8", "bully-4-3", "twophase-8", "peterson-6", "ra-bug")
