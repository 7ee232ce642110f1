"""Which bodies and properties are well typed, and which error does each mistake give?"""

import pytest
from typed_spec import analyse_with, codes

from dscheck.language import syntax, types
from dscheck.language.traversal import walk

NODE_STATEMENTS = {
    "number = N": [],
    "number = WIDE": ["DS0301"],
    "number = flag": ["DS0301"],
    "flag = 1": ["DS0301"],
    "flag = number > 1": [],
    "number += 1, number -= turn": [],
    "number = turn * 2 / 3 % 2 - 1": [],
    "number = -number": [],
    "turn = number": [],
    "flag = 0 <= number < N": [],
    # enumerations are sets of literals
    "mode = wanting": [],
    "mode = asleep": ["DS0301"],
    "mode = wantin": ["DS0201"],
    "mode = calm": ["DS0301"],
    "mode = idle if flag else inside": [],
    "mode = idle if flag else 3": ["DS0303"],
    "flag = mode == calm": [],
    "flag = mode == red": ["DS0303"],
    "flag = mode in {idle, wanting}": [],
    "flag = mode in {idle, asleep}": ["DS0301"],
    "flag = mode < inside": ["DS0304"],
    "colour = green": [],
    # optionals
    "friend = none": [],
    "friend = self": [],
    "friend = friend": [],
    "number = none": ["DS0301"],
    "flag = friend == none": [],
    "flag = friend != self and crashed(friend)": [],
    "flag = number == none": ["DS0303"],
    "number = latest.term": [],
    "latest = Entry(1, self)": [],
    "latest = Entry(1, red)": ["DS0301"],
    "latest.term = 3": [],
    # sets
    "peers = {}": [],
    "peers = others": [],
    "peers = Node - {self}": [],
    "peers += {self}": [],
    "peers += self": ["DS0302"],
    "peers = peers + 1": ["DS0302"],
    "peers = {q for q in Node if q != self}": [],
    "peers = {1}": ["DS0305"],
    "peers = others * peers": ["DS0302"],
    "flag = peers == {}": [],
    "flag = peers == 0": ["DS0303"],
    "flag = peers == others": [],
    "flag = peers <= others": ["DS0304"],
    "flag = self in peers and friend in peers": [],
    "flag = number in peers": ["DS0305"],
    "flag = self in number": ["DS0310"],
    "number = len(peers) + len(amounts) + len(log)": [],
    "number = len(number)": ["DS0310"],
    "number = len()": ["DS0309"],
    "flag = grown(peers, self) == Node": [],
    "flag = grown(1, self) == Node": ["DS0301"],
    # maps and lists
    "amounts = {}": [],
    "amounts[self] = 1": [],
    "amounts[self] += 1": [],
    "amounts[1] = 1": ["DS0305"],
    "amounts[self] = flag": ["DS0301"],
    "amounts -= {self}": [],
    "amounts = {q: 0 for q in Node}": [],
    "amounts = {self: 1, friend: 2}": [],
    "number = amounts[friend]": [],
    "number = peers[self]": ["DS0311"],
    "peers[self] = 1": ["DS0311"],
    "log += [1]": [],
    "log = log + [number, 2]": [],
    "log += 1": ["DS0302"],
    "log = [x + 1 for x in log]": [],
    "log[0] = 2": [],
    "number = log[number]": [],
    "number = log[self]": ["DS0305"],
    # records
    "entry.term = 2": [],
    "entry.trem = 2": ["DS0211"],
    "entry = Entry(1)": ["DS0309"],
    "number = entry.term": [],
    "number = number.term": ["DS0312"],
    # ids of an unordered set
    "friend = 0": ["DS0305"],
    "friend = Node.first": ["DS0305"],
    "friend = next(self)": ["DS0320"],
    "number = self": ["DS0305"],
    "flag = self < friend": ["DS0305"],
    "flag = self == 0": ["DS0305"],
    "number = self + 1": ["DS0305"],
    "flag = (number, self) < (number, friend)": ["DS0305"],
    "flag = (number, 1) < (2, number)": [],
    "number = min(number, 2)": [],
    "friend = min(self, friend)": ["DS0305"],
    "number = max(log)": [],
    "number = max(x for x in log)": [],
    "number = sum(amounts[q] for q in amounts)": [],
    "friend = max(peers)": ["DS0305"],
    # names and locality
    "numbr = 1": ["DS0201"],
    "number = numbr": ["DS0201"],
    "number = numbr + numbr * numbr": ["DS0201"],
    "number = Lock.holder": ["DS0210"],
    "flag = friend.flag": ["DS0210"],
    "flag = self.flag": [],
    "self.flag = true": ["DS0315"],
    "friend.flag = true": ["DS0315"],
    "number = tick": ["DS0210"],
    "number = peek(self)": ["DS0210"],
    "flag = far(self, friend)": [],
    "number = twice(number)": [],
    "number = twice(flag)": ["DS0302"],
    "number = twice(number, 1)": ["DS0309"],
    "flag = same(mode, idle) or same(number, 1)": [],
    "flag = same(mode, number)": ["DS0303"],
    "number = clamp(number)": [],
    "number = lenght(log)": ["DS0205"],
    "number = add(1)": ["DS0205"],
    "add(1)": [],
    "add(flag)": ["DS0302"],
    "ad(1)": ["DS0205"],
    "twice(1)": ["DS0205"],
    "N = 2": ["DS0315"],
    "idle = 2": ["DS0315"],
    "self = friend": ["DS0315"],
    "number = Ping": ["DS0201"],
    "number = lease": ["DS0201"],
    "flag = quiet": ["DS0212"],
    "flag = up(self)": ["DS0212"],
    "flag = now == now": ["DS0212"],
    "flag = old(flag)": ["DS0415"],
    "flag = fired(node_step) > 1": ["DS0414"],
    "flag = running(lease)": [],
    "flag = running(leese)": ["DS0207"],
    "flag = running(friend.lease)": ["DS0210"],
    "flag = running(self.lease)": [],
    "start leese": ["DS0207"],
    "number = seen": ["DS0218"],
    "seen = seen + number": [],
    "assert seen < 3": [],
    'number = "three"': ["DS0321"],
    "flag = (1, 2) == number": ["DS0303"],
    "log = [(1, 2)]": ["DS0313"],
    "for number in peers:\n    pass": ["DS0203"],
    "for q in number:\n    pass": ["DS0310"],
    "choose v in {1, 2}:\n    number = v": [],
    "choose v in peers:\n    v = self": ["DS0315"],
    "choose b in {true, false}:\n    flag = b": [],
    # sending
    "send Ping to Lock": [],
    "send Ping to others": [],
    "send Ping to friend": [],
    "send Ping to Site": [],
    "send Ping to number": ["DS0316"],
    "send Ping to flag": ["DS0316"],
    "send Ping to log": ["DS0316"],
    "send Ping(1) to Lock": ["DS0309"],
    "send Pnig to Lock": ["DS0206"],
    "send Value(flag) to others": ["DS0301"],
    "send Value(1) to Lock": ["DS0401"],
    "send Note(entry) to others": [],
    "send Note(latest) to others": [],
}  # fmt: skip

SITE_STATEMENTS = {
    "mine = now": [],
    "mine = none": [],
    "mine = 0": ["DS0306"],
    "mine = now + 1": ["DS0306"],
    "tick = now": ["DS0306"],
    "stamps += {now}": [],
    "mine = max(mine, now)": [],
    "mine = min(stamps)": [],
    "require mine < now": [],
    "require mine == 0": ["DS0306"],
    "require mine < 1": ["DS0306"],
    "require (mine, self) < (now, left)": [],
    "require mine in stamps": [],
    # ids of an ordered set are numbers
    "left = Site.last": [],
    "left = 0": [],
    "left = (self + 1) % N": [],
    "left = next(self)": [],
    "tick = self": [],
    "require self < left and self != 0": [],
    "send Ping to (self + 1) % N": [],
    "send Ping to {q for q in Site if q > self}": [],
    "left = min(self, left)": [],
    "left = none": ["DS0301"],
}  # fmt: skip

DISK_STATEMENTS = {
    "clockwise = next(self)": [],
    "clockwise = previous(clockwise)": [],
    "clockwise = self + 1": ["DS0305"],
    "clockwise = Disk.last": ["DS0305"],
    "known = now": [],
    "require known < now": [],
    "require known[self] == 1": ["DS0311"],
    "require known + 1 == now": ["DS0306"],
}  # fmt: skip

PROPERTIES = {
    "forall p in Node: p.number <= 3": [],
    "forall p in Node, q in Node: p.friend == q.friend or p == q": [],
    "Lock.holder != none and up(Lock.holder)": [],
    "number == 1": ["DS0201"],
    "holder == none": ["DS0201"],
    "self == self": ["DS0212"],
    "Node.number == 1": ["DS0312"],
    "exists p in Node: p.nunber == 1": ["DS0211"],
    "exists p in Node: running(p.lease)": [],
    "exists p in Node: running(lease)": ["DS0207"],
    "quiet implies turn == 0": [],
    "count(p in Node if p.flag) <= 1": [],
    "all(p.mode == q.mode for p in Node if up(p) for q in Node if up(q))": [],
    "all(twice(p.number) == 0 for p in Node)": [],
    "all(peek(p) == 0 for p in Node)": [],
    "exists p in Node: p.seen == 1": [],
    "count(p in Node if p.number) <= 1": ["DS0301"],
    "turn": ["DS0301"],
    "forall p in Node: old(p.number) == 1": ["DS0415"],
    "sent(Ping) <= 1": ["DS0414"],
    "forall p in Node, p in Site: true": ["DS0203"],
    "forall turn in Node: true": ["DS0203"],
    "len({p.mode for p in Node}) == 1": [],
    "exists e in {p.latest for p in Node}: e == none": [],
    "Site.first == 0": [],
    "forall p in Site: p < Site.last or p == Site.last": [],
}  # fmt: skip

STEP_PROPERTIES = {
    "forall p in Node: old(p.number) <= p.number": [],
    "old(old(turn)) == turn": ["DS0415"],
    "turn == old(trun)": ["DS0201"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NODE_STATEMENTS.items())
def test_statements_of_an_unordered_process(text: str, expected: list[str]) -> None:
    assert codes(node=text) == expected


@pytest.mark.parametrize(("text", "expected"), SITE_STATEMENTS.items())
def test_statements_of_an_ordered_process_with_a_clock(text: str, expected: list[str]) -> None:
    assert codes(site=text) == expected


@pytest.mark.parametrize(("text", "expected"), DISK_STATEMENTS.items())
def test_statements_of_a_ring_with_vector_clocks(text: str, expected: list[str]) -> None:
    assert codes(disk=text) == expected


@pytest.mark.parametrize(("text", "expected"), PROPERTIES.items())
def test_properties(text: str, expected: list[str]) -> None:
    assert codes(prop=text) == expected


@pytest.mark.parametrize(("text", "expected"), STEP_PROPERTIES.items())
def test_step_properties(text: str, expected: list[str]) -> None:
    assert codes(step=text) == expected


def test_every_expression_of_a_body_is_typed() -> None:
    sound = [text for text, found in NODE_STATEMENTS.items() if not found and ":" not in text]
    spec = analyse_with(node="\n".join(sound))
    kinds = (syntax.Name, syntax.Index, syntax.Binary, syntax.Comparison, syntax.SetOf, syntax.ListOf, syntax.Number)
    timers = {id(name) for node in walk(spec.spec) if isinstance(node, syntax.Call) and node.function.name == "running"
              for name in walk(node.arguments)}  # fmt: skip
    for process in spec.processes.values():
        for action in process.actions.values():
            for node in walk(action):
                if isinstance(node, kinds) and id(node) not in timers:
                    assert not isinstance(spec.tables.type_of[id(node)], types.Unknown), node
                if isinstance(node, syntax.Name) and id(node) not in timers:
                    assert id(node) in spec.tables.name, node
