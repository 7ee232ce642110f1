"""How does a value show itself in a notebook? What draws it is loaded by name, when a notebook asks."""

from collections.abc import Container
from importlib import import_module

_HOME = "dscheck.report.in_notebooks"  # far above the values, and no business of theirs


class ShownInNotebooks:
    """A value that Jupyter shows as people read it, with its pictures."""

    __slots__ = ()

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, str]:
        """The value in each format that a notebook may show, by MIME type.

        Args:
            include: MIME types that are wanted; all when None.
            exclude: MIME types that are not.
        """
        bundle: dict[str, str] = import_module(_HOME).mime_bundle(self)
        return {
            kind: text
            for kind, text in bundle.items()
            if (include is None or kind in include) and (exclude is None or kind not in exclude)
        }
