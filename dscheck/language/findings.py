"""Which problems have been found so far? Collects diagnostics, each once, and words the near misses."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from dscheck.diagnostics import Diagnostic, Fix, Label, Severity
from dscheck.source import Span

MOST_ERRORS = 20
MOST_PLACES = 3

UNKNOWN_NAMES = frozenset(
    {"DS0201", "DS0204", "DS0205", "DS0206", "DS0207", "DS0208", "DS0211", "DS0212", "DS0216", "DS0730"}
)
"""Codes of names that mean nothing: the same words at several places are one mistake, in the declaration."""


class Findings:
    """The problems of one analysis.

    A function body is checked once per list of argument types, so that the same mistake may be met
    several times: code and place decide that it is the same. Errors are found from the inside out, so
    that an error around one that is known already only follows from it and is dropped.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Span | None], Diagnostic] = {}
        self._errors: list[Span] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic`, unless it was reported already, or follows from an error within its span."""
        key = (diagnostic.code, diagnostic.span)
        if key in self._found:
            return
        if diagnostic.severity is Severity.ERROR and diagnostic.span is not None:
            if self._error_within(diagnostic.span):
                return
            insort(self._errors, diagnostic.span)
        self._found[key] = diagnostic

    def _error_within(self, span: Span) -> bool:
        position = bisect_left(self._errors, Span(span.start, span.start))
        while position < len(self._errors) and self._errors[position].start < span.end:
            if self._errors[position].end <= span.end:
                return True
            position += 1
        return False

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
        return _merged(self._of(Severity.ERROR))[:MOST_ERRORS]

    def warnings(self) -> tuple[Diagnostic, ...]:
        """All warnings in source order."""
        return self._of(Severity.WARNING)

    def _of(self, severity: Severity) -> tuple[Diagnostic, ...]:
        chosen = [d for d in self._found.values() if d.severity == severity]
        return tuple(sorted(chosen, key=lambda d: (d.span or Span(0, 0), d.code)))


def _merged(errors: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """One error for each unknown name, which shows the next places where it stands too."""
    kept: dict[tuple[str, str, Span | None], Diagnostic] = {}
    for error in errors:
        place = None if error.code in UNKNOWN_NAMES else error.span
        key = (error.code, error.message, place)
        first = kept.setdefault(key, error)
        again = [label for label in first.related if label.text == "and here"]
        if first is not error and error.span is not None and len(again) < MOST_PLACES:
            kept[key] = replace(first, related=(*first.related, Label(error.span, "and here")))
    return tuple(kept.values())


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
