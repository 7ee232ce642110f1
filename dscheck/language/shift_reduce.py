"""How does a declaration become a tree? By shifting tokens and reducing rules, as the tables of the grammar say.

This is LALR(1) parsing as in Aho, Lam, Sethi, Ullman, Compilers, section 4.7. The tables come from Lark, which could
parse as well: loading Lark takes longer than all the rest of checking a small spec. It is asked what is wrong with a
text that cannot be read here.
"""

from dscheck.language.grammar_tables import END, Rule, Tables
from dscheck.language.indentation import DEDENT, INDENT, NEWLINE, Blocks
from dscheck.language.tokens import Unreadable, tokens
from dscheck.language.trees import EMPTY, Node, Token, Tree

_LAYOUT = frozenset({NEWLINE, INDENT, DEDENT})
_ALL_OF_ONE = ((0, False, 0),)
"""What a rule keeps that is nothing but its only node, such as `?sum: product`: most reductions are of such a rule."""


def read(tables: Tables, blocks: Blocks, text: str, start: int, end: int) -> Tree:
    """The tree of the declaration that stands in `text` from `start` to `end`.

    Raises:
        Unreadable: it does not fit the grammar.
        MarginError: see `Blocks`.
        DepthError: see `Blocks`.
    """
    stack = _Stack(tables)
    for token in blocks.process(tokens(text, start, end, tables.terminals, stack.accepted)):
        stack.feed(token.type)
        stack.shift(token)
    stack.feed(END)
    found = stack.nodes[0]
    assert isinstance(found, Tree)
    return found


class _Stack:
    """What has been read so far: states of the parser, and between them nodes with the text that they span.

    The span of a node on the stack can be wider than its own: that of `(a)` counts the parentheses, which `a` does not.
    """

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.states = [tables.start]
        self.nodes: list[Node] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def accepted(self) -> dict[str, int]:
        """The terminals that may come next, with what to do then."""
        return self.tables.actions[self.states[-1]]

    def feed(self, terminal: str) -> None:
        """Reduce until `terminal` can be shifted, or until all is reduced to one tree and `terminal` is the end.

        Raises:
            Unreadable: it cannot.
        """
        actions, rules = self.tables.actions, self.tables.rules
        while True:
            action = actions[self.states[-1]].get(terminal)
            if action is None:
                raise Unreadable
            if action >= 0:
                return
            rule = rules[~action]
            self._reduce(rule)
            self.states.append(actions[self.states[-1]][rule.origin])
            if terminal == END and self.states[-1] == self.tables.end:
                return

    def shift(self, token: Token) -> None:
        """Put `token`, which was fed, on the stack."""
        self.states.append(self.accepted()[token.type])
        self.nodes.append(token)
        # Line ends and margins take no part in the place of anything.
        self.starts.append(EMPTY if token.type in _LAYOUT else token.start_pos)
        self.ends.append(EMPTY if token.type in _LAYOUT else token.end_pos)

    def _reduce(self, rule: Rule) -> None:
        """Put what `rule` makes of the last nodes in their place."""
        first = len(self.nodes) - rule.size
        if rule.size == 1 and rule.hands_on and rule.kept == _ALL_OF_ONE:
            self.states.pop()
            return
        start = next((offset for offset in self.starts[first:] if offset != EMPTY), EMPTY)
        end = next((offset for offset in reversed(self.ends[first:]) if offset != EMPTY), EMPTY)
        children = _children(rule, self.nodes[first:])
        node: Node = children[0] if rule.hands_on and len(children) == 1 else Tree(rule.name, children, start, end)
        del self.states[first + 1 :], self.nodes[first:], self.starts[first:], self.ends[first:]
        self.nodes.append(node)
        self.starts.append(start)
        self.ends.append(end)


def _children(rule: Rule, nodes: list[Node]) -> list[Node]:
    """What a tree of `rule` keeps of `nodes`, in its order."""
    children: list[Node] = []
    for position, inlined, absent in rule.kept:
        if absent:
            children.extend([None] * absent)
        node = nodes[position]
        if not inlined:
            children.append(node)
            continue
        assert isinstance(node, Tree)
        if children:
            children.extend(node.children)
        else:
            children = node.children  # of a list that grows at its end: copying it each time would be quadratic
    children.extend([None] * rule.absent_at_end)
    return children
