"""How much memory does this process use, and how much may it?"""

import os
import resource
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")
_CGROUP = Path("/proc/self/cgroup")
_CGROUPS = Path("/sys/fs/cgroup")


def resident_bytes() -> int:
    """Memory of this process that is in use now; where the system does not tell, the most it ever was."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except OSError:
        return peak_resident_bytes()
    return pages * os.sysconf("SC_PAGE_SIZE")


def peak_resident_bytes() -> int:
    """The most memory that this process ever had in use."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # macOS counts bytes, Linux kibibytes


def memory_limit(asked: int | None) -> int:
    """How many bytes a search lets this process take.

    Args:
        asked: by the user; None for three quarters of what there is. Nearly all of what there is is the most: the
            system would end a process that takes more, and then no answer is told.
    """
    return default_memory_limit() if asked is None else min(asked, _memory_there_is() * 15 // 16)


def default_memory_limit() -> int:
    """Three quarters of what there is."""
    return _memory_there_is() * 3 // 4


def _memory_there_is() -> int:
    """The memory of the machine, or what this process may use of it if that is less."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *cgroup_limits()]
    address_space = resource.getrlimit(resource.RLIMIT_AS)[0]
    if address_space != resource.RLIM_INFINITY:
        sizes.append(address_space)
    return min(sizes)


def cgroup_limits(membership: Path = _CGROUP, mounted: Path = _CGROUPS) -> list[int]:
    """Bytes that the control groups of this process allow: its own group and all above it, of either version.

    The group that a container sees as the root is read as well. Where a container sees its path as it is outside,
    that path does not exist inside, and the walk ends at that root.

    Args:
        membership: /proc/self/cgroup, with lines `number:controllers:path`.
        mounted: /sys/fs/cgroup.
    """
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = []
    places = [(mounted, "memory.max"), (mounted / "memory", "memory.limit_in_bytes")]
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:  # version 2; beside version 1 it is mounted one deeper
            places += [(top / group, "memory.max") for top in (mounted, mounted / "unified") for group in _groups(path)]
        elif "memory" in controllers.split(","):
            places += [(mounted / "memory" / group, "memory.limit_in_bytes") for group in _groups(path)]
    return [size for folder, name in places if (size := _limit(folder / name)) is not None]


def _groups(path: str) -> list[Path]:
    """A group and all above it but the root, relative to the root. `/../x` names a group that cannot be seen."""
    own = Path(path.lstrip("/"))
    return [] if ".." in own.parts else [own, *own.parents][:-1]


def _limit(file: Path) -> int | None:
    """The number in `file`; None when there is none: no such file, or it says `max`."""
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
