"""Is the memory that a check may use by default what the system would really let it have?"""

import os
import resource

import pytest

from dscheck.explore import limits
from dscheck.explore.limits import cgroup_limits, default_memory_limit, memory_limit

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
NONE_OF_OURS = "9:name=systemd:/\n3:cpuset:/\n"


@pytest.fixture
def system(tmp_path):
    """`system(membership, {file: text})`: the limits of a process in such control groups."""

    def make(membership, files):
        (tmp_path / "cgroup").write_text(membership)
        for name, text in files.items():
            file = tmp_path / "fs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text + "\n")
        return cgroup_limits(tmp_path / "cgroup", tmp_path / "fs")

    return make


@pytest.mark.parametrize(
    ("membership", "files", "found"),
    [
        ("0::/\n", {"memory.max": "max"}, []),
        ("0::/\n", {"memory.max": "1000"}, [1000]),
        ("0::/a/b\n", {"a/b/memory.max": "500", "a/memory.max": "max", "memory.max": "1000"}, [500, 1000]),
        ("0::/a/b\n", {"a/b/memory.max": "max", "a/memory.max": "700"}, [700]),
        ("0::/seen/only/outside\n", {"memory.max": "300"}, [300]),
        ("0::/../sibling\n", {"memory.max": "300"}, [300]),
        ("0::/a\n", {"b/memory.max": "1", "a/memory.max": "900"}, [900]),
        (
            NONE_OF_OURS + "4:cpu,memory:/x/y\n0::/z\n",
            {
                "memory/memory.limit_in_bytes": "9223372036854771712",
                "memory/x/memory.limit_in_bytes": "800",
                "memory/x/y/memory.limit_in_bytes": "9223372036854771712",
                "unified/z/memory.max": "600",
            },
            [600, 800, 9223372036854771712, 9223372036854771712],
        ),
        ("4:memory:/seen/only/outside\n", {"memory/memory.limit_in_bytes": "400"}, [400]),
        ("4:memory:/a:b\n", {"memory/a:b/memory.limit_in_bytes": "200"}, [200]),
        (NONE_OF_OURS, {}, []),
        ("", {"memory.max": "100"}, [100]),
    ],
)
def test_the_groups_of_a_process(membership, files, found, system):
    assert sorted(system(membership, files)) == found


def test_a_system_without_groups(tmp_path):
    assert cgroup_limits(tmp_path / "none", tmp_path / "neither") == []


@pytest.mark.parametrize(
    ("groups", "address_space", "limit"),
    [
        ([], resource.RLIM_INFINITY, MACHINE * 3 // 4),
        ([2**63], resource.RLIM_INFINITY, MACHINE * 3 // 4),
        ([2**28, 2**27], resource.RLIM_INFINITY, 2**27 * 3 // 4),
        ([2**28], 2**26, 2**26 * 3 // 4),
    ],
)
def test_three_quarters_of_the_least(groups, address_space, limit, monkeypatch):
    monkeypatch.setattr(limits, "cgroup_limits", lambda: groups)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (address_space, resource.RLIM_INFINITY))
    assert default_memory_limit() == limit


@pytest.mark.parametrize(("asked", "limit"), [(None, 12_000), (100, 100), (15_000, 15_000), (10**12, 15_000)])
def test_more_than_there_is_cannot_be_asked(asked, limit, monkeypatch):
    monkeypatch.setattr(limits, "cgroup_limits", lambda: [16_000])
    assert memory_limit(asked) == limit
