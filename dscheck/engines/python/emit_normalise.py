"""How does normalisation read as Python? One function per kind of stamp, which looks for the least and subtracts it.

Most successors keep a stamp that is 0 already. Those that stand alone in a slot are asked first.
"""

from dscheck.domains import (
    Bag,
    Clock,
    Domain,
    List,
    Map,
    Message,
    Optional,
    Record,
    Set,
    Stamp,
    Tuple,
    Vector,
    clocks_in,
)
from dscheck.engines.python.names import Names

_MANY = 1 << 62  # no clock ticks so often


def emit_normalise(names: Names) -> str:
    """Text of the function `normalise(state)`."""
    kinds: dict[Clock, None] = {}
    for variable in names.system.variables:
        kinds.update(dict.fromkeys(clocks_in(variable.domain)))
    if len(kinds) == 1:
        return _Shift(names, next(iter(kinds)), "normalise").text()
    functions = [_Shift(names, kind, f"normalise_{number}").text() for number, kind in enumerate(kinds)]
    whole = "state"
    for number in range(len(kinds)):
        whole = f"normalise_{number}({whole})"
    return "\n".join((*functions, "def normalise(state):", f"    return {whole}", ""))


class _Shift:
    """Writes the function that shifts the stamps of one kind."""

    def __init__(self, names: Names, kind: Clock, function: str) -> None:
        self._names = names
        self._kind = kind
        self._function = function
        self._lines: list[str] = []
        self._slots = [
            (slot, variable.domain)
            for slot, (variable, _) in enumerate(names.layout.slots)
            if kind in clocks_in(variable.domain)
        ]

    def text(self) -> str:
        """The function."""
        names = self._names.slots
        self._put(0, f"def {self._function}(state):")
        alone = [f"state[{slot}]" for slot, domain in self._slots if domain in {self._kind, Optional(self._kind)}]
        if isinstance(self._kind, Stamp) and alone:
            self._put(1, f"if 0 in ({', '.join(alone)},):")
            self._put(2, "return state")
        for slot, _ in self._slots:
            self._put(1, f"{names[slot]} = state[{slot}]")
        if isinstance(self._kind, Stamp):
            plain = [names[slot] for slot, domain in self._slots if domain == self._kind]
            self._put(1, f"least = min({', '.join(plain)},)" if len(plain) > 1 else f"least = {(*plain, _MANY)[0]}")
            for slot, domain in self._slots:
                if domain != self._kind:
                    self._find(domain, names[slot], 1)
            self._put(1, f"if least == 0 or least == {_MANY}:")
        else:
            self._put(1, "vectors = []")
            for slot, domain in self._slots:
                self._find(domain, names[slot], 1)
            self._put(1, "least = join_least(vectors)")
            self._put(1, "if not any(least):")
        self._put(2, "return state")
        parts: list[str] = []
        first = 0
        for slot, domain in self._slots:
            if slot > first:
                parts.append(f"*state[{first}:{slot}]")
            parts.append(self._moved(domain, names[slot], 1))
            first = slot + 1
        parts.append(f"*state[{first}:]")
        self._put(1, "return (")
        self._lines.extend(f"        {part}," for part in parts)
        self._put(1, ")")
        return "\n".join((*self._lines, ""))

    def _put(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)

    def _find(self, domain: Domain, text: str, depth: int) -> None:
        """Write what finds the stamps in the value `text`."""
        if self._kind not in clocks_in(domain):
            return
        match domain:
            case Stamp():
                self._put(depth, f"if {text} < least:")
                self._put(depth + 1, f"least = {text}")
            case Vector():
                self._put(depth, f"vectors.append({text})")
            case Optional(inner):
                self._put(depth, f"if {text} is not None:")
                self._find(inner, text, depth + 1)
            case Set(inner) | Bag(inner) | List(inner, _):
                self._put(depth, f"for item_{depth} in {text}:")
                self._find(inner, f"item_{depth}", depth + 1)
            case Map(key, value):
                self._put(depth, f"for key_{depth}, image_{depth} in {text}:")
                self._find(key, f"key_{depth}", depth + 1)
                self._find(value, f"image_{depth}", depth + 1)
            case Record(_, fields):
                for number, (_, field) in enumerate(fields):
                    self._find(field, f"{text}[{number}]", depth)
            case Tuple(items):
                for number, item in enumerate(items):
                    self._find(item, f"{text}[{number}]", depth)
            case Message(kinds):
                stamped = [kind for kind in kinds if self._kind in clocks_in(kind)]
                for number, kind in enumerate(stamped):
                    self._put(depth, f"{'elif' if number else 'if'} {text}[0] == {kind.name!r}:")
                    for position, (_, field) in enumerate(kind.fields, start=1):
                        self._find(field, f"{text}[{position}]", depth + 1)
            case _:
                raise TypeError(f"{domain} holds no stamps")

    def _moved(self, domain: Domain, text: str, depth: int) -> str:
        """Text for the value `text` with its stamps lowered."""
        if self._kind not in clocks_in(domain):
            return text
        item = f"item_{depth}"
        match domain:
            case Stamp():
                return f"{text} - least"
            case Vector():
                return f"lower_vector({text}, least)"
            case Optional(inner):
                return f"(None if {text} is None else {self._moved(inner, text, depth)})"
            case Set(inner):
                return f"frozenset([{self._moved(inner, item, depth + 1)} for {item} in {text}])"
            case Bag(inner) | List(inner, _):
                return f"tuple([{self._moved(inner, item, depth + 1)} for {item} in {text}])"
            case Map(key, value):
                images = (self._moved(key, f"{item}[0]", depth + 1), self._moved(value, f"{item}[1]", depth + 1))
                return f"tuple([({', '.join(images)}) for {item} in {text}])"
            case Record(_, fields):
                return self._fields([field for _, field in fields], text, 0, depth)
            case Tuple(items):
                return self._fields(list(items), text, 0, depth)
            case Message(kinds):
                result = text
                for kind in kinds:
                    if self._kind in clocks_in(kind):
                        moved = self._fields([field for _, field in kind.fields], text, 1, depth)
                        result = f"({moved} if {text}[0] == {kind.name!r} else {result})"
                return result
            case _:
                raise TypeError(f"{domain} holds no stamps")

    def _fields(self, domains: list[Domain], text: str, offset: int, depth: int) -> str:
        parts = [f"{text}[0]"] if offset else []
        parts += [self._moved(each, f"{text}[{number}]", depth) for number, each in enumerate(domains, start=offset)]
        return f"({', '.join(parts)},)"
