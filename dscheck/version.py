"""Which version is this? The installed distribution says; a bare checkout says that it does not know."""

from functools import cache

UNKNOWN = "0+unknown"


@cache
def version() -> str:
    """The version of the installed distribution, as written in `pyproject.toml`."""
    from importlib.metadata import PackageNotFoundError, version  # 10 ms that an import of dscheck need not pay

    try:
        return version("dscheck")
    except PackageNotFoundError:
        return UNKNOWN
