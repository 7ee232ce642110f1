"""Who sends which message to whom, and does every message find a handler?

The type of `q` in `on M from q` is the process that sends M, and what a handler sends may depend on that type.
So the bodies are checked in rounds: each round uses the senders that the one before found, until they
stay the same.
"""

from collections.abc import Mapping

from dscheck.diagnostics import Label
from dscheck.language import syntax
from dscheck.language.checked import ProcessInfo
from dscheck.language.findings import did_you_mean
from dscheck.language.scopes import Context
from dscheck.language.types import Id, Type, Unknown
from dscheck.source import Span


class Sends:
    """What is sent: (message, sender process, receiver process), each with the first place where that is written."""

    def __init__(self, places: Mapping[tuple[str, str, str], Span]) -> None:
        self.places = places
        self._senders: dict[tuple[str, str], list[str]] = {}
        for message, sender, receiver in sorted(places):
            self._senders.setdefault((message, receiver), []).append(sender)

    def senders(self, message: str, receiver: str) -> tuple[str, ...]:
        """The processes that send `message` to `receiver`, by name."""
        return tuple(self._senders.get((message, receiver), ()))


def sender_type(ctx: Context, handler: syntax.Handler, process: ProcessInfo, sends: Sends, *, last: bool) -> Type:
    """The type of the name behind `from`.

    Args:
        ctx: any place, for reports.
        handler: the handler, with a sender.
        process: its process.
        sends: what is sent as far as known.
        last: whether these are all the sends there are. A message that nobody sends is then taken to come from the
            own process, so that its handler has types, though it never runs.
    """
    name = handler.sender_process
    if name is not None:
        if name.name in ctx.declarations.processes:
            return Id(name.name)
        label, fix = did_you_mean(name.name, name.span, ctx.declarations.processes)
        ctx.findings.error("DS0216", f"there is no process `{name.name}`", name.span, label or "not declared", fix=fix)
        return Unknown()
    senders = sends.senders(handler.message.name, process.name)
    if len(senders) == 1:
        return Id(senders[0])
    if not senders:
        return Id(process.name) if last else Unknown()
    sender = handler.sender
    assert sender is not None, "only handlers with `from` come here"
    places = tuple(
        Label(span, f"sent by `{sent_by}`")
        for (message, sent_by, to), span in sends.places.items()
        if message == handler.message.name and to == process.name
    )
    ctx.findings.error(
        "DS0317",
        f"`{sender.name}` could be one of several processes",
        sender.span,
        f"{' and '.join(f'`{each}`' for each in senders)} send `{handler.message.name}` to `{process.name}`",
        related=places,
        advice=f"write one handler for each: `from {sender.name} in {senders[0]}`, …; "
        "without `from`, one handler takes all",
    )
    return Unknown()


def sender_of(declared: Mapping[str, ProcessInfo], sends: Sends) -> dict[int, str]:
    """The process whose messages each handler takes, where it is one only."""
    found: dict[int, str] = {}
    for process in declared.values():
        for handler in process.handlers:
            if handler.sender_process is not None:
                found[id(handler)] = handler.sender_process.name
                continue
            senders = sends.senders(handler.message.name, process.name)
            if len(senders) == 1:
                found[id(handler)] = senders[0]
            elif not senders and handler.sender is not None:
                found[id(handler)] = process.name
    return found


def check_flow(ctx: Context, sends: Sends) -> None:
    """Report messages that no handler takes, and warn of those never sent or never used."""
    known = ctx.declarations
    for (message, sender, receiver), span in sends.places.items():
        every = known.processes[receiver].handlers
        handlers = [each for each in every if each.message.name == message]
        sound = all(
            each.message.name in known.messages
            and (each.sender_process is None or each.sender_process.name in known.processes)
            for each in every
        )
        if (
            handlers
            and sound
            and all(each.sender_process is not None and each.sender_process.name != sender for each in handlers)
        ):
            ctx.findings.error(
                "DS0401",
                f"`{receiver}` has no handler for `{message}` from `{sender}`",
                span,
                f"sent by `{sender}`",
                related=tuple(Label(each.message.span, "takes it from another process") for each in handlers),
                advice=f"add `on {message} from q in {sender}` to `{receiver}`",
                note="the message would lie in the network for ever",
            )
    _warn(ctx, sends)


def _warn(ctx: Context, sends: Sends) -> None:
    known = ctx.declarations
    handled: set[str] = set()
    # Also what is sent by a handler that never runs itself: one warning for a chain of them is enough.
    written = {(message, receiver) for message, _, receiver in ctx.usage.sends}
    for process in known.processes.values():
        for handler in process.handlers:
            message = handler.message.name
            handled.add(message)
            senders = sends.senders(message, process.name)
            wanted = handler.sender_process
            if not senders and (message, process.name) in written:
                continue
            if not senders:
                nobody = "nobody sends"
            elif wanted is not None and wanted.name not in senders:
                nobody = f"`{wanted.name}` never sends"
            else:
                continue
            ctx.findings.warning(
                "DS0402",
                f"{nobody} `{message}` to `{process.name}`",
                handler.message.span,
                "this handler can never run",
                advice=f"send it: `send {message} to …`, or remove the handler",
            )
    sent = {message for message, _ in written}
    for name, declaration in known.messages.items():
        if name not in handled and name not in sent:
            ctx.findings.warning(
                "DS0403",
                f"the message `{name}` is never sent and never handled",
                declaration.name.span,
                "not used",
                advice="remove it",
            )
