"""In which formats can a trace be written?"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from dscheck.traces.event import Trace
from dscheck.traces.formats.writers import itf, json_lines, shiviz

WRITERS: Mapping[str, Callable[[Sequence[Trace]], Iterator[str]]] = {
    json_lines.NAME: json_lines.write,
    shiviz.NAME: shiviz.write,
    itf.NAME: itf.write,
}
