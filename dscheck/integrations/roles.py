"""Which steps of a spec does an adapter take, which happen by themselves, and which never?

A rule of the spec that the adapter has a method for is driven. `request` is the method of an action `request`,
`on_Grant` that of the arrival of a message `Grant`, `timeout_lease`, `crash` and `loss` those of timers and faults.
A rule that the constants switch off needs no method.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from dscheck.model.folding import decided
from dscheck.model.system import System
from dscheck.record import record

_BY_THEMSELVES = {"arrival", "timeout", "discard"}
TORN = "torn"


class WrongAdapter(TypeError):
    """An adapter does not fit its spec; the message says what is missing."""


@record
class Roles:
    """Who sees to it that a step of the spec happens.

    Attributes:
        driven: by the name of a rule, the method of the adapter.
        spontaneous: names of rules that happen by themselves.
        left_out: names of rules that never happen.
    """

    driven: dict[str, str]
    spontaneous: frozenset[str]
    left_out: frozenset[str]


def roles_of(
    system: System, adapter: Any, spontaneous: Collection[str] | None = None, left_out: Collection[str] = ()
) -> Roles:
    """Give every rule of a spec its role.

    Args:
        system: whose rules.
        adapter: a class, or an object of one.
        spontaneous: names of rules that happen by themselves; None for arrivals of messages and timeouts, as far as
            the adapter has no methods for them.
        left_out: names of rules that never happen; `torn` for crashes in mid-step.

    Raises:
        WrongAdapter: a rule has no role, a name is no rule's, or the adapter cannot be looked at.
    """
    names = list(dict.fromkeys(rule.name for rule in system.rules if not rule.torn))
    kinds = {rule.name: rule.kind for rule in system.rules}
    given = TORN if any(rule.torn for rule in system.rules) else None
    for name in (*(spontaneous or ()), *left_out):
        if name not in names and name != given:
            raise WrongAdapter(f"{system.protocol} has no step `{name}`; it has: {', '.join(names)}")
    if given and TORN not in left_out:
        raise WrongAdapter('crashes in mid-step cannot be driven: say left_out=["torn"]')
    if not callable(getattr(adapter, "observe", None)):
        raise WrongAdapter(f"{_name(adapter)} has no method `observe`, which gives the values of variables by name")
    driven, by_themselves, never = {}, set(), set(left_out)
    possible = {rule.name for rule in system.rules if decided(rule.guard) is not False}
    for name in names:
        if name in left_out:
            continue
        if name in (spontaneous or ()):
            by_themselves.add(name)
        elif callable(getattr(adapter, method_of(name), None)):
            driven[name] = method_of(name)
        elif spontaneous is None and kinds[name] in _BY_THEMSELVES:
            by_themselves.add(name)
        elif name not in possible:  # the constants switch it off: another variant of the spec
            never.add(name)
        else:
            raise WrongAdapter(
                f"{_name(adapter)} has no method `{method_of(name)}` for the step `{name}` of {system.protocol}: write "
                f'it, or say spontaneous=["{name}"] (it happens by itself) or left_out=["{name}"] (it never happens)'
            )
    if not driven:
        raise WrongAdapter(f"{_name(adapter)} drives no step of {system.protocol}: it has a method for none of them")
    return Roles(driven, frozenset(by_themselves), frozenset(never))


def method_of(rule: str) -> str:
    """The name of the method that takes a step: `on_Grant` for `on Grant`."""
    return rule.replace(" ", "_")


def class_of(adapter: Any) -> Any:
    """What has the methods of an adapter: the class itself, or that of a `functools.partial`.

    Raises:
        WrongAdapter: it is another function, whose result only a call would tell.
    """
    found = adapter.func if isinstance(adapter, partial) else adapter
    if not isinstance(found, type):
        raise WrongAdapter(f"{adapter!r} is no class: give a class of adapters, or a functools.partial of one")
    return found


def _name(adapter: Any) -> str:
    return adapter.__name__ if isinstance(adapter, type) else type(adapter).__name__
