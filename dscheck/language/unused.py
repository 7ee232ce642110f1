"""Which declarations does nothing use?"""

from dscheck.language.scopes import Context


def warn_unused(ctx: Context) -> None:
    """Warn of variables and constants that nothing reads, and of functions and helpers that nothing calls."""
    known = ctx.declarations
    usage = ctx.usage
    for name, constant in known.constants.items():
        if ("", name) not in usage.read:
            ctx.findings.warning(
                "DS0417", f"the constant `{name}` is never used", constant.name.span, "not used", advice="remove it"
            )
    variables = [(("", name), variable) for name, variable in known.shared.items()]
    for process in known.processes.values():
        variables += [((process.name, name), variable) for name, variable in process.variables.items()]
    for key, variable in variables:
        if key not in usage.read:
            ctx.findings.warning(
                "DS0416",
                f"nothing reads the variable `{key[1]}`",
                variable.name.span,
                "it only makes more states",
                advice="read it in a body or a property, or remove it",
            )
    for name, function in known.functions.items():
        if ("", name) not in usage.called:
            ctx.findings.warning(
                "DS0418", f"the function `{name}` is never called", function.name.span, "not used", advice="remove it"
            )
    for owner, helpers in known.helpers.items():
        for name, helper in helpers.items():
            if (owner, name) not in usage.called:
                ctx.findings.warning(
                    "DS0418", f"the helper `{name}` is never called", helper.name.span, "not used", advice="remove it"
                )
