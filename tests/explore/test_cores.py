"""How many threads fit? Quotas of control groups, of both versions, as files say them."""

from pathlib import Path

import pytest

from dscheck.explore.cores import cgroup_cores, usable_cores

V2 = {"membership": "0::/user/job\n"}
V1 = {"membership": "4:cpu,cpuacct:/user/job\n3:memory:/elsewhere\n"}


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        (V2 | {"user/job/cpu.max": "150000 100000\n"}, [2]),
        (V2 | {"user/cpu.max": "400000 100000\n", "user/job/cpu.max": "max 100000\n"}, [4]),
        (V2 | {"cpu.max": "50000 100000\n"}, [1]),
        (V2 | {"user/job/cpu.max": "nonsense\n"}, []),
        (V1 | {"cpu/user/job/cpu.cfs_quota_us": "300000\n", "cpu/user/job/cpu.cfs_period_us": "100000\n"}, [3]),
        (V1 | {"cpu/user/job/cpu.cfs_quota_us": "-1\n", "cpu/user/job/cpu.cfs_period_us": "100000\n"}, []),
        ({"membership": "0::/../other\n", "other/cpu.max": "100000 100000"}, []),
        ({}, []),
    ],
)
def test_quotas(files: dict[str, str], cores: list[int], tmp_path: Path) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert cgroup_cores(tmp_path / "membership", tmp_path) == cores


def test_there_is_at_least_one() -> None:
    assert usable_cores() >= 1
