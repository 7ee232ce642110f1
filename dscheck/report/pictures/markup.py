"""How does any text become a part of an XML or HTML document, and change nothing but what is read there?"""

import re
from collections.abc import Mapping
from html import escape

from dscheck.report.columns import printable

# What XML 1.0 has no place for, however it is written.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile(r"\r\n|[\n\r]")


def escaped(text: str) -> str:
    """The text for the content of an element or the value of an attribute; what is not seen becomes a visible sign."""
    shown = "\n".join(printable(line) for line in _LINE_END.split(text))
    return escape(_NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", shown), quote=True)


def element(tag: str, attributes: Mapping[str, object], content: str = "") -> str:
    """`<tag a="1">content</tag>`: the values of attributes are escaped, the content is markup; None leaves one out.

    Args:
        tag: name of the element.
        attributes: numbers have at most one digit after the point.
        content: escaped already.
    """
    told = "".join(
        f' {name.replace("_", "-")}="{escaped(_number(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{told}>{content}</{tag}>" if content else f"<{tag}{told}/>"


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
