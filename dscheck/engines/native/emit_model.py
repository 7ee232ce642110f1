"""How does a transition system read as C? As one text that defines a `struct model` for the search."""

from dscheck.engines.native.block import identifier
from dscheck.engines.native.coding import NotPackable
from dscheck.engines.native.emit_formulas import emit_always, emit_asked, emit_steps, function
from dscheck.engines.native.emit_rules import emit_rules
from dscheck.engines.native.packing import Packing
from dscheck.engines.native.slots import Slots
from dscheck.engines.native.tidy import comment, wrapped
from dscheck.engines.native.values import Values
from dscheck.engines.native.values_normalise import emit_normalise
from dscheck.explore.stepper import Formulas
from dscheck.model.layout import layout_of
from dscheck.model.system import System
from dscheck.semantics.normalise import clocks_of


def emit_model(system: System, formulas: Formulas, packing: Packing, symbol: str = "dscheck_model") -> str:
    """C text that defines `const struct model SYMBOL`; the same for the same arguments, byte by byte.

    Args:
        system: what is explored.
        formulas: what is asked of states and steps of that system.
        packing: of its states; its constants are those of `constant_slots`.
        symbol: name of the struct.

    Raises:
        NotPackable: the system cannot be written in C; the message says what is in the way.
    """
    try:
        if packing.split is not None:
            system, formulas = packing.split.system, packing.split.formulas(formulas)
        lines = _lines(system, formulas, packing, symbol)
    except RecursionError:
        raise NotPackable("its rules are nested too deep, or too long") from None
    return "".join(f"{part}\n" for line in lines for part in wrapped(line))


def _lines(system: System, formulas: Formulas, packing: Packing, symbol: str) -> list[str]:
    slots = Slots(system, packing, Values(packing.codings))
    fair = formulas.fair
    normalise = emit_normalise(packing, slots.values, clocks_of(layout_of(system)) if fair else ())
    endings = ["judge_steps(state, {after}, labels);"] if formulas.steps else []
    if normalise:
        endings.append("moved = normalise({after});" if fair else "normalise({after});")
    bodies = emit_rules(slots, tuple(endings), fair=fair)
    names = _function_names(system)
    rules: list[str] = []
    for rule, name, body in zip(system.rules, names, bodies, strict=True):
        if body:
            head = f"static void {name}(const word *restrict state, struct labels *labels)"
            rules += [f"/* {comment(rule.name)} */", *function(head, body)]
        else:
            rules += [f"/* {comment(rule.name)}: never enabled */", ""]
    calls = [f"    {name}(state, labels);" for name, body in zip(names, bodies, strict=True) if body]
    functions = [
        *emit_steps(slots, formulas.steps),
        *rules,
        *function("static void expand(const word *state, struct labels *labels)", calls),
        *emit_always(slots, formulas.always),
        *emit_asked(slots, formulas.asked),
    ]
    return [
        *_header(system, slots),
        *slots.tables(functions),
        *([*normalise, ""] if normalise else []),
        *functions,
        *_struct(system, formulas, packing, symbol),
    ]


def _function_names(system: System) -> list[str]:
    names: list[str] = []
    for number, rule in enumerate(system.rules):
        name = f"rule_{identifier(rule.name)}{'_torn' if rule.torn else ''}"
        names.append(name if name not in names else f"{name}_{number}")
    return names


def _header(system: System, slots: Slots) -> list[str]:
    settings = [f" * {comment(f'{key} = {value}')}" for key, value in system.settings.items()]
    return [
        f"/* {comment(system.protocol)}",
        *settings,
        " *",
        *slots.layout_lines(),
        " */",
        f"#define WORDS {slots.packing.words}",
        f"#define COUNTERS {len(system.counters)}",
        '#include "model.h"',
        '#include "values.h"',
        '#include "steps.h"',
        "",
    ]


def _struct(system: System, formulas: Formulas, packing: Packing, symbol: str) -> list[str]:
    members = {
        "abi": "DSCHECK_ABI",
        "words": str(packing.words),
        "rules": str(len(system.rules)),
        "branches": str(len(system.branches)),
        "counters": "COUNTERS",
        "always": str(len(formulas.always)),
        "asked": str(len(formulas.asked)),
        "steps": str(len(formulas.steps)),
        "expand": "expand",
        "violations": "violations",
        "always_holds": "always_holds",
        "answer": "answer_asked",
        **({"fair": "1"} if formulas.fair else {}),
    }
    return [f"const struct model {symbol} = {{", *(f"    .{name} = {text}," for name, text in members.items()), "};"]
