"""What do all tests share? Golden files, and reports built by hand."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is no fault: nothing is asserted on time, by Hypothesis neither. The same examples are tried in each
# run, for whether a change may land depends on the change; `--hypothesis-profile=searching` looks for new ones.
settings.register_profile("searching", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "dscheck", settings.get_profile("searching"), derandomize=True, database=None, max_examples=50
)
settings.load_profile("dscheck")

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what came out into tests/golden/")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden(name, text)`: the text is, byte for byte, what `tests/golden/name` says."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        assert file.is_file(), f"no {file}; make it with --update-golden, then read it"
        assert text.encode() == file.read_bytes()

    return compare


@pytest.fixture(scope="session")
def samples() -> dict[str, object]:
    """Reports built by hand, by name (`tests/report/samples.py`)."""
    return runpy.run_path(str(HERE / "report" / "samples.py"))["SAMPLES"]
