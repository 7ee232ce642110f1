"""Which checks does a file ask, each with its circumstances and its expectation?"""

from collections.abc import Mapping
from dataclasses import replace

from dscheck.diagnostics import Diagnostic, Severity, SpecError
from dscheck.language import syntax
from dscheck.language.checked import CheckedSpec
from dscheck.model.constants import NotConstantError, evaluate_constant
from dscheck.model.settings import Configuration, Override, configure
from dscheck.record import record

IMPLICIT = "everything"


@record
class Plan:
    """One check to run.

    Attributes:
        name: the check's; a member of a sweep is called `name[N=3]`.
        configuration: its circumstances.
        expectation: what must come out.
        line: where the check stands (from 1), 0 for the implicit check of a file without any.
    """

    name: str
    configuration: Configuration
    expectation: syntax.Expectation
    line: int


def plans_of(checked: CheckedSpec, overrides: Mapping[str, syntax.Expression]) -> tuple[Plan, ...]:
    """The checks of a spec; a file without checks has one, of everything with the constants' defaults.

    A file of schedules and timing blocks alone has none: there is nothing to explore.

    Args:
        checked: the spec.
        overrides: settings from the command line by key, for every check that does not set the key itself.

    Raises:
        SpecError: a setting is unknown, of the wrong kind or out of range; all such errors at once.
    """
    outside = tuple(Override(tuple(key.split(".")), value, None) for key, value in overrides.items())
    plans: list[Plan] = []
    wrong: list[Diagnostic] = []
    for check in checked.checks or _implicit(checked):
        line = checked.source.position(check.span.start)[0] if checked.checks else 0
        for member in _members(check, wrong):
            own = tuple(
                Override(tuple(k.name for k in s.key), s.value, s.span)
                for s in member.settings
                if not isinstance(s.value, syntax.RangeType)
            )
            taken = {override.key for override in own}
            found, complaints = configure(checked, (*own, *(o for o in outside if o.key not in taken)))
            wrong.extend(complaint for complaint in complaints if complaint not in wrong)
            if found is not None:
                plans.append(Plan(member.name.name, found, member.expectation, line))
    if wrong:
        raise SpecError(checked.source, tuple(wrong))
    return tuple(plans)


def without_effect(checked: CheckedSpec, overrides: Mapping[str, syntax.Expression]) -> tuple[Diagnostic, ...]:
    """What to say of settings from the command line that every check sets itself.

    Raises:
        SpecError: such a setting is wrong as well; nobody else would notice.
    """
    set_by_all = [
        key
        for key in overrides
        if checked.checks and all(key in {_key(s) for s in check.settings} for check in checked.checks)
    ]
    unused = tuple(Override(tuple(key.split(".")), overrides[key], None) for key in set_by_all)
    _, complaints = configure(checked, unused)
    if complaints:
        raise SpecError(checked.source, tuple(complaints))
    return tuple(
        Diagnostic("", f"--set {key} has no effect: every check sets `{key}` itself", severity=Severity.WARNING)
        for key in set_by_all
    )


def _key(setting: syntax.Setting) -> str:
    return ".".join(part.name for part in setting.key)


def _implicit(checked: CheckedSpec) -> tuple[syntax.Check, ...]:
    if checked.blocks and not checked.processes:
        return ()
    return (syntax.Check(syntax.Identifier(IMPLICIT), (), syntax.ExpectHolds(None)),)


def _members(check: syntax.Check, wrong: list[Diagnostic]) -> list[syntax.Check]:
    """The check itself, or one check per combination of the values that it sweeps."""
    members = [check]
    for position, setting in enumerate(check.settings):
        if not isinstance(setting.value, syntax.RangeType):
            continue
        try:
            low = evaluate_constant(setting.value.low, {})
            high = evaluate_constant(setting.value.high, {})
        except NotConstantError as error:
            wrong.append(Diagnostic("DS0502", f"a sweep goes over numbers: {error}", error.span))
            return []
        if low > high:
            wrong.append(Diagnostic("DS0503", f"the sweep {low}..{high} is empty", setting.span))
        key = _key(setting)
        values = range(low, high + 1)
        members = [_with(member, position, value, f"{key}={value}") for member in members for value in values]
    return members


def _with(check: syntax.Check, position: int, value: int, tag: str) -> syntax.Check:
    settings = list(check.settings)
    settings[position] = replace(settings[position], value=syntax.Number(value, settings[position].span))
    base = check.name.name
    name = f"{base[:-1]},{tag}]" if base.endswith("]") else f"{base}[{tag}]"
    return replace(check, name=replace(check.name, name=name), settings=tuple(settings))
