"""Which events can be compared, where, and what does somebody hear who means `or` and `implies`?"""

import pytest
from language.spec_problems import problems

from dscheck.diagnostics import SpecError
from dscheck.language.analysis import read_spec
from dscheck.language.checked import EventMeaning
from dscheck.source import SourceFile

SPEC = """\
protocol Events
message M

process Node[2]:
    var a: bool = false
    var n: 0..2 = 0

    action work when {guard}:
        a = not a, n = 1
        event done
        send M to Server

    on M:
        event both

process Server:
    on M from q:
        event served
        event both
        send M to q

process Place[2] ordered:
    action stand:
        event stood

def after(p, q) = done(p) -> done(q)

invariant same: forall p in Node, q in Node, x in Place: {formula}
invariant used: forall p in Node: p.a or p.n == 1 or not after(p, p)
"""


def spec(guard: str = "true", formula: str = "true") -> str:
    return SPEC.format(guard=guard, formula=formula)


@pytest.mark.parametrize(
    "formula",
    [
        "done(p) -> done(q)",
        "not (done(p) || done(q))",
        "done(p) -> served",
        "served || both(p)",
        "served(Server) -> done(p)",
        "both(Server) -> both(p) and both(p) -> done(p) implies both(Server) -> done(p)",
        "stood(x) -> stood(0)",
        "stood(Place.last) || done(p)",
        "after(p, q)",
    ],
)
def test_events_that_can_be_compared(formula: str) -> None:
    assert problems(spec(formula=formula)) == []


@pytest.mark.parametrize(
    ("formula", "problem"),
    [
        ("done(p) -> finished(q)", "DS0782"),
        ("don(p) -> done(q)", "DS0782"),
        ("done(p) -> q.a", "DS0782"),
        ("done(p) -> 3", "DS0782"),
        ("done -> done(q)", "DS0784"),
        ("both -> done(q)", "DS0784"),
        ("stood -> done(q)", "DS0784"),
        ("done(p, q) -> done(q)", "DS0784"),
        ("done(x) -> done(q)", "DS0784"),
        ("served(p) -> done(q)", "DS0784"),
        ("done(0) -> done(q)", "DS0305"),
        ("done(p.a) -> done(q)", "DS0301"),
        ("p.a -> q.a", "DS0780"),
        ("p.a || q.a", "DS0780"),
        ("up(p) || up(q)", "DS0780"),
        ("after(p, q) -> q.a", "DS0780"),
        ("p.n < 1.5", "DS0783"),
        ("p.n == ?", "DS0783"),
        ("(forall e: e == p)", "DS0783"),
    ],
)
def test_events_that_cannot(formula: str, problem: str) -> None:
    assert problems(spec(formula=formula)) == [problem]


@pytest.mark.parametrize(
    ("guard", "problem"),
    [
        ("done(self) -> done(self)", "DS0781"),
        ("a || a", "DS0780"),
        ("after(self, self)", "DS0781"),
        ("served -> done(self)", "DS0781"),  # the label stands further down
        ("served || served", "DS0781"),
        ("a -> served", "DS0781"),
    ],
)
def test_no_body_compares_events(guard: str, problem: str) -> None:
    assert problems(spec(guard=guard)) == [problem]


@pytest.mark.parametrize(
    ("formula", "repaired"),
    [
        ("p.a -> q.a", "p.a implies q.a"),
        ("(p.a) || (q.a)", "(p.a) or (q.a)"),
        ("don(p) -> done(q)", "done(p) -> done(q)"),
    ],
)
def test_a_repair_is_offered_that_works(formula: str, repaired: str) -> None:
    text = spec(formula=formula)
    with pytest.raises(SpecError) as caught:
        read_spec(SourceFile("<test>", text))
    (diagnostic,) = caught.value.diagnostics
    fix = diagnostic.fix
    assert fix is not None
    assert text[: fix.span.start] + fix.replacement + text[fix.span.end :] == spec(formula=repaired)
    assert problems(spec(formula=repaired)) == []


def test_what_is_compared_is_recorded() -> None:
    checked = read_spec(SourceFile("<test>", spec(formula="done(p) -> served")))
    assert set(checked.tables.event.values()) == {EventMeaning("Node", "done"), EventMeaning("Server", "served")}


BODY = """\
protocol Bodies
message M

process Node[3]:
    var n: 0..2 = 0

    action work:
{body}

    on M:
        n = 1

    on crash:
        {crash}

faults:
    crash up to 1

invariant used: forall p in Node: p.n < 2
"""


@pytest.mark.parametrize(
    ("body", "crash", "expected"),
    [
        ("event e\nrequire n == 0\nsend M to self", "pass", ["DS0404"]),
        ("for q in others:\n    event e\n    send M to q", "pass", ["DS0411"]),
        ("send M to self", "event e", ["DS0407"]),
        ("require n == 0\nevent e\nevent f\nsend M to others", "pass", []),
    ],
)
def test_where_an_event_may_stand(body: str, crash: str, expected: list[str]) -> None:
    indented = "\n".join(f"        {line}" for line in body.splitlines())
    assert problems(BODY.format(body=indented, crash=crash)) == expected
