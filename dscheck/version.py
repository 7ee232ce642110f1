"""Which version is this? Written down: asking the installed distribution takes longer than checking a small spec."""

VERSION = "0.1.0"


def version() -> str:
    """The version of dscheck; the build takes it from here."""
    return VERSION
