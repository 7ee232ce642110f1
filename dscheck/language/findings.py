"""Which problems have been found so far? Collects diagnostics, each once, and words the near misses."""

from collections.abc import Iterable
from difflib import get_close_matches

from dscheck.diagnostics import Diagnostic, Fix, Label, Severity
from dscheck.source import Span

MOST_ERRORS = 20


class Findings:
    """The problems of one analysis.

    A function body is checked once per list of argument types, so that the same mistake may be met
    several times: code and place decide that it is the same.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span | None], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic`, unless this code was already reported at this place."""
        self._found.setdefault((diagnostic.code, diagnostic.span), diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        related: tuple[Label, ...] = (),
        advice: str = "",
        note: str = "",
        fix: Fix | None = None,
    ) -> None:
        """Report an error; the parameters are those of `Diagnostic`."""
        self.add(Diagnostic(code, message, span, label, related, advice, note, fix))

    def warning(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        related: tuple[Label, ...] = (),
        advice: str = "",
        note: str = "",
    ) -> None:
        """Report something suspicious, which stops nothing."""
        self.add(Diagnostic(code, message, span, label, related, advice, note, None, Severity.WARNING))

    def errors(self) -> tuple[Diagnostic, ...]:
        """The first errors in source order."""
        return self._of(Severity.ERROR)[:MOST_ERRORS]

    def warnings(self) -> tuple[Diagnostic, ...]:
        """All warnings in source order."""
        return self._of(Severity.WARNING)

    def _of(self, severity: Severity) -> tuple[Diagnostic, ...]:
        chosen = [d for d in self._found.values() if d.severity == severity]
        return tuple(sorted(chosen, key=lambda d: (d.span or Span(0, 0), d.code)))


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` was probably meant to be, or None."""
    names = sorted(set(candidates))
    for candidate in names:
        if candidate.lower() == name.lower():
            return candidate
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(name: str, span: Span, candidates: Iterable[str]) -> tuple[str, Fix | None]:
    """The label and the edit to offer for an unknown name; the label is empty when nothing is near."""
    candidate = nearest(name, candidates)
    if candidate is None:
        return "", None
    return f"did you mean `{candidate}`?", Fix(span, candidate, f"write `{candidate}`")


def listing(words: Iterable[str], limit: int = 6) -> str:
    """`a, b, c`, with the rest counted when there are more than `limit`."""
    every = [f"`{word}`" for word in words]
    if len(every) <= limit:
        return ", ".join(every)
    return f"{', '.join(every[:limit])} and {len(every) - limit} more"


def counted(number: int, noun: str) -> str:
    """`1 argument`, `2 arguments`"""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
