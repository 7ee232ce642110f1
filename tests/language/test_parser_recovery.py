"""Does one run tell of every independent mistake, also of several in one process?"""

import pytest

from dscheck.diagnostics import SpecError
from dscheck.language.parser import LONGEST_REPARSED, MOST_DIAGNOSTICS, parse_text

HEAD = "protocol P\n\nmessage M\n\nprocess A[2]:\n"


def lines_of_mistakes(text: str) -> list[int]:
    """The lines of the diagnostics of a spec."""
    with pytest.raises(SpecError) as caught:
        parse_text(text)
    error = caught.value
    return [error.source.position(each.span.start)[0] for each in error.diagnostics if each.span is not None]


def test_each_member_tells_of_its_mistake() -> None:
    text = HEAD + (
        "    var x: 0..1 = = 0\n"  # 6
        "\n"
        "    action a when x = 0:\n"  # 8
        "        x = 1\n"
        "\n"
        "    # a comment\n"
        "    on M\n"  # 12
        "        pass\n"
        "\n"
        "    action fine:\n"
        "        x = 0\n"
        "\n"
        "    action b:\n"
        "        if x == 0\n"  # 19
        "            x = 1\n"
        "invariant i: x = 0\n"  # 21
    )
    assert lines_of_mistakes(text) == [6, 8, 12, 19, 21]


def test_a_bracket_left_open_is_told_once() -> None:
    text = HEAD + "    var x: 0..1 = (0\n    action a when x = 0:\n        x = 1\n"
    assert lines_of_mistakes(text)[0] == 6


def test_all_members_may_be_wrong() -> None:
    assert lines_of_mistakes(HEAD + "    var x = = 0\n    var y = = 0\n") == [6, 7]


def test_there_are_limits() -> None:
    member = "    var x: 0..1 = = 0\n"
    assert len(lines_of_mistakes(HEAD + member * 100)) == MOST_DIAGNOSTICS
    # A long process would take minutes to parse twenty times.
    assert lines_of_mistakes(HEAD + member * (LONGEST_REPARSED // len(member) + 1)) == [6]
