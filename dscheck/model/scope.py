"""What is in sight while one body or formula is lowered? Bound names, the own process, and notes about the rule."""

from dataclasses import dataclass, field, replace

from dscheck.domains import Domain
from dscheck.language.checked import Tables
from dscheck.model.expressions import Bound, Expression
from dscheck.record import record


@dataclass
class RuleNotes:
    """What lowering a body found out on the way.

    Attributes:
        needs_tick: the body sends or reads the clock.
        sends: how many addressees a run of the body can have; 2 stands for any larger number.
        names: names of choices and loops already taken, so that a label can tell them apart.
    """

    needs_tick: bool = False
    sends: int = 0
    names: set[str] = field(default_factory=set)


@record
class Scope:
    """The names in sight.

    Attributes:
        tables: what the nodes of this body mean (a function's body has tables of its own per call).
        process: the process set whose body this is; None in a property.
        local: bound names and what they stand for.
        old: read the state before the step.
        notes: of the rule being lowered.
    """

    tables: Tables
    process: str | None = None
    local: dict[str, Expression] = field(default_factory=dict)
    old: bool = False
    notes: RuleNotes = field(default_factory=RuleNotes)

    def with_local(self, name: str, meaning: Expression) -> "Scope":
        """This scope and one more name."""
        return replace(self, local={**self.local, name: meaning})

    def bind(self, name: str, domain: Domain) -> tuple["Scope", str]:
        """This scope with `name` bound, and the name to use for it: another one when it would hide one in sight."""
        taken = {meaning.name for meaning in self.local.values() if isinstance(meaning, Bound)}
        fresh = fresh_name(name, taken)
        return self.with_local(name, Bound(fresh, domain)), fresh

    def bind_statement(self, name: str, domain: Domain) -> tuple["Scope", str]:
        """As `bind`, with a name that no other choice or loop of the rule has."""
        taken = self.notes.names | {m.name for m in self.local.values() if isinstance(m, Bound)}
        fresh = fresh_name(name, taken)
        self.notes.names.add(fresh)
        return self.with_local(name, Bound(fresh, domain)), fresh


def fresh_name(name: str, taken: set[str]) -> str:
    """`name`, or `name_2`, `name_3`, … when it is taken."""
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
