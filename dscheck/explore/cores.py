"""How many cores may this process use? Those that it may run on, as far as its control groups give it time on them."""

import os
from math import ceil
from pathlib import Path

_CGROUP = Path("/proc/self/cgroup")
_CGROUPS = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """How many threads can run at the same time, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *cgroup_cores()]))


def cgroup_cores(membership: Path = _CGROUP, mounted: Path = _CGROUPS) -> list[int]:
    """What the control groups of this process allow, its own and all above it, rounded up.

    Args:
        membership: /proc/self/cgroup, with lines `number:controllers:path`.
        mounted: /sys/fs/cgroup.
    """
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        lines = []
    folders = [mounted, mounted / "cpu"]  # what a container sees as the root, of version 2 and 1
    for line in lines:
        controllers, _, path = line.partition(":")[2].partition(":")
        own = Path(path.lstrip("/"))
        if ".." in own.parts or (controllers and "cpu" not in controllers.split(",")):
            continue
        top = mounted / "cpu" if controllers else mounted
        folders += [top / group for group in (own, *own.parents)]
    return [ceil(share) for folder in dict.fromkeys(folders) if (share := _share(folder)) is not None]


def _share(folder: Path) -> float | None:
    """Quota through period, in cores; None when the group has no quota."""
    texts = _words(folder / "cpu.max")
    if not texts:
        texts = _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us")
    if len(texts) != 2 or not all(text.isdigit() for text in texts):  # `max`, or -1: no quota
        return None
    quota, period = map(int, texts)
    return quota / period if quota and period else None


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
