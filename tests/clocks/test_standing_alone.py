"""Can the clocks be used without the rest of dscheck?"""

import doctest
import subprocess
import sys

import dscheck.clocks


def test_importing_the_clocks_loads_nothing_else_of_dscheck():
    code = "import sys, dscheck.clocks; print(*(name for name in sys.modules if name.startswith('dscheck')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "dscheck.clocks" in loaded
    assert not [name for name in loaded if name != "dscheck" and not name.startswith("dscheck.clocks")]


def test_the_example_of_the_package_runs():
    ran = doctest.testmod(dscheck.clocks)
    assert ran.attempted
    assert not ran.failed
