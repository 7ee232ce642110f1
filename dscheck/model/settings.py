"""Under which circumstances is a check asked? Constants, network, faults and timers of one check, made definite.

Settings come from three places, the later winning: the declarations, `--set` on the command line, the check itself.
Overrides apply first, then dependent constants are computed again, so `F = 2` changes `N = F + 1`.
"""

from collections.abc import Mapping
from dataclasses import field
from difflib import get_close_matches
from typing import Any, Literal

from dscheck.diagnostics import Diagnostic
from dscheck.language import syntax
from dscheck.language.check_assume import assumption_name, wanted
from dscheck.language.checked import CheckedSpec
from dscheck.model.constants import Constant, NotConstantError, evaluate_constant
from dscheck.record import record
from dscheck.source import Span

NETWORK_BUDGETS = ("loss", "duplicate", "cut", "heal", "capacity")
FAULT_BUDGETS = ("crash", "recover", "down")  # each of one process set
Unlimited = None


@record
class Configuration:
    """One check's circumstances.

    Attributes:
        constants: value of every constant.
        order: of the network.
        capacity: messages a channel may hold; None for any number.
        loss: messages that may be lost.
        duplicate: messages that may be duplicated.
        cut: links that may be cut.
        cut_of: only links between processes of this set may be cut; None for all links.
        heal: cut links that may be healed; None for any number.
        crash: per process set, crashes that may happen; None for any number; absent for none.
        recover: per process set, recoveries that may happen.
        down: per process set, how many may be down at one time.
        total: crash, cut, loss and duplicate events together; None for no limit.
        torn: whether a crash may fall inside a step.
        early: whether timeouts may fire although the answer is still on its way.
        only: the properties asked; None for all.
        assumptions: those about timers that are on, by name; None for all.
    """

    constants: Mapping[str, Constant]
    order: Literal["fifo", "unordered"] = "unordered"
    capacity: int | None = None
    loss: int = 0
    duplicate: int = 0
    cut: int = 0
    cut_of: str | None = None
    heal: int | None = 0
    crash: Mapping[str, int | None] = field(default_factory=dict)
    recover: Mapping[str, int | None] = field(default_factory=dict)
    down: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    torn: bool = False
    early: bool = False
    only: frozenset[str] | None = None
    assumptions: frozenset[str] | None = None

    def may_crash(self, process: str) -> bool:
        """Can a process of this set ever be down?"""
        return self.crash.get(process, 0) != 0 and self.down.get(process) != 0 and self.total != 0

    def may_recover(self, process: str) -> bool:
        """Can a process of this set ever come back?"""
        return self.recover.get(process, 0) != 0

    def shown(self) -> dict[str, str]:
        """Every effective setting as `key: value`, in the order to print; budgets of 0 are left out."""
        words = {name: _word(value) for name, value in self.constants.items()}
        words["network.order"] = self.order
        for name, amount in (
            ("capacity", self.capacity),
            ("loss", self.loss),
            ("duplicate", self.duplicate),
            ("cut", self.cut),
        ):
            if amount:
                words[f"network.{name}"] = str(amount)
        if self.cut and self.heal != 0:
            words["network.heal"] = _budget(self.heal)
        for name, budgets in (("crash", self.crash), ("recover", self.recover), ("down", self.down)):
            words.update({f"faults.{name}.{role}": _budget(k) for role, k in budgets.items() if k != 0})
        if self.total is not None:
            words["faults.total"] = str(self.total)
        if self.torn:
            words["faults.torn"] = "true"
        if self.early:
            words["timers.early"] = "true"
        if self.only is not None:
            words["only"] = "{" + ", ".join(sorted(self.only)) + "}"
        if self.assumptions is not None:
            words["assumptions"] = "{" + ", ".join(sorted(self.assumptions)) + "}" if self.assumptions else "false"
        return words


def _word(value: Constant) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _budget(amount: int | None) -> str:
    return "unlimited" if amount is None else str(amount)


@record
class Override:
    """One `key = value` that overrides a declaration; the span is None for one from the command line."""

    key: tuple[str, ...]
    value: syntax.Expression
    span: Span | None

    @property
    def name(self) -> str:
        """The key as written."""
        return ".".join(self.key)


def configure(checked: CheckedSpec, overrides: tuple[Override, ...]) -> tuple[Configuration | None, list[Diagnostic]]:
    """The circumstances under `overrides`.

    Args:
        checked: the spec.
        overrides: at most one per key; the check's own before those of the command line.

    Returns:
        The configuration, or None and what is wrong.
    """
    return _Configuring(checked, overrides).run()


class _Configuring:
    """Collects settings and complaints."""

    def __init__(self, checked: CheckedSpec, overrides: tuple[Override, ...]) -> None:
        self.checked = checked
        self.overrides = overrides
        self.wrong: list[Diagnostic] = []
        self.constants: dict[str, Constant] = {}
        self.crashable = [name for name, info in checked.processes.items() if name in self._declared_crashable()]

    def run(self) -> tuple[Configuration | None, list[Diagnostic]]:
        self._constants()
        if self.wrong:
            return None, self.wrong
        network = self._network()
        faults = self._faults()
        early, only, assumptions = False, None, None
        for override in self.overrides:
            match override.key:
                case ("timers", "early"):
                    early = self._flag(override)
                case ("only",):
                    only = self._properties(override)
                case ("assumptions",):
                    assumptions = self._assumptions(override)
                case ("timers" | "network" | "faults" | "only", *_):
                    pass
                case _ if override.name not in self.checked.constants:
                    self._unknown(override)
        for override in self.overrides:
            if override.key[0] == "timers" and override.key != ("timers", "early"):
                self._unknown(override)
        if self.wrong:
            return None, self.wrong
        return Configuration(self.constants, early=early, only=only, assumptions=assumptions, **network, **faults), []

    def _constants(self) -> None:
        given = {override.name: override for override in self.overrides}
        for name, declaration in self.checked.constants.items():
            override = given.get(name)
            try:
                value = evaluate_constant(override.value if override else declaration.value, self.constants)
                if override and isinstance(value, bool) != isinstance(self._default(declaration), bool):
                    kind = "true or false" if isinstance(self._default(declaration), bool) else "a number"
                    self._complain("DS0502", f"`{name}` is {kind}", override)
                if declaration.range is not None:
                    low = evaluate_constant(declaration.range.low, self.constants)
                    high = evaluate_constant(declaration.range.high, self.constants)
                    if not low <= value <= high:
                        message = f"{name} = {value} is outside its range {low}..{high}"
                        self._complain("DS0503", message, override, declaration.span)
                self.constants[name] = value
            except NotConstantError as error:
                span = override.span if override else error.span
                self.wrong.append(Diagnostic("DS0502", f"the value of `{name}` cannot be computed: {error}", span))
                self.constants[name] = 0

    def _default(self, declaration: syntax.Constant) -> Constant:
        values: dict[str, Constant] = {}
        for name, other in self.checked.constants.items():
            values[name] = evaluate_constant(other.value, values)
            if other is declaration:
                break
        return values[declaration.name.name]

    def _network(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for option in self.checked.network.options if self.checked.network else ():
            name = option.name.name
            if name == "order" and option.word is not None:
                self._order(found, option.word.name, option.span)
            elif name in NETWORK_BUDGETS and option.word is None:
                found[name] = self._amount(option.amount, option.span, bare=Unlimited if name == "heal" else 1)
                if name == "cut" and option.process is not None:
                    found["cut_of"] = self._role(option.process.name, option.process.span)
            else:
                self._unknown_option(option, ("order", *NETWORK_BUDGETS))
        for override in self.overrides:
            match override.key:
                case ("network", "order"):
                    word = override.value.name if isinstance(override.value, syntax.Name) else ""
                    self._order(found, word, override.span)
                case ("network", name) if name in NETWORK_BUDGETS:
                    found[name] = self._amount(override.value, override.span)
                case ("network", *_):
                    self._unknown(override)
        return found

    def _order(self, found: dict[str, Any], word: str, span: Span | None) -> None:
        if word in {"fifo", "unordered"}:
            found["order"] = word
        else:
            self.wrong.append(Diagnostic("DS0502", "the order of a network is `fifo` or `unordered`", span))

    def _declared_crashable(self) -> set[str]:
        options = self.checked.faults.options if self.checked.faults else ()
        return {o.process.name for o in options if o.process is not None and o.name.name in {"crash", "down"}}

    def _faults(self) -> dict[str, Any]:
        budgets: dict[str, dict[str, int | None]] = {name: {} for name in FAULT_BUDGETS}
        found: dict[str, Any] = dict(budgets)
        for option in self.checked.faults.options if self.checked.faults else ():
            name = option.name.name
            if name == "torn":
                found["torn"] = option.word is None or option.word.name == "true"
            elif name == "total":
                found["total"] = self._amount(option.amount, option.span)
            elif name in FAULT_BUDGETS and option.word is None:
                role = option.process.name if option.process else self._only_role(option.span)
                if role is not None and self._role(role, option.span) is not None:
                    budgets[name][role] = self._amount(option.amount, option.span, bare=Unlimited)
            else:
                self._unknown_option(option, (*FAULT_BUDGETS, "total", "torn"))
        for override in self.overrides:
            match override.key:
                case ("faults", "torn"):
                    found["torn"] = self._flag(override)
                case ("faults", "total"):
                    found["total"] = self._amount(override.value, override.span)
                case ("faults", name) if name in FAULT_BUDGETS:
                    role = self._only_role(override.span)
                    if role is not None:
                        budgets[name][role] = self._amount(override.value, override.span)
                case ("faults", name, role) if name in FAULT_BUDGETS:
                    if self._role(role, override.span) is not None:
                        budgets[name][role] = self._amount(override.value, override.span)
                case ("faults", *_):
                    self._unknown(override)
        for role in budgets["down"]:
            # A limit on how many are down at one time leaves the number of events open.
            budgets["crash"].setdefault(role, Unlimited)
            budgets["recover"].setdefault(role, Unlimited)
        return found

    def _only_role(self, span: Span | None) -> str | None:
        candidates = self.crashable or list(self.checked.processes)
        if len(candidates) == 1:
            return candidates[0]
        choices = ", ".join(f"`{name}`" for name in candidates)
        self.wrong.append(
            Diagnostic(
                "DS0504",
                f"which processes? it could be {choices}",
                span,
                help=f"name the process, as in `faults.crash.{candidates[0]} = 1`",
            )
        )
        return None

    def _role(self, name: str, span: Span | None) -> str | None:
        if name in self.checked.processes:
            return name
        near = get_close_matches(name, self.checked.processes, 1)
        help_text = f"did you mean `{near[0]}`?" if near else f"there is {', '.join(self.checked.processes)}"
        self.wrong.append(Diagnostic("DS0501", f"there is no process named `{name}`", span, help=help_text))
        return None

    def _amount(self, expression: syntax.Expression | None, span: Span | None, *, bare: int | None = 0) -> int | None:
        if expression is None:
            return bare
        try:
            value = evaluate_constant(expression, self.constants)
        except NotConstantError as error:
            self.wrong.append(Diagnostic("DS0502", f"this is not an amount: {error}", span))
            return 0
        if isinstance(value, bool) or value < 0:
            self.wrong.append(Diagnostic("DS0502", f"an amount is a number from 0, not {_word(value)}", span))
            return 0
        return value

    def _flag(self, override: Override) -> bool:
        match override.value:
            case syntax.Name("true" | "false" as word):
                return word == "true"
            case _:
                self._complain("DS0502", f"`{override.name}` is true or false", override)
                return False

    def _properties(self, override: Override) -> frozenset[str]:
        items = override.value.items if isinstance(override.value, syntax.SetOf) else (override.value,)
        names = set()
        for item in items:
            known = self.checked.properties
            if isinstance(item, syntax.Name) and item.name in known:
                names.add(item.name)
            else:
                written = self.checked.source.slice(item.span) if override.span else getattr(item, "name", "?")
                near = get_close_matches(written, known, 1)
                self._complain(
                    "DS0501",
                    f"there is no property named `{written}`",
                    override,
                    help_text=f"did you mean `{near[0]}`?" if near else "",
                )
        return frozenset(names)

    def _assumptions(self, override: Override) -> frozenset[str] | None:
        """Those that are on; all of them are as good as no setting."""
        known = {assumption_name(node) for node in self.checked.assumes}
        names = wanted(override.value)
        if names is None:
            self._complain("DS0502", f"`{override.name}` is true, false or a set of names of timers", override)
        elif names not in {("true",), ("false",)}:
            for name in names:
                if name not in known:
                    near = get_close_matches(name, known, 1)
                    message = f"nothing is assumed of a timer `{name}`"
                    self._complain("DS0501", message, override, help_text=f"did you mean `{near[0]}`?" if near else "")
        if names is None or names == ("true",):
            return None
        on = frozenset(() if names == ("false",) else names)
        return None if on == known else on

    def _unknown(self, override: Override) -> None:
        known = [
            *self.checked.constants,
            "network.order",
            "timers.early",
            "faults.torn",
            "faults.total",
            "only",
            "assumptions",
            *(f"network.{name}" for name in NETWORK_BUDGETS),
            *(f"faults.{name}" for name in FAULT_BUDGETS),
        ]
        near = get_close_matches(override.name, known, 1)
        help_text = f"did you mean `{near[0]}`?" if near else self._what_there_is()
        self._complain("DS0501", f"there is no setting named `{override.name}`", override, help_text=help_text)

    def _what_there_is(self) -> str:
        constants = ", ".join(f"`{name}`" for name in self.checked.constants)
        return f"there are {f'the constants {constants} and ' if constants else ''}keys such as `network.loss`"

    def _unknown_option(self, option: syntax.Option, known: tuple[str, ...]) -> None:
        near = get_close_matches(option.name.name, known, 1)
        help_text = f"did you mean `{near[0]}`?" if near else f"it takes {', '.join(known)}"
        text = self.checked.source.slice(option.span) or option.name.name
        self.wrong.append(Diagnostic("DS0501", f"`{text}` is no option here", option.span, help=help_text))

    def _complain(
        self, code: str, message: str, override: Override | None, span: Span | None = None, *, help_text: str = ""
    ) -> None:
        place = override.span if override else span
        prefix = "--set: " if override and override.span is None else ""
        self.wrong.append(Diagnostic(code, prefix + message, place, help=help_text))
